"""The face of checklists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup
from sqlalchemy import ColumnElement, select

from transfer.checklists import (
    access,
    definitions,
    documents,
    facts,
    notices,
    own_data,
    queries,
    rules,
)
from transfer.checklists.api import API
from transfer.checklists.models import ChecklistItem, ChecklistRow, ItemQuestion
from transfer.checklists.views import doors
from workspace.challenges.models import Challenge
from workspace.foundation.access import Actor
from workspace.foundation.db import session
from workspace.foundation.features import (
    Column,
    Counted,
    Feature,
    NavItem,
    Need,
    Part,
    Workplace,
)
from workspace.foundation.text import _, in_language, lazy, ngettext
from workspace.inbox.rules import Topic
from workspace.programmes.models import Edition
from workspace.releases.queries import QueueItem
from workspace.teams.access import may_edit
from workspace.teams.models import Team


def _of_team(_actor: Actor, place: Workplace) -> str | None:
    return url_for("checklists.of_team", team=place.public_id) if place.kind == "team" else None


def _rows(team_id: int) -> Sequence[ChecklistRow]:
    return session().scalars(
        select(ChecklistRow).where(ChecklistRow.team_id == team_id).order_by(ChecklistRow.id)
    ).all()


def _count(_actor: Actor, place: Workplace) -> Counted | None:
    if place.kind != "team":
        return None
    answered, items = queries.answered_of_team(place.scope_id)
    return Counted(
        (answered.scalar_subquery(), items.scalar_subquery()),
        lambda done, of: f"{done}/{of}" if of else None,
    )


def _needs(actor: Actor, place: str, thing: Any) -> Sequence[Need]:
    if place == "team" and isinstance(thing, Team) and may_edit(actor, thing):
        first: dict[ChecklistRow, ChecklistItem] = {}
        for item in queries.sent_back(thing.id):
            first.setdefault(item.checklist, item)
        return [
            Need(
                _("Mend what was sent back in “%(title)s”",
                  title=queries.template_of(checklist).title),
                item.reason[:200],
                url_for("checklists.show", checklist=checklist.public_id),
                _("Open checklist"), "shield-check", "warn",
            )
            for checklist, item in first.items()
        ]
    return ()


def _title(checklist: ChecklistRow) -> Markup:
    template = queries.template_of(checklist)
    return in_language(template.title, template.language)


def _queue(actor: Actor) -> Sequence[QueueItem]:
    lines = []
    for it in queries.waiting_for(actor):
        checklist = it.item.checklist
        owner = checklist.team.name if checklist.team else checklist.challenge.title  # type: ignore[union-attr]
        url = url_for("checklists.show", checklist=checklist.public_id,
                      section=queries.section_of(it.item), _anchor=it.item.key)
        if it.question is not None:
            lines.append(
                QueueItem(_("%(team)s asks a question", team=owner),
                          _title(checklist), it.question.created_at, url,
                          _("Answer"), "circle-help")
            )
        else:
            lines.append(
                QueueItem(_("%(team)s: an item waits for your signature", team=owner),
                          _title(checklist), it.item.submitted_at, url,
                          _("Read and sign"), "shield-check")
            )
    return lines


def _freeze(_actor: Actor, team: Team, _choice: str, _now: datetime) -> Mapping[str, Any] | None:
    """The state of every checklist and item at the moment of handing in; no content."""
    found = []
    for it in _rows(team.id):
        items = queries.items_of(it)
        progress = rules.progress(queries.standings(items))
        found.append({
            "template": it.template, "title": queries.template_of(it).title,
            "gate": queries.template_of(it).releases_gate, "complete": progress.is_complete,
            "settled": progress.settled, "items": progress.items,
            "states": {row.key: row.state for row in items},
        })
    return {"checklists": found} if found else None


def _draw(data: Mapping[str, Any]) -> object:
    return Markup(  # noqa: S704 - a rendered template
        render_template("checklists/_part.html", data=data)
    )


def _ip(team_id: ColumnElement[int]) -> Counted:
    """A word on where the team's checklists are."""
    return Counted((queries.needs_most(team_id),), _tag)


def _with_the_office(
    _actor: Actor, _edition: Edition, teams: Sequence[Team]
) -> list[dict[str, Any]]:
    """How many teams wait for a signature, and how many were sent back."""
    places = list(session().scalars(
        select(queries.needs_most(Team.id.expression)).where(Team.id.in_([it.id for it in teams]))
    ))
    back = places.count(queries.Place.NEEDS_WORK)
    return [{"label": _("IP with the office"), "value": places.count(queries.Place.IN_REVIEW),
             "note": ngettext("%(num)d sent back", "%(num)d sent back", back) if back else "",
             "tone": "bad" if back else ""}]


def _tag(place: int | None) -> Markup | None:
    if place is None:
        return None
    tone, icon, word = {
        queries.Place.NEEDS_WORK: ("bad", "x", _("Needs work")),
        queries.Place.IN_REVIEW: ("info", "clock", _("In review")),
        queries.Place.OPEN: ("neutral", "circle-help", _("Open")),
        queries.Place.COMPLETE: ("good", "check", _("Complete")),
    }[queries.Place(place)]
    return Markup(  # noqa: S704 - a rendered template
        render_template("checklists/_tag.html", tone=tone, icon=icon, word=word)
    )


def _gates(challenge: Challenge) -> set[str] | None:
    return queries.open_gates(challenge.id)


def _kinds() -> list[tuple[str, str]]:
    return [(it, it.replace("-", " ").capitalize()) for it in
            definitions.built_in().disclosure_kinds]


FEATURE = Feature(
    name="checklists",
    api=[API],
    doors=[doors],
    may={
        ("start-checklist", Team): access.may_start,
        ("answer", ChecklistRow): access.may_answer,
        ("answer", ChecklistItem): access.may_answer_item,
        ("sign", ChecklistItem): access.may_sign,
        ("reply", ItemQuestion): access.may_reply,
    },
    visible={
        ChecklistRow: access.checklist_clause,
        ChecklistItem: access.item_clause,
        ItemQuestion: access.question_clause,
    },
    on={
        facts.QuestionAsked: [notices.asked],
        facts.QuestionAnswered: [notices.answered],
        facts.ItemStepped: [notices.stepped],
        facts.GateChanged: [notices.gate],
    },
    nav=[
        NavItem(("team-lead", "team-member", "mentor", "pi"), lazy("IP checklist"),
                "shield-check", 40, _of_team, _count, bottom=True),
    ],
    needs=[_needs],
    columns=[Column(lazy("IP"), 40, counted=_ip)],
    parts=[Part("checklists", lazy("Checklists"), _freeze, _draw)],
    offers={
        "overview_stats": _with_the_office,
        "confidential": (ChecklistRow, ChecklistItem),
        "topics": [
            Topic("checklists", lazy("Checklists"), frozenset(notices.SENTENCES), 60),
        ],
        "sentences": notices.SENTENCES,
        "officer_queue": _queue,
        "documents": documents.DOCUMENTS,
        "records": own_data.records,
        "gates": _gates,
        "disclosure_kinds": _kinds,
        "readable_files": queries.readable_files,
    },
)
