"""Using an invitation, whatever it leads into: is it good, what does it show, what happens then.

A feature that lets people in offers `joiners`: kind of scope -> (actor, invitation, now) -> path to
go to. It gives the role; the invitation is used up already, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workspace.accounts.sessions import actor_for
from workspace.foundation.access import Actor, can, rules
from workspace.foundation.clock import now as clock_now
from workspace.foundation.db import Base, session
from workspace.foundation.errors import Missing, Refused
from workspace.foundation.features import house
from workspace.foundation.text import lazy
from workspace.grants import actions
from workspace.grants.models import Invitation

JOINERS = "joiners"
Joiner = Callable[[Actor, Invitation, datetime], str]
LETTING_IN = ("invite", "manage", "lead")
"""Verbs that let people into a scope; the first that somebody has ruled on decides."""


def find(secret: str, now: datetime) -> Invitation | None:
    """The invitation behind a link or code while it is good and its maker may still invite."""
    if not secret or len(secret) > 200:
        return None
    found = actions.find_invitation(secret, now)
    return found if found is not None and _maker_may(found, now) else None


def used_before(actor: Actor, secret: str) -> bool:
    """Whether this very person has used this very link or code: she pressed twice."""
    hashed = actions.digest(secret.strip())
    code = actions.digest(secret.strip().upper().replace("-", "").replace(" ", ""))
    return (
        session().scalar(
            select(Invitation.id).where(
                (Invitation.token_hash == hashed) | (Invitation.code_hash == code),
                Invitation.used_by_id == actor.person_id,
            )
        )
        is not None
    )


def scope_of(invitation: Invitation) -> Any:
    """The row that it leads into; the kind of a scope is the name of its table."""
    for mapper in Base.registry.mappers:
        if mapper.class_.__tablename__ == invitation.scope_kind:
            return session().get(mapper.class_, invitation.scope_id)
    return None


def name_of(invitation: Invitation) -> str:
    """What the invited may read about where the way leads: its name, and nothing else."""
    scope = scope_of(invitation)
    return str(getattr(scope, "name", None) or getattr(scope, "title", ""))


def is_for(actor: Actor, invitation: Invitation) -> bool:
    """Whether it was made for this person, or for whoever has it."""
    return not actor.is_visitor and invitation.email in (None, actor.email)


def _maker_may(invitation: Invitation, now: datetime) -> bool:
    """Whether whoever made it could make it today."""
    scope = scope_of(invitation)
    if scope is None or not invitation.made_by.active:
        return False
    maker = actor_for(invitation.made_by, now)
    for verb in LETTING_IN:
        if (verb, type(scope)) in rules().may:
            return bool(can(maker, verb, scope))
    return False


def accept(actor: Actor, secret: str, now: datetime) -> str:
    """Come in; returns the path to go to. Raises Missing or Refused."""
    invitation = find(secret, now)
    if invitation is None:
        raise Missing
    actions.use_invitation(actor, invitation, now)
    for offered in house().offered(JOINERS):
        joiner: Joiner | None = offered.get(invitation.scope_kind)
        if joiner is not None:
            return joiner(actor, invitation, now)
    raise Refused(lazy("Nobody can come in here any more."))


def may_register(secret: str, email: str) -> bool:
    """Whether somebody with this address may make an account because she is invited."""
    found = find(secret, clock_now())
    return found is not None and found.email in (None, email)
