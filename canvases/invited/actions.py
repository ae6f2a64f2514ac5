"""Inviting a mentor to edit, accepting, ending."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, select

from canvases.boards.models import Canvas
from canvases.invited import facts, queries, rules
from canvases.invited.access import ROLE, accompanies
from canvases.invited.models import InvitedEditor
from canvases.invited.rules import INVITED, OPEN, InvitedState
from workspace.accounts.models import Person
from workspace.foundation import clock
from workspace.foundation.access import Actor
from workspace.foundation.checks import refuse
from workspace.foundation.days import day_in
from workspace.foundation.db import new_public_id, session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.history import record_step
from workspace.foundation.text import lazy
from workspace.grants import actions as grants
from workspace.grants.facts import GrantEnded
from workspace.grants.queries import roles_in

NOBODY = Actor()
INVITATIONS = "50 per day"
"""How many a person may send, whichever door she comes through."""


def invite(actor: Actor, canvas: Canvas, person: Person, last_day: date | None, now: datetime, *,
           key: str | None = None) -> InvitedEditor:
    """Invite a mentor of the team to edit a canvas until the end of a day. Raises Refused.

    She edits once she has accepted. `key` is the public id that the invitation gets.
    """
    assert actor.person_id is not None
    # The row of the canvas is held, so that a form posted twice invites once.
    session().execute(select(Canvas.id).where(Canvas.id == canvas.id).with_for_update())
    team, zone = canvas.team, canvas.team.edition.zone
    if not accompanies(person.id, team, now):
        raise Refused(
            lazy("%(name)s cannot be invited to edit. Choose a mentor of your team who has signed "
                 "the undertaking, or ask the programme lead.", name=person.name), field="person",
        )
    refuse(rules.check_day(
        last_day, day_in(now, zone), queries.promised_until(canvas, person.id, now)
    ))
    assert last_day is not None
    if queries.open_one(canvas, person.id, now) is not None:
        raise Refused(
            lazy("%(name)s is invited already. Take that invitation back first to choose another "
                 "day.", name=person.name), field="person",
        )
    made = InvitedEditor(
        public_id=key or new_public_id(), canvas_id=canvas.id, person_id=person.id,
        invited_by_id=actor.person_id, until=rules.end_of(last_day, zone), created_at=now,
    )
    made.canvas, made.person = canvas, person
    session().add(made)
    session().flush()
    announce(
        facts.EditorInvited(actor.person_id, canvas.team_id, canvas.id, made.id, person.id)
    )
    return made


def _locked(invited: InvitedEditor) -> InvitedEditor:
    return session().scalars(
        select(InvitedEditor).where(InvitedEditor.id == invited.id)
        .with_for_update(of=InvitedEditor).execution_options(populate_existing=True)
    ).one()


def _step(actor: Actor, invited: InvitedEditor, name: str, now: datetime) -> None:
    source = invited.state
    target = INVITED.step(source, name, queries.facts_of(invited, now))
    invited.state = target
    session().flush()
    record_step("invited_editor", invited.id, name, source, target, actor.person_id, now)


def accept(actor: Actor, invited: InvitedEditor, now: datetime) -> None:
    """Begin to edit, until the day that the team chose. Accepting twice is accepting once."""
    held = _locked(invited)
    if held.state == InvitedState.EDITING and held.is_open(now):
        return
    _step(actor, held, "accept", now)
    held.accepted_at = now
    grants.give(actor, held.person_id, ROLE, "canvas", held.canvas_id, now, basis="invitation",
                basis_id=held.id, until=held.until)
    announce(facts.EditorAccepted(
        actor.person_id, held.team_id, held.canvas_id, held.id, held.person_id
    ))


def end(actor: Actor, invited: InvitedEditor, now: datetime) -> None:
    """Take it back, give it up or decline; nothing happens when it has ended."""
    held = _locked(invited)
    if held.state in OPEN:
        _end(actor, held, "give-up" if held.person_id == actor.person_id else "take-back", now)


def _end(actor: Actor, invited: InvitedEditor, name: str, now: datetime) -> None:
    _step(actor, invited, name, now)
    invited.ended_at, invited.ended_by_id = now, actor.person_id
    session().flush()
    grants.end(actor, invited.person_id, (ROLE,), "canvas", invited.canvas_id, now)
    announce(facts.EditorEnded(
        actor.person_id, invited.team_id, invited.canvas_id, invited.id, invited.person_id, name
    ))


def _open(*which: ColumnElement[bool]) -> Sequence[InvitedEditor]:
    return session().scalars(
        select(InvitedEditor)
        .join(Canvas, Canvas.id == InvitedEditor.canvas_id)
        .where(InvitedEditor.state.in_(OPEN), *which)
        .order_by(InvitedEditor.id)
        .with_for_update(of=InvitedEditor).execution_options(populate_existing=True)
    ).all()


def follow(fact: GrantEnded) -> None:
    """Somebody no longer mentors a team, or lost the right itself: her invitations there end.

    Listens inside the transaction, so that mentoring which begins anew revives nothing.
    """
    at = clock.now()
    if (fact.role, fact.scope_kind) == ("mentor", "team"):
        if "mentor" in roles_in(fact.person_id, "team", fact.scope_id, at):
            return
        which = Canvas.team_id == fact.scope_id
    elif (fact.role, fact.scope_kind) == (ROLE, "canvas"):
        which = Canvas.id == fact.scope_id
    else:
        return
    for invited in _open(which, InvitedEditor.person_id == fact.person_id):
        _end(NOBODY, invited, "lapse", at)


def keep_time(now: datetime) -> int:
    """End what is over: its day, the undertaking, or by a conflict; returns how many.

    Nobody edits by it before this looks: the right is read anew each time.
    """
    ended = 0
    for invited in _open():
        if now >= invited.until or not accompanies(invited.person_id, invited.team, now):
            _end(NOBODY, invited, "lapse", now)
            ended += 1
    return ended
