"""People and who they are at identity providers."""

from __future__ import annotations

import json
from datetime import datetime

from flask import session as cookie
from sqlalchemy import select

from workspace.accounts.factors.holding import passkeys_of
from workspace.accounts.factors.sealing import opened, seal
from workspace.accounts.facts import (
    IdentityLinked,
    IdentityUnlinked,
    PersonConfirmed,
    PersonRegistered,
)
from workspace.accounts.models import Identity, Person
from workspace.accounts.openid import Claims
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.text import lazy

WAITING, WAITING_SECONDS = "linking", 600


def known(claims: Claims, now: datetime) -> Person | None:
    """The person that this issuer and subject are linked to."""
    row = _row(claims)
    if row is None:
        return None
    row.used_at = now
    return session().get_one(Person, row.person_id)


def _row(claims: Claims) -> Identity | None:
    return session().scalar(
        select(Identity).where(Identity.issuer == claims.issuer, Identity.subject == claims.subject)
    )


def link(person: Person, claims: Claims, now: datetime) -> Identity:
    """Let the person come in through the provider. Raises Refused when it is somebody else's."""
    row = _row(claims)
    if row is not None and row.person_id != person.id:
        raise Refused(lazy("Another account is linked with this one. Unlink it there first."))
    if row is None:
        row = Identity(
            person_id=person.id,
            issuer=claims.issuer,
            subject=claims.subject,
            label=claims.label,
            used_at=now,
        )
        session().add(row)
        session().flush()
        announce(IdentityLinked(person.id, person.id, row.id))
    return row


def unlink(person: Person, row: Identity) -> None:
    """No longer come in that way. Raises Refused when it is the only way left."""
    others = session().scalar(
        select(Identity.id).where(Identity.person_id == person.id, Identity.id != row.id).limit(1)
    )
    if person.password is None and others is None and not passkeys_of(person.id):
        raise Refused(lazy("Set a password first: this is your only way in."))
    number = row.id
    session().delete(row)
    session().flush()
    announce(IdentityUnlinked(person.id, person.id, number))


def newcomer(claims: Claims, language: str, now: datetime) -> Person:
    """An account for somebody whose provider proves an address at one of its own domains."""
    person = Person(
        name=claims.name or claims.email.partition("@")[0],
        email=claims.email,
        password=None,
        language=language,
        confirmed_at=now,
    )
    session().add(person)
    session().flush()
    announce(PersonRegistered(person.id, person.id))
    announce(PersonConfirmed(person.id, person.id))
    link(person, claims, now)
    return person


# --- an account that is known by its address alone waits for one sign-in -----------------------


def wait_for_sign_in(claims: Claims) -> None:
    """Remember in this browser what is to be linked once the owner of the address has signed in."""
    cookie[WAITING] = seal(WAITING, json.dumps(claims.__dict__).encode())


def link_waiting(person: Person, now: datetime) -> bool:
    """Link what waits in this browser with whoever has signed in, if the address is hers."""
    held = cookie.pop(WAITING, None)
    content = opened(WAITING, held, seconds=WAITING_SECONDS) if isinstance(held, str) else None
    if content is None:
        return False
    claims = Claims(**json.loads(content))
    row = _row(claims)
    if claims.email != person.email or row is not None:
        return False
    link(person, claims, now)
    return True
