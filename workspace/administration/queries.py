"""Questions of the administrator's pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from workspace.accounts.models import Person
from workspace.administration.models import GlassBroken
from workspace.foundation.access import Actor, visible
from workspace.foundation.db import Base, session
from workspace.grants.models import Grant, Invitation
from workspace.grants.queries import holders, in_force
from workspace.grants.rules import SCOPE_OF, Role
from workspace.journal.models import JournalEntry
from workspace.organisations.models import Organisation

PAGE = 50
MOST_LINES = 10_000


# --- people who wait, roles -----------------------------------------------------------------


def unconfirmed(actor: Actor, most: int = 20) -> tuple[Sequence[Person], int]:
    """Accounts whose address nobody has proved yet, the newest first, and how many there are."""
    query = visible(actor, Person).where(
        Person.confirmed_at.is_(None), Person.active, Person.erased_at.is_(None)
    )
    total = session().scalar(select(func.count()).select_from(query.subquery())) or 0
    return session().scalars(query.order_by(Person.id.desc()).limit(most)).all(), total


def administrators(at: datetime) -> Sequence[Person]:
    """Everybody who administrates the installation now."""
    return holders((Role.ADMINISTRATOR,), "platform", 0, at)


def role_counts(at: datetime) -> Mapping[str, int]:
    """How many people hold each role now, in whatever scope."""
    rows = session().execute(
        select(Grant.role, func.count(Grant.person_id.distinct()))
        .where(in_force(at)).group_by(Grant.role)
    )
    return dict.fromkeys(SCOPE_OF, 0) | {row[0]: row[1] for row in rows}


def open_invitations(
    at: datetime, before: int | None = None
) -> tuple[list[Invitation], int | None]:
    """Ways into the house that can still be used, the newest first, and where to go on."""
    query = (
        select(Invitation)
        .where(Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None),
               Invitation.expires_at > at)
        .options(joinedload(Invitation.made_by))
        .order_by(Invitation.id.desc())
    )
    if before is not None:
        query = query.where(Invitation.id < before)
    rows = list(session().scalars(query.limit(PAGE + 1)))
    more = rows[PAGE - 1].id if len(rows) > PAGE else None
    return rows[:PAGE], more


# --- looking in an emergency ------------------------------------------------------------------


def openings(actor: Actor, most: int = 100) -> Sequence[GlassBroken]:
    """Openings that the person may know of, the newest first."""
    return session().scalars(
        visible(actor, GlassBroken).options(joinedload(GlassBroken.person))
        .order_by(GlassBroken.id.desc()).limit(most)
    ).all()


# --- the record -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filters:
    """What the address of the record asks for; empty means all."""

    event: str = ""
    who: str = ""
    """Public id of a person."""
    scope: str = ""
    """Kind of scope: `team`, `organisation`, `platform` ..."""
    since: datetime | None = None
    until: datetime | None = None
    """Excluded."""

    @property
    def any(self) -> bool:
        """Whether something is left out."""
        return bool(self.event or self.who or self.scope or self.since or self.until)


@dataclass(frozen=True)
class Line:
    """One line of the record as an administrator reads it: no running number, no content."""

    at: datetime
    who: str
    who_id: str
    event: str
    scope: str
    scope_id: str
    details: tuple[tuple[str, str], ...]
    seq: int


def record(filters: Filters) -> Select[JournalEntry]:
    """A query for the lines, the newest first."""
    query = select(JournalEntry).order_by(JournalEntry.id.desc())
    if filters.event:
        query = query.where(JournalEntry.event == filters.event)
    if filters.who:
        query = query.where(JournalEntry.who == filters.who)
    if filters.scope:
        query = query.where(JournalEntry.chain.like(f"{filters.scope}:%"))
    if filters.since is not None:
        query = query.where(JournalEntry.at >= filters.since)
    if filters.until is not None:
        query = query.where(JournalEntry.at < filters.until)
    return query


def page_of(filters: Filters, before: int | None) -> tuple[list[Line], int | None]:
    """One page of the record, and where the next begins."""
    query = record(filters)
    if before is not None:
        query = query.where(JournalEntry.id < before)
    rows = list(session().scalars(query.limit(PAGE + 1)))
    more = rows[PAGE - 1].id if len(rows) > PAGE else None
    return read(rows[:PAGE]), more


def events() -> list[str]:
    """Every kind of event that the record holds."""
    return sorted(session().scalars(select(JournalEntry.event).distinct()))


def read(rows: Sequence[JournalEntry]) -> list[Line]:
    """Lines with names of people and random ids in place of running numbers."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        kind, _colon, number = row.chain.partition(":")
        wanted.setdefault(kind, set()).add(int(number))
        for field, value in row.detail.items():
            table = _table_of(field, row.detail)
            if table and isinstance(value, int) and not isinstance(value, bool):
                wanted.setdefault(table, set()).add(value)
    names = _public_ids(wanted)
    keys = {row.who for row in rows if row.who}
    people = {  # noqa: C416  (a result is no mapping)
        key: name for key, name in session().execute(
            select(Person.public_id, Person.name).where(Person.public_id.in_(keys))
        )
    }
    return [_line(row, names, people) for row in rows]


def _line(
    row: JournalEntry, names: Mapping[tuple[str, int], str], people: Mapping[str, str]
) -> Line:
    kind, _colon, number = row.chain.partition(":")
    details = []
    for field, value in row.detail.items():
        table = _table_of(field, row.detail)
        if field.endswith("_id") and isinstance(value, int):
            shown = names.get((table, value), "") if table else ""
            details.append((field.removesuffix("_id"), shown or "-"))
        elif value not in (None, "", []):
            details.append((field, str(value)))
    return Line(
        row.at, people.get(row.who, ""), row.who, row.event, kind,
        names.get((kind, int(number)), ""), tuple(details), row.seq,
    )


def _table_of(field: str, detail: Mapping[str, Any]) -> str:
    """Which table the number in this field belongs to."""
    if field == "scope_id":
        return str(detail.get("scope_kind", ""))
    return field.removesuffix("_id") if field.endswith("_id") else ""


def _public_ids(wanted: Mapping[str, set[int]]) -> dict[tuple[str, int], str]:
    """Random ids by table and number; an organisation, whose name is no secret here, by name."""
    tables: dict[str, Any] = {
        it.class_.__tablename__: it.class_ for it in Base.registry.mappers
        if hasattr(it.class_, "public_id")
    }
    found: dict[tuple[str, int], str] = {}
    for word, numbers in wanted.items():
        table = Organisation if word == "organisation" else tables.get(word)
        if table is None:
            continue
        shown = table.name if table is Organisation else table.public_id
        for number, name in session().execute(
            select(table.id, shown).where(table.id.in_(numbers))
        ):
            found[word, number] = name
    return found
