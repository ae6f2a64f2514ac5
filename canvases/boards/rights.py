"""Who may join and edit the live document, asked of the house's one rule, now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from flask import Flask
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from canvases.boards.models import Canvas
from canvases.boards.ports import Role
from workspace.accounts.models import Person
from workspace.foundation.access import Actor, Held, No, Verdict, can
from workspace.foundation.clock import now
from workspace.foundation.db import UtcDateTime, session
from workspace.foundation.text import lazy
from workspace.grants.models import Grant
from workspace.grants.queries import with_held
from workspace.teams.access import may_edit as may_change

JOIN = "join"
"""The verb for reading all notes live; other audiences read pages with the notes of their tier."""
EDIT = "edit"
WRITE = "write"
"""The verb for changing notes by forms: the team, and mentors whom it has invited."""


def may_join(actor: Actor, canvas: Canvas) -> Verdict:
    """Read every note of the board live: the team alone."""
    return may_change(actor, canvas.team)


def may_edit(actor: Actor, canvas: Canvas) -> Verdict:
    """Change the board: the team, as long as the canvas is in use."""
    if canvas.archived_at is not None:
        return No(lazy("This canvas was put away. Bring it back to edit it."))
    return may_change(actor, canvas.team)


# Every open board asks once a second, so these are made once.
_CANVAS = (
    select(Canvas).options(joinedload(Canvas.team)).where(Canvas.id == bindparam("canvas"))
)
_PEOPLE = with_held(
    select(Person.id, Person.public_id, Person.name).where(
        Person.id.in_(bindparam("people", expanding=True)), Person.active.is_(True)
    ),
    Person.__table__.c.id,
    bindparam("at", type_=UtcDateTime()),
)


class HouseRights:
    """Roles on canvases by `can(actor, "edit" | "join", canvas)`."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def roles(self, canvas_id: int, people: Collection[int]) -> Mapping[int, Role | None]:
        """The role of each person on a canvas, from the database as it is now."""
        with self._app.app_context():
            canvas = session().scalar(_CANVAS, {"canvas": canvas_id})
            found: dict[int, Role | None] = dict.fromkeys(people)
            if canvas is None:
                return found
            for actor in _actors(people):
                if actor.person_id is None:
                    continue
                if can(actor, EDIT, canvas):
                    found[actor.person_id] = "editor"
                elif can(actor, JOIN, canvas):
                    found[actor.person_id] = "viewer"
            return found

    def may_write(self, canvas_id: int, person_id: int) -> bool:
        """Whether somebody may change notes by forms, from the database as it is now."""
        with self._app.app_context():
            canvas = session().get(Canvas, canvas_id)
            return canvas is not None and any(can(it, WRITE, canvas) for it in _actors([person_id]))

    def ended(self, people: Collection[int], since: datetime, until: datetime) -> Collection[int]:
        """Those of these people who held something that ended in this half-open span of time."""
        with self._app.app_context():
            return session().scalars(
                select(Grant.person_id).where(
                    Grant.person_id.in_(people), Grant.ends_at > since, Grant.ends_at <= until
                ).distinct()
            ).all()


def _actors(people: Collection[int]) -> list[Actor]:
    """Actors of many active people by one query."""
    at = now()
    known: dict[int, tuple[str, str]] = {}
    held: dict[int, set[Held]] = {}
    for person_id, public_id, name, role, kind, scope_id in session().execute(
        _PEOPLE, {"people": list(people), "at": at}
    ):
        known[person_id] = public_id, name
        if role is not None:
            held.setdefault(person_id, set()).add(Held(role, kind, scope_id))
    return [
        Actor(person_id, public_id, name, held=tuple(held.get(person_id, ())), at=at)
        for person_id, (public_id, name) in known.items()
    ]
