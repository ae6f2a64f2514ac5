"""Questions to the index. Who may read what stands inside them: a hidden row changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, tuple_

from workspace.foundation.access import Actor
from workspace.foundation.db import engine, session
from workspace.foundation.features import Deed, Documents, Hit, house
from workspace.foundation.shell import shell, workplaces
from workspace.foundation.text import _, lazy
from workspace.search.excerpts import excerpt, marked
from workspace.search.feeding import sources
from workspace.search.index import engine_of
from workspace.search.models import Document
from workspace.search.words import all_begin

FAMILIES = {
    "teams": lazy("Teams"),
    "notes": lazy("Notes and evidence"),
    "challenges": lazy("Challenges and programmes"),
    "work": lazy("Checklists, pitches and reviews"),
    "people": lazy("People and organisations"),
    "pages": lazy("Pages"),
    "deeds": lazy("Do"),
}
"""Groups in the order in which they are shown."""
STORED = ("teams", "notes", "challenges", "work", "people")
FEW = 5
PAGE = 20
MOST_PAGES = 50


@dataclass(frozen=True)
class Result:
    """One line of the answer."""

    title: Markup
    url: str
    icon: str
    detail: Markup | str = ""
    piece: Markup | str = ""
    tag: str = ""


@dataclass(frozen=True)
class Group:
    """Results of one family: what is shown, and how many there are."""

    family: str
    results: list[Result]
    total: int

    @property
    def title(self) -> str:
        """The group's name."""
        return str(FAMILIES[self.family])


def _names(source: Documents) -> Any:
    columns = [getattr(source.model, it) for it in source.keys]
    return columns[0] if len(columns) == 1 else tuple_(*columns)


def readable(actor: Actor, families: Sequence[str]) -> ColumnElement[bool]:
    """Documents of things whose words the actor may read now."""
    clauses = []
    for source in sources():
        if source.family in families:
            columns = [getattr(source.model, it) for it in source.keys]
            seen = source.seen(actor).with_only_columns(*columns).order_by(None)
            key: Any = (
                tuple_(Document.thing_id, Document.part) if source.keys[1:] else Document.thing_id
            )
            clauses.append(and_(Document.kind == source.kind, key.in_(seen)))
    return or_(false(), *clauses)


def stored(
    actor: Actor, terms: tuple[str, ...], families: Sequence[str], first: int, few: int
) -> list[Group]:
    """For each family `few` results after the first `first`; title before text, newest first.

    The order and the totals are made of what the actor may read alone: no statistics of the whole.
    """
    if not terms or actor.is_visitor:
        return []
    compare = engine_of(engine().dialect.name)
    in_title = case((compare.hits(terms, title=True), 1), else_=0)
    order = (in_title.desc(), Document.changed_at.desc(), Document.id.desc())
    within = Document.family
    found = (
        select(
            Document.kind, Document.family, Document.thing_id, Document.part,
            func.row_number().over(partition_by=within, order_by=order).label("place"),
            func.count().over(partition_by=within).label("total"),
        )
        .where(compare.hits(terms), readable(actor, families))
        .subquery()
    )
    rows = session().execute(
        select(found).where(found.c.place > first, found.c.place <= first + few)
        .order_by(found.c.family, found.c.place)
    ).all()
    hits = _hits(actor, rows)
    groups: dict[str, Group] = {}
    for row in rows:
        group = groups.setdefault(row.family, Group(row.family, [], row.total))
        hit = hits.get((row.kind, row.thing_id, row.part))
        if hit is not None:
            group.results.append(_result(*hit, terms))
    return [groups[it] for it in FAMILIES if it in groups]


def _hits(actor: Actor, rows: Sequence[Any]) -> dict[tuple[str, int, str], tuple[Hit, str]]:
    """The things themselves, found by the same right once more."""
    found: dict[tuple[str, int, str], tuple[Hit, str]] = {}
    for source in sources():
        keys = [(it.thing_id, it.part) for it in rows if it.kind == source.kind]
        if not keys:
            continue
        wanted = keys if source.keys[1:] else [it[0] for it in keys]
        things = session().scalars(source.seen(actor).where(_names(source).in_(wanted))).unique()
        for thing in things:
            part = getattr(thing, source.keys[1]) if source.keys[1:] else ""
            place = (source.kind, getattr(thing, source.keys[0]), part)
            found[place] = (source.show(actor, thing), source.icon)
    return found


def _result(hit: Hit, icon: str, terms: tuple[str, ...]) -> Result:
    piece = excerpt(hit.body, terms) if hit.body else Markup()
    return Result(
        marked(hit.title[:200], terms), hit.url, icon, marked(hit.detail[:200], terms), piece,
        hit.tag,
    )


def pages(actor: Actor, terms: tuple[str, ...]) -> list[Result]:
    """Places of the navigation, of all the person's roles."""
    found: dict[str, Result] = {}
    lines = [(it.label, it.url, it.icon, "") for it in shell().foot]
    lines.append((_("Help"), url_for("home.help"), "circle-help", ""))
    for place in workplaces(actor)[:30]:
        lines += [
            (str(item.label), url, item.icon, place.title)
            for feature in house().features for item in feature.nav
            if place.role in item.roles and (url := item.url(actor, place)) is not None
        ]
    for label, url, icon, title in lines:
        if url not in found and all_begin(terms, f"{label} {title}"):
            found[url] = Result(marked(label, terms), url, icon, marked(title, terms))
    return list(found.values())


def deeds(actor: Actor, terms: tuple[str, ...]) -> list[Result]:
    """What the person may begin."""
    offered: list[Deed] = [it for offer in house().offered("deeds") for it in offer(actor)]
    return [
        Result(marked(it.title, terms), it.url, it.icon)
        for it in offered if all_begin(terms, it.title)
    ]


def answer(actor: Actor, terms: tuple[str, ...], family: str = "", page: int = 1) -> list[Group]:
    """The first few of every family, or one page of one."""
    if not terms:
        return []
    first, few = ((page - 1) * PAGE, PAGE) if family else (0, FEW)
    wanted = (family,) if family else tuple(FAMILIES)
    groups = stored(actor, terms, [it for it in wanted if it in STORED], first, few)
    for name, find in (("pages", pages), ("deeds", deeds)):
        if name in wanted:
            found = find(actor, terms)
            if found[first : first + few]:
                groups.append(Group(name, found[first : first + few], len(found)))
    return groups
