"""Whose a thing is: the ids of the planted house by parameter of an address and by owner.

`own` belongs to the home team, its challenge's sponsor or its university; `rival` to the other team
of the same edition, `elsewhere` to another organisation; `archived`, `draft` and `withdrawn` are
things of the home team in these states.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from sqlalchemy import select

from tests.leaks.world import Planted
from tests.matrix.addresses import ABSENT
from workspace.foundation.db import session
from workspace.foundation.web import Admission, Door, declared_doors

OWN, RIVAL, ELSEWHERE = "own", "rival", "elsewhere"
ARCHIVED, DRAFT, WITHDRAWN = "archived", "draft", "withdrawn"
OWNERS = (OWN, RIVAL, ELSEWHERE, ARCHIVED, DRAFT, WITHDRAWN)
WAYS = (
    "team", "submission", "panel", "review", "checklist", "item", "canvas", "challenge", "edition",
    "programme", "organisation",
)
"""Attributes through which a thing belongs to something larger, the nearest first."""


@dataclass
class Sides:
    """Ids by table and owner, and every thing by table and id."""

    world: Planted
    ids: dict[type, dict[str, list[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    rows: dict[tuple[type, str], Any] = field(default_factory=dict)

    def of(self, table: type, owner: str) -> list[str]:
        """Ids of this owner; the oldest first."""
        return self.ids[table][owner]


def sort_out(world: Planted) -> Sides:
    """Look at everything in the house and say whose it is; the application's context is open."""
    sides = Sides(world)
    cast = world.cast
    owners: Mapping[tuple[str, int], str] = {
        ("Team", cast.team.id): OWN, ("Team", cast.rival_team.id): RIVAL,
        ("Challenge", cast.challenge.id): OWN, ("Edition", cast.edition.id): OWN,
        ("Organisation", cast.university.id): OWN, ("Organisation", cast.company.id): ELSEWHERE,
        ("Organisation", cast.second_university.id): RIVAL,
        ("Organisation", cast.other_company.id): ELSEWHERE,
        ("Organisation", cast.accelerator.id): ELSEWHERE,
    }
    people = {cast.person(it).id: OWN for it in ("lead", "member")}
    people |= {cast.person(it).id: RIVAL for it in ("rival_lead", "rival")}
    tables: set[Any] = {it for rule in admissions().values() for it in rule.things.values()}
    for table in tables:
        row: Any
        for row in session().scalars(select(table).order_by(table.id)):
            owner = _state(row, _owner(row, owners, people))
            sides.ids[table][owner].append(row.public_id)
            sides.rows[table, row.public_id] = row
    return sides


def _state(row: Any, owner: str) -> str:
    """What has been put away, is not handed in yet or was taken back stands apart."""
    if getattr(row, "state", "") == "withdrawn" or getattr(row, "withdrawn_at", None):
        return WITHDRAWN
    if owner == OWN and getattr(row, "archived_at", None):
        return ARCHIVED
    if owner == OWN and getattr(row, "state", "") == "draft":
        return DRAFT
    return owner


def admissions() -> dict[Door, Admission]:
    """Who gets in, for every page that is no file."""
    views: dict[str, Any] = dict(current_app.view_functions)
    return {
        door: views[door.endpoint].admission
        for door in declared_doors() if not door.path.startswith("/static/")
    }


def _owner(row: Any, owners: Mapping[tuple[str, int], str], people: Mapping[int, str]) -> str:
    seen = row
    for _step in range(6):
        found = owners.get((type(seen).__name__.replace("Opening", "Team"), seen.id))
        if found is not None:
            return found
        if type(seen).__name__ == "Challenge":
            return ELSEWHERE
        if type(seen).__name__ == "Person":
            return people.get(seen.id, ELSEWHERE)
        person = getattr(seen, "person_id", None)
        if person is not None and not hasattr(seen, "team_id"):
            return people.get(person, ELSEWHERE)
        scope = (str(getattr(seen, "scope_kind", "")).capitalize(), getattr(seen, "scope_id", 0))
        if scope in owners:
            return owners[scope]
        team = ("Team", getattr(seen, "team_id", 0))
        if team in owners:
            return owners[team]
        following = next(
            (held for word in WAYS if (held := getattr(seen, word, None)) is not None), None
        )
        if following is None:
            return ELSEWHERE
        seen = following
    return ELSEWHERE


def fill(sides: Sides, rule: Admission, owner: str) -> dict[str, str] | None:
    """One id for each parameter, of this owner and under its real parents; None when there is none.

    Parents of something in a state of its own are the home team's.
    """
    if not rule.things:
        return {}
    *outer, name = rule.things
    for key in sides.of(rule.things[name], owner):
        row = sides.rows[rule.things[name], key]
        found = {it: _parent(sides, row, it, rule.things[it], owner) for it in outer}
        if all(found.values()):
            return {it: str(held) for it, held in found.items()} | {name: key}
    return None


def _parent(sides: Sides, row: Any, word: str, table: type, owner: str) -> str | None:
    """The id of the row's parent; of any thing of this owner when the row has no such parent."""
    number = getattr(row, f"{word}_id", None)
    for key in (*sides.of(table, owner), *sides.of(table, OWN)):
        if number is None or sides.rows[table, key].id == number:
            return key
    return None


__all__ = ["ABSENT", "ELSEWHERE", "OWN", "OWNERS", "RIVAL", "WITHDRAWN", "Sides", "admissions",
           "fill", "sort_out"]
