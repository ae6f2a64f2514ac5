"""Questions about a person's notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workspace.foundation.access import Actor, can, rules, visible
from workspace.foundation.cursors import lost
from workspace.foundation.db import Base, session
from workspace.foundation.features import house
from workspace.inbox.models import Notice

PAGE = 25


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


def sentences() -> dict[str, Any]:
    """Every sentence that features offer, by kind."""
    found: dict[str, Any] = {}
    for offer in house().offered("sentences"):
        found |= offer
    return found


def sentence(kind: str, details: dict[str, Any]) -> str:
    """The sentence of a notice with its values, in the reader's language; empty when unknown."""
    word = sentences().get(kind)
    if word is None:
        return ""
    return str(word) % details if details else str(word)


def unread(actor: Actor) -> int:
    """How many notices wait that the person may still see; 100 means that many or more."""
    rows = session().scalars(
        select(Notice)
        .where(Notice.person_id == actor.person_id, Notice.read_at.is_(None))
        .order_by(Notice.id.desc())
        .limit(100)
    ).all()
    labels, words = _labels(actor, rows), sentences()
    return sum(
        1 for it in rows
        if it.kind in words and (not it.about_id or (it.about_kind, it.about_id) in labels)
    )


def _tables() -> dict[str, type[Base]]:
    return {kind.__tablename__: kind for kind in rules().shown if issubclass(kind, Base)}


def _label(row: Any) -> str:
    """What the thing is called, with its team when it has one."""
    # The name first: the title of a team is confidential, its name is known to programme leads.
    own = getattr(row, "name", "") or getattr(row, "title", "") or ""
    team = getattr(row, "team", None)
    name = getattr(team, "name", "") if team is not None else ""
    return " · ".join(it for it in (name, own) if it)


def told(actor: Actor, group: str | None = None, before: int | None = None,
         limit: int = PAGE) -> tuple[list[Told], int | None]:
    """The newest notices that the person may still see, and where the next page begins."""
    query = select(Notice).where(Notice.person_id == actor.person_id).order_by(Notice.id.desc())
    if group:
        query = query.where(Notice.group == group)
    if before is not None:
        query = query.where(Notice.id < before)
    rows = session().scalars(query.limit(limit + 1)).all()
    more = rows[limit - 1].id if len(rows) > limit else None
    rows = rows[:limit]
    labels = _labels(actor, rows)
    words = sentences()
    found = []
    for row in rows:
        if row.about_id and (row.about_kind, row.about_id) not in labels:
            continue
        if row.kind not in words:
            continue
        found.append(
            Told(
                row.public_id, sentence(row.kind, row.details),
                labels.get((row.about_kind, row.about_id), ""), row.url,
                row.created_at, row.group, row.read_at is None,
            )
        )
    return found, more


def told_behind(actor: Actor, after: str | None,
                limit: int) -> tuple[list[Told], str | None]:
    """The same behind the person's notice with the public id `after`; gives the id to go on from.

    Raises Refused when the person has no such notice.
    """
    query = select(Notice).where(Notice.person_id == actor.person_id)
    before = None
    if after is not None:
        last = session().scalar(query.where(Notice.public_id == after))
        if last is None:
            raise lost()
        before = last.id
    rows, more = told(actor, before=before, limit=limit)
    if more is None:
        return rows, None
    return rows, session().get_one(Notice, more).public_id


def _labels(actor: Actor, rows: Sequence[Notice]) -> dict[tuple[str, str], str]:
    """Names of the things that the notices are about, only of those that may be seen now."""
    tables = _tables()
    wanted: dict[str, set[str]] = {}
    for row in rows:
        if row.about_id:
            wanted.setdefault(row.about_kind, set()).add(row.about_id)
    found: dict[tuple[str, str], str] = {}
    for word, ids in wanted.items():
        kind = tables.get(word)
        if kind is None:
            continue
        query = visible(actor, kind).where(kind.public_id.in_(ids))  # type: ignore[attr-defined]
        for thing in session().scalars(query):
            if can(actor, "view", thing):
                found[word, thing.public_id] = _label(thing)  # type: ignore[attr-defined]
    return found
