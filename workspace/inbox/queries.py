"""Questions about a person's notices. Whose thing is out of sight is not there at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    func,
    inspect,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from workspace.foundation.access import Actor, rules, visible
from workspace.foundation.db import Base, session
from workspace.foundation.features import Counted
from workspace.foundation.once import asked_once
from workspace.inbox.models import Notice
from workspace.inbox.topics import sentences

PAGE = 25
MOST = 100
"""The bell counts no further."""
SHOWS = ("unread", "later")


@dataclass(frozen=True)
class Told:
    """One notice as it reads now."""

    public_id: str
    sentence: str
    about: str
    url: str
    at: datetime
    group: str
    is_new: bool
    later: datetime | None = None
    """Until when it is snoozed."""


def sentence(kind: str, details: dict[str, Any]) -> str:
    """The sentence of a notice with its values, in the reader's language; empty when unknown."""
    word = sentences().get(kind)
    if word is None:
        return ""
    return str(word) % details if details else str(word)


def is_back(at: datetime) -> ColumnElement[bool]:
    """Notices that are not snoozed at that instant."""
    return or_(Notice.snoozed_until.is_(None), Notice.snoozed_until <= at)


def in_sight(actor: Actor, kinds: Collection[str]) -> ColumnElement[bool]:
    """Notices with a sentence, whose thing the person may see; `kinds` are tables of things."""
    tables = _tables()
    seen: list[ColumnElement[bool]] = [Notice.about_id == ""]
    for word in sorted(set(kinds) & set(tables)):
        kind: Any = tables[word]
        there = visible(actor, kind).with_only_columns(kind.public_id)
        seen.append(and_(Notice.about_kind == word, Notice.about_id.in_(there)))
    return and_(Notice.kind.in_(sorted(sentences())), or_(*seen))


def unread(actor: Actor) -> int:
    """How many notices wait that the person may still see; 100 means that many or more."""
    return _rung(waiting(actor))


def bell(actor: Actor) -> Counted:
    """The same for the frame of a page, which asks the first question with its own."""
    kinds = select(Notice.about_kind).where(_waits(actor)).distinct().subquery()
    found = select(func.aggregate_strings(kinds.c.about_kind, ",")).scalar_subquery()
    return Counted(
        (found,),
        lambda words: 0 if words is None else _rung(_waiting(actor, sorted(words.split(",")))),
    )


def waiting(actor: Actor) -> Mapping[str, int]:
    """Number of unread notices by group.

    Every page asks this: the first question reads an index and ends it for most people; only
    kinds that are waiting have their rights asked, inside the count.
    """
    kinds = session().scalars(select(Notice.about_kind).where(_waits(actor)).distinct()).all()
    return _waiting(actor, sorted(kinds)) if kinds else {}


@asked_once
def _waiting(actor: Actor, kinds: Sequence[str]) -> Mapping[str, int]:
    rows = session().execute(
        select(Notice.group, func.count())
        .where(_waits(actor), in_sight(actor, kinds))
        .group_by(Notice.group)
    )
    return dict(rows.all())


def _rung(counts: Mapping[str, int]) -> int:
    return min(MOST, sum(counts.values()))


def _waits(actor: Actor) -> ColumnElement[bool]:
    return and_(
        Notice.person_id == actor.person_id, Notice.read_at.is_(None), is_back(actor.at)
    )


def _tables() -> dict[str, type[Base]]:
    return {
        kind.__tablename__: kind for kind in rules().shown
        if issubclass(kind, Base) and hasattr(kind, "public_id")
    }


def _kinds_of(actor: Actor) -> Sequence[str]:
    return session().scalars(
        select(Notice.about_kind).where(Notice.person_id == actor.person_id).distinct()
    ).all()


def told(actor: Actor, group: str | None = None, before: str | None = None,
         limit: int = PAGE, show: str | None = None) -> tuple[list[Told], str | None]:
    """The newest notices that the person may still see, and where the next page begins.

    `show` is None for all that are there, `unread`, or `later` for snoozed ones. `before` is the
    public id of the last notice of the page before.
    """
    stands = func.coalesce(Notice.snoozed_until, Notice.created_at)
    query = select(Notice).where(
        Notice.person_id == actor.person_id, in_sight(actor, _kinds_of(actor))
    )
    if show == "later":
        query = query.where(Notice.snoozed_until > actor.at).order_by(stands, Notice.id)
    else:
        query = query.where(is_back(actor.at)).order_by(stands.desc(), Notice.id.desc())
    if show == "unread":
        query = query.where(Notice.read_at.is_(None))
    if group:
        query = query.where(Notice.group == group)
    last = session().scalar(
        select(Notice).where(Notice.person_id == actor.person_id, Notice.public_id == before)
    ) if before else None
    if last is not None:
        here = tuple_(stands, Notice.id)
        there = (last.snoozed_until or last.created_at, last.id)
        query = query.where(here > there if show == "later" else here < there)
    rows = session().scalars(query.limit(limit + 1)).all()
    more = rows[limit - 1].public_id if len(rows) > limit else None
    return in_words(actor, rows[:limit]), more


def in_words(actor: Actor, rows: Sequence[Notice]) -> list[Told]:
    """Notices as this person may read them now; what is out of sight is left out."""
    labels, words = _labels(actor, rows), sentences()
    return [
        Told(
            row.public_id, sentence(row.kind, row.details),
            labels.get((row.about_kind, row.about_id), ""), row.url,
            row.snoozed_until if row.snoozed_until and row.snoozed_until <= actor.at
            else row.created_at,
            row.group, row.read_at is None,
            row.snoozed_until if row.snoozed_until and row.snoozed_until > actor.at else None,
        )
        for row in rows
        if row.kind in words
        and (not row.about_id or (row.about_kind, row.about_id) in labels)
    ]


def _labels(actor: Actor, rows: Sequence[Notice]) -> dict[tuple[str, str], str]:
    """Names of the things that the notices are about, only of those that may be seen now.

    One question for all kinds of things, each with its own filter.
    """
    tables = _tables()
    wanted: dict[str, set[str]] = {}
    for row in rows:
        if row.about_id and row.about_kind in tables:
            wanted.setdefault(row.about_kind, set()).add(row.about_id)
    asked = [_names(actor, word, tables[word], ids) for word, ids in sorted(wanted.items())]
    found = session().execute(union_all(*asked)).all() if asked else ()
    return {
        (word, public_id): " · ".join(it for it in (team, own) if it)
        for word, public_id, team, own in found
    }


def _names(
    actor: Actor, word: str, kind: type[Base], ids: Collection[str]
) -> Select[*tuple[Any, ...]]:
    """Word, public id, name of the team and own name of those things that may be seen."""
    table: Any = kind
    columns = inspect(kind).column_attrs
    query: Select[*tuple[Any, ...]] = visible(actor, kind).where(table.public_id.in_(ids))
    at, way = table, _way_to_team(kind)
    for step in way:
        there = aliased(inspect(at).mapper.relationships[step].mapper.class_)
        query = query.outerjoin(getattr(at, step).of_type(there))
        at = there
    team = at.name if way else literal("")
    # The name first: the title of a team is confidential, its name is known to programme leads.
    own = next((getattr(table, it) for it in ("name", "title") if it in columns), literal(""))
    return query.with_only_columns(literal(word), table.public_id, team, own)


def _way_to_team(kind: type[Base]) -> list[str]:
    """Relationships that lead to the team of such a thing, which may be that of what it is on."""
    steps = inspect(kind).relationships
    if "team" in steps:
        return ["team"]
    over = (it.key for it in steps if "team" in it.mapper.relationships)
    return [next(over), "team"] if hasattr(kind, "team") else []


def changed_at(actor: Actor, at: datetime) -> int:
    """How many notices the person's change of that instant touched."""
    return session().scalar(
        select(func.count()).where(
            Notice.person_id == actor.person_id, Notice.changed_at == at
        ).select_from(Notice)
    ) or 0
