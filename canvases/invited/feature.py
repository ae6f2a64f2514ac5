"""The face of invitations to edit."""

from __future__ import annotations

from flask import url_for

from canvases.boards.models import Canvas
from canvases.invited import access, actions, facts, notices, own_data, queries
from canvases.invited.api import API
from canvases.invited.models import InvitedEditor
from canvases.invited.views import doors
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.features import Feature, Need
from workspace.foundation.text import _, lazy
from workspace.foundation.unit import write
from workspace.grants.facts import GrantEnded
from workspace.inbox.rules import Topic


def _each_minute() -> None:
    """End what is over; nothing is written while nobody is invited."""
    if queries.any_open():
        with write():
            actions.keep_time(now())


def _needs(actor: Actor, place: str, _thing: object) -> list[Need]:
    """Invitations that a mentor has not answered."""
    return [
        Need(
            _("%(team)s invites you to edit its canvas", team=it.team.name), it.canvas.title,
            url_for("canvases.list_view", canvas=it.canvas.public_id), _("Read and answer"),
            "pencil", "info", it.until,
        )
        for it in (queries.unanswered(actor) if place == "mentor" else ())
    ]


FEATURE = Feature(
    name="invited",
    api=[API],
    doors=[doors],
    may={
        ("write", Canvas): access.may_write,
        ("invite", Canvas): access.may_invite,
        ("accept", InvitedEditor): access.may_accept,
        ("end", InvitedEditor): access.may_end,
    },
    visible={InvitedEditor: access.invited_clause},
    on={
        GrantEnded: [actions.follow],
        facts.EditorInvited: [notices.invited],
        facts.EditorAccepted: [notices.accepted],
        facts.EditorEnded: [notices.ended],
    },
    needs=[_needs],
    every={"invited.keep-time": (60, _each_minute)},
    offers={
        "topics": [
            Topic("editors", lazy("Invitations to edit a canvas"), frozenset(notices.SENTENCES),
                  21),
        ],
        "sentences": notices.SENTENCES,
        "records": own_data.records,
        "forget": own_data.forget,
    },
)
