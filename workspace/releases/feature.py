"""The face of releases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.features import Counted, Dated, Feature, NavItem, Need, Workplace
from workspace.foundation.text import _, lazy
from workspace.foundation.unit import write
from workspace.inbox.rules import Topic
from workspace.releases import access, documents, facts, notices, own_data, queries
from workspace.releases.actions import keep_time
from workspace.releases.api import API
from workspace.releases.models import Release
from workspace.releases.rules import ReleaseState
from workspace.releases.views import doors
from workspace.teams.access import may_lead
from workspace.teams.models import Team


def _keep_time() -> None:
    with write():
        keep_time(now())


def _team_releases(_actor: Actor, place: Workplace) -> str | None:
    return url_for("releases.of_team", team=place.public_id) if place.kind == "team" else None


def _queue(_actor: Actor, _place: Workplace) -> str | None:
    return url_for("releases.queue")


def _waiting(actor: Actor, _place: Workplace) -> Counted:
    others = len(queries.queue_of_others(actor))
    return Counted((queries.number_waiting(actor),), lambda count: count + others or None)


def _needs(actor: Actor, place: str, thing: Any) -> Sequence[Need]:
    if place != "team" or not isinstance(thing, Team) or not may_lead(actor, thing):
        return ()
    return [
        Need(
            _("Change “%(item)s” before it is shown", item=it.item_title),
            _("The transfer office wants edits. Ask again with a new version."),
            url_for("releases.again", release=it.public_id), _("See the edits"), "pencil", "warn",
            it.show_from,
        )
        for it in queries.of_team(actor, thing)
        if it.state == ReleaseState.APPROVED_WITH_EDITS
    ]


def _dates(actor: Actor, place: str, thing: Any) -> Sequence[Dated]:
    if place == "person":
        return [
            Dated(it.show_from, _("Decide on “%(item)s” before it is shown", item=it.item_title),
                  it.team.name, url_for("releases.show", release=it.public_id),
                  f"release-decision:{it.public_id}")
            for it in queries.waiting_for(actor)
        ]
    if place != "team":
        return ()
    return [
        Dated(it.show_from, _("“%(item)s” is shown", item=it.item_title), "",
              url_for("releases.show", release=it.public_id), f"release:{it.public_id}")
        for it in queries.of_team(actor, thing) if it.state == ReleaseState.APPROVED
    ]


FEATURE = Feature(
    name="releases",
    api=[API],
    doors=[doors],
    may={
        ("read", Release): access.may_read,
        ("change", Release): access.may_change,
        ("decide", Release): access.may_decide,
        ("withdraw", Release): access.may_withdraw,
        ("see-queue", Release): access.may_see_queue,
        ("request-release", Team): access.may_request,
    },
    visible={Release: access.release_clause},
    on={
        facts.ReleaseRequested: [notices.asked],
        facts.ReleaseDecided: [notices.decided],
        facts.ReleasePublished: [notices.published],
        facts.ReleaseWithdrawn: [notices.withdrawn],
    },
    every={"releases.keep-time": (60, _keep_time)},
    nav=[
        NavItem(("team-lead", "team-member", "mentor", "pi"), lazy("Releases"), "send", 60,
                _team_releases),
        NavItem(("transfer-officer",), lazy("Queue"), "inbox", 10, _queue, _waiting, badge=True,
                bottom=True),
    ],
    needs=[_needs],
    dates=[_dates],
    offers={
        "topics": [
            Topic("releases", lazy("Releases"), frozenset(notices.SENTENCES), 65),
        ],
        "sentences": notices.SENTENCES,
        "readable_files": access.readable_files,
        "documents": documents.DOCUMENTS,
        "records": own_data.records,
    },
)
