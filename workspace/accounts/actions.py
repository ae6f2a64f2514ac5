"""What people do with their accounts. Nothing here commits; passwords come hashed or checked."""

from __future__ import annotations

from datetime import datetime

from workspace.accounts import security, sessions
from workspace.accounts.facts import ProfileChanged, SignInFailed
from workspace.accounts.models import Person, SignIn
from workspace.foundation.access import Actor
from workspace.foundation.db import session
from workspace.foundation.facts import announce
from workspace.foundation.web import forget_actor


def sign_in(person: Person, now: datetime, *, way: str = "password") -> SignIn:
    """Begin a session for somebody who has proved who she is; the one in this browser ends."""
    before = sessions.present()
    if before is not None:
        sessions.end(before, before.person_id, now)
    return security.begin_session(person, way)


def note_failure(reason: str) -> None:
    """Write down that somebody tried; not who, because the address may be a typing error."""
    announce(SignInFailed(None, reason))


def sign_out(row: SignIn | None, now: datetime) -> None:
    """End the session in this browser."""
    if row is not None:
        sessions.end(row, row.person_id, now)
    sessions.leave()


def choose(actor: Actor, field: str, value: str) -> None:
    """Keep language or theme on the account too, when somebody is signed in."""
    if actor.person_id is None:
        return
    person = session().get_one(Person, actor.person_id)
    if getattr(person, field) != value:
        setattr(person, field, value)
        announce(ProfileChanged(actor.person_id, actor.person_id, (field,)))
        forget_actor()
