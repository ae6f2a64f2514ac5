"""`@name` in what people write: kept as `@[Name](id)`, and only of people who may see the thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import select

from workspace.accounts.models import Person
from workspace.foundation.db import session
from workspace.inbox.actions import tell
from workspace.inbox.models import Notice
from workspace.inbox.rules import MENTIONED

WRITTEN = re.compile(r"@\[([^\]\n]{1,200})\]\(([A-Za-z0-9_-]{1,64})\)")
MOST = 20
"""People that one text may mention."""


def settled(text: str, people: Iterable[Person]) -> str:
    """The text with every mention of one of `people` in its full form.

    A name counts when it is the full name, or the first name, of exactly one of them. What names
    anybody else stays plain words.
    """
    known = list(people)
    by_id = {it.public_id: it for it in known}
    names = _names(known)
    parts, at = [], 0
    for found in WRITTEN.finditer(text):
        parts.append(_named(text[at : found.start()], names))
        person = by_id.get(found[2])
        parts.append(_form(person) if person is not None else f"@{found[1]}")
        at = found.end()
    parts.append(_named(text[at:], names))
    return "".join(parts)


def _form(person: Person) -> str:
    name = re.sub(r"[\[\]\n]", "", person.name)
    return f"@[{name}]({person.public_id})"


def _names(people: Sequence[Person]) -> dict[str, Person]:
    """Names that mean one person, in small letters."""
    found: dict[str, Person | None] = {}
    for person in people:
        full = " ".join(person.name.split()).casefold()
        for name in {full, full.split(" ")[0]} - {""}:
            found[name] = None if name in found else person
    return {name: person for name, person in found.items() if person is not None}


def _named(text: str, names: dict[str, Person]) -> str:
    if "@" not in text or not names:
        return text
    longest = sorted(names, key=len, reverse=True)
    name = re.compile(
        r"(?<![\w@.])@(" + "|".join(re.escape(it) for it in longest) + r")(?!\w)", re.IGNORECASE
    )
    return name.sub(lambda it: _form(names[it[1].casefold()])
                    if it[1].casefold() in names else it[0], text)


def named_in(text: str) -> list[str]:
    """Public ids of whoever a settled text mentions, each once."""
    return list(dict.fromkeys(it[2] for it in WRITTEN.finditer(text)))[:MOST]


def people_in(text: str, people: Iterable[Person]) -> set[int]:
    """Which of `people` a settled text mentions."""
    named = set(named_in(text))
    return {it.id for it in people if it.public_id in named}


def tell_mentioned(person_ids: Iterable[int], about: Any, url: str) -> set[int]:
    """Tell whoever was not told of a mention in this very thing before; returns who was."""
    people = set(person_ids)
    before = set(
        session().scalars(
            select(Notice.person_id).where(
                Notice.kind == MENTIONED, Notice.about_kind == about.__tablename__,
                Notice.about_id == about.public_id, Notice.person_id.in_(people),
            )
        )
    )
    tell(people - before, MENTIONED, "mention", about=about, url=url, mail=True)
    return people - before


def drawn(text: str) -> Markup:
    """Plain text as HTML with its mentions marked."""
    parts, at = [], 0
    for found in WRITTEN.finditer(text):
        parts.append(escape(text[at : found.start()]))
        parts.append(Markup('<span class="mention" dir="auto">@{}</span>').format(found[1]))
        at = found.end()
    parts.append(escape(text[at:]))
    return Markup("").join(parts)


def plain(text: str) -> str:
    """The text as it is typed: `@Name`."""
    return WRITTEN.sub(lambda it: f"@{it[1]}", text)


def renamed(text: str, person: str, name: str) -> str:
    """The text with another name wherever it mentions the person with this public id."""
    return WRITTEN.sub(lambda it: f"@[{name}]({it[2]})" if it[2] == person else it[0], text)
