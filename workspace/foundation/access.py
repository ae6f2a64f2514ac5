"""Who may: one place, default deny. Features offer predicates and filters, nobody else decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol, TypeVar

from flask import current_app
from sqlalchemy import ColumnElement, Select, false, select

from workspace.foundation.clock import now
from workspace.foundation.db import Base, PublicRow, session
from workspace.foundation.errors import Denied, Missing
from workspace.foundation.once import answered, asked_once
from workspace.foundation.text import lazy

T = TypeVar("T", bound=Base)
PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
PLATFORM = 0


@dataclass(frozen=True)
class Held:
    """A role that a person holds now, in one scope."""

    role: str
    kind: str
    scope_id: int


class Bounds(Protocol):
    """What a bearer token leaves of its owner's rights; it never adds any."""

    def rows(self, kind: type[Any]) -> ColumnElement[bool]:
        """The rows of `kind` that lie inside."""
        ...


@dataclass(frozen=True)
class Actor:
    """Whoever asks. Made anew from the database for every request, event and job."""

    person_id: int | None = None
    public_id: str = ""
    name: str = ""
    email: str = ""
    held: tuple[Held, ...] = ()
    language: str = ""
    zone: str = ""
    theme: str = ""
    at: datetime = field(default_factory=now)
    bounds: Bounds | None = None
    """Set when a token asks that is for a part of the house alone."""

    @property
    def is_visitor(self) -> bool:
        """Nobody has signed in."""
        return self.person_id is None

    @cached_property
    def _by_role(self) -> Mapping[tuple[str, str], frozenset[int]]:
        found: dict[tuple[str, str], set[int]] = {}
        for held in self.held:
            found.setdefault((held.role, held.kind), set()).add(held.scope_id)
        return {key: frozenset(ids) for key, ids in found.items()}

    def scopes(self, role: str, kind: str) -> frozenset[int]:
        """Ids of the scopes of this kind in which the person holds the role now."""
        return self._by_role.get((role, kind), frozenset())

    def has(self, role: str, kind: str, scope_id: int | None) -> bool:
        """Whether the person holds the role there now."""
        return scope_id is not None and scope_id in self.scopes(role, kind)

    def has_any(self, roles: tuple[str, ...], kind: str, scope_id: int | None) -> bool:
        """Whether the person holds one of the roles there now."""
        return any(self.has(role, kind, scope_id) for role in roles)

    @property
    def is_administrator(self) -> bool:
        """Manages accounts and settings; this alone opens no confidential content."""
        return self.has("administrator", "platform", PLATFORM)


VISITOR = Actor()


class No:
    """A refusal with its reason; false, so that a predicate may return it."""

    def __init__(self, reason: object) -> None:
        self.reason = reason

    def __bool__(self) -> bool:
        return False


Verdict = bool | No
Predicate = Callable[[Actor, Any], Verdict]
Clause = Callable[[Actor], ColumnElement[bool]]


class Rules:
    """All predicates and filters; filled by the factory from the features' faces."""

    def __init__(self) -> None:
        self.may: dict[tuple[str, type], Predicate] = {}
        self.shown: dict[type, Clause] = {}

    def add_may(self, verb: str, kind: type, predicate: Predicate) -> None:
        """Say who may do `verb` with a `kind`."""
        if (verb, kind) in self.may:
            raise ValueError(f"{verb} {kind.__name__} is decided twice")
        self.may[verb, kind] = predicate

    def add_shown(self, kind: type, clause: Clause) -> None:
        """Say which rows of `kind` a person may know of."""
        if kind in self.shown:
            raise ValueError(f"{kind.__name__} is filtered twice")
        self.shown[kind] = clause


def rules() -> Rules:
    """The rules of the current application."""
    found: Rules = current_app.extensions["innocore.access"]
    return found


def can(actor: Actor, verb: str, thing: Any) -> Verdict:
    """Whether `actor` may do `verb` with `thing` (a row, or a table for lists and creation).

    What nobody has ruled on is refused. Seeing a row means that the filter of its table lets it
    through, so that pages and lists cannot disagree.
    """
    kind = thing if isinstance(thing, type) else type(thing)
    if actor.bounds is not None and not _inside(actor.bounds, verb, thing):
        return No(lazy("This access token is for another part of the workspace."))
    found = rules()
    predicate = found.may.get((verb, kind))
    if predicate is not None:
        return predicate(actor, None if isinstance(thing, type) else thing)
    if verb == "view" and not isinstance(thing, type) and kind in found.shown:
        return _sees(actor, kind, thing.id)
    return False


def _inside(bounds: Bounds, verb: str, thing: Any) -> bool:
    """Whether a token reaches `thing`. Of a whole table it reaches the list, which is filtered."""
    if isinstance(thing, type):
        return verb == "list"
    return is_inside(bounds, thing)


def is_inside(bounds: Bounds, thing: Any) -> bool:
    """Whether a row lies inside."""
    kind = type(thing)
    query = select(kind.id).where(kind.id == thing.id, bounds.rows(kind))
    return session().scalar(query) is not None


@asked_once
def _sees(actor: Actor, kind: Any, row_id: int) -> bool:
    query: Select[Any] = visible(actor, kind).where(kind.id == row_id)
    return session().scalar(query) is not None


def allow(actor: Actor, verb: str, thing: Any) -> None:
    """Raise Missing when the actor may not know of `thing`, Denied when only `verb` is refused."""
    verdict = can(actor, verb, thing)
    if verdict:
        return
    if verb == "view" or (not isinstance(thing, type) and not can(actor, "view", thing)):
        raise Missing
    reason = verdict.reason if isinstance(verdict, No) else None
    raise Denied(reason or lazy("Your role does not include this. Ask the lead of the team or "
                                "programme if you need it."))


def visible(actor: Actor, kind: type[T]) -> Select[T]:
    """A query for the rows of `kind` that the actor may know of; nothing when none is ruled."""
    clause = rules().shown.get(kind)
    query = select(kind).where(clause(actor) if clause is not None else false())
    return query if actor.bounds is None else query.where(actor.bounds.rows(kind))


def find_visible(actor: Actor, kind: type[T], public_id: str) -> T:
    """The row with this public id, or Missing when it is absent or not visible (same answer)."""
    if not issubclass(kind, PublicRow):
        raise TypeError(f"{kind.__name__} has no public id")
    if PUBLIC_ID.fullmatch(public_id) is None:
        raise Missing
    found = session().scalar(visible(actor, kind).where(kind.public_id == public_id))
    if found is None:
        raise Missing
    answered(_sees, True, actor, kind, found.id)
    return found
