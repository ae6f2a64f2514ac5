"""What the first pages show, gathered from what features offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from markupsafe import Markup

from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.days import day_in
from workspace.foundation.features import Column, Dated, Glyph, Need, house
from workspace.foundation.text import _
from workspace.home import queries
from workspace.programmes import rules
from workspace.programmes.models import Edition
from workspace.programmes.queries import plans
from workspace.teams.models import Team
from workspace.teams.queries import present

FAR = datetime(9999, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=120)


def needs(actor: Actor, place: str, thing: Any) -> list[Need]:
    """What waits for the person there: the earliest due first, then as features are ordered."""
    found = [
        need
        for feature in house().features
        for offer in feature.needs
        for need in offer(actor, place, thing)
    ]
    return sorted(found, key=lambda it: it.due or FAR)


def dates(actor: Actor, place: str, thing: Any, most: int = 5) -> list[Dated]:
    """What is ahead there, the nearest first."""
    at = now()
    found = [
        date
        for feature in house().features
        for offer in feature.dates
        for date in offer(actor, place, thing)
        if at - timedelta(days=1) <= date.at <= at + AHEAD
    ]
    return sorted(found, key=lambda it: it.at)[:most]


def cards(actor: Actor, place: str, thing: Any, column: str) -> list[object]:
    """Cards of one column, drawn. A card renders a template, so what it gives is markup."""
    offered = sorted(
        (card for feature in house().features for card in feature.cards
         if card.place == place and card.column == column),
        key=lambda it: it.order,
    )
    return [Markup(str(drawn))  # noqa: S704  (a template of ours escaped what people typed)
            for card in offered if (drawn := card.draw(actor, thing))]


def glyphs(teams: Sequence[Team]) -> dict[int, Glyph]:
    """The main canvas of each team at a glance."""
    found: dict[int, Glyph] = {}
    for offer in house().offered("glyphs"):
        found |= offer([it.id for it in teams])
    return found


@dataclass(frozen=True)
class DrawnColumn:
    """A column of the table of teams with its cells."""

    title: str
    number: bool
    cells: dict[int, object]


def columns(teams: Sequence[Team]) -> list[DrawnColumn]:
    """Columns that features offer for the table of teams."""
    offered: list[Column] = sorted(
        (it for feature in house().features for it in feature.columns), key=lambda it: it.order
    )
    counted = [it.counted(Team.id.expression) for it in offered if it.counted is not None]
    cells = iter(queries.cells([it.id for it in teams], counted))
    return [
        DrawnColumn(str(it.title), it.number,
                    dict(it.draw(teams)) if it.draw is not None else next(cells))
        for it in offered
    ]


def stats(actor: Actor, edition: Edition, teams: Sequence[Team]) -> list[dict[str, Any]]:
    """Up to four numbers of the phase card."""
    found: list[dict[str, Any]] = []
    for offer in house().offered("overview_stats"):
        found += offer(actor, edition, teams)
    return found[:4]


def rail(edition: Edition, at: datetime) -> list[dict[str, Any]]:
    """The phases as the rail shows them: done, now or next, with the date that matters."""
    from workspace.foundation.babel import day_month

    found = []
    for plan in plans(edition):
        last = rules.last_day_of(plan, edition.zone)
        if plan.ends_at <= at:
            note = _("Closed %(day)s", day=day_month(last))
            state = "done"
        elif plan.starts_at <= at:
            if plan.gate:
                note = _("Gate %(day)s", day=day_month(last))
            else:
                note = _("Until %(day)s", day=day_month(last))
            state = "now"
        else:
            note = _("From %(day)s", day=day_month(day_in(plan.starts_at, edition.zone)))
            state = "next"
        found.append({"title": plan.title, "note": note, "state": state, "icon": "flag"})
    return found


def gate_ahead(edition: Edition, at: datetime) -> tuple[str, int] | None:
    """Title of the gate of the running phase and the days left until it closes."""
    index = rules.phase_at(plans(edition), at)
    if index is None:
        return None
    plan = plans(edition)[index]
    last = rules.last_day_of(plan, edition.zone)
    return plan.gate_title or plan.title, (last - day_in(at, edition.zone)).days


def gate_lacks(edition: Edition, team: Team, at: datetime) -> list[str]:
    """What the team still lacks for the gate of the running phase, in sentences."""
    index = rules.phase_at(plans(edition), at)
    if index is None:
        return []
    plan = plans(edition)[index]
    found: dict[str, int] = {"members": len(present(team.id))}
    for offer in house().offered("gate_counts"):
        found |= offer(team)
    return [it.sentence for it in rules.lacks(plan.demand or {}, found)]
