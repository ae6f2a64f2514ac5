"""One-time links: a secret that goes by mail, kept hashed, used once and by POST."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update

from workspace.accounts.models import OneTimeLink, Person
from workspace.accounts.rules import CONFIRM_FOR, MAGIC_FOR, RESET_FOR
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.text import lazy

CONFIRM, RESET, MAGIC = "confirm", "reset", "magic"
GOOD_FOR: dict[str, timedelta] = {
    CONFIRM: CONFIRM_FOR,
    RESET: RESET_FOR,
    MAGIC: MAGIC_FOR,
}


def digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def make(person: Person, purpose: str, now: datetime) -> str:
    """A new token for the person's present address; earlier ones for the same purpose are void."""
    void(person.id, purpose, now)
    token = secrets.token_urlsafe(32)
    session().add(
        OneTimeLink(
            purpose=purpose,
            token_hash=digest(token),
            person_id=person.id,
            email=person.email,
            expires_at=now + GOOD_FOR[purpose],
        )
    )
    session().flush()
    return token


def void(person_id: int, purpose: str, now: datetime) -> None:
    """Make every open link of that purpose useless."""
    session().execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.person_id == person_id,
            OneTimeLink.purpose == purpose,
            OneTimeLink.used_at.is_(None),
        )
        .values(used_at=now)
    )


def find(token: str, purpose: str, now: datetime) -> OneTimeLink | None:
    """The link behind a token while it can be used: looking does not use it up."""
    found = session().scalar(
        select(OneTimeLink).where(
            OneTimeLink.token_hash == digest(token),
            OneTimeLink.purpose == purpose,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
    )
    if found is None or not found.person.active or found.email != found.person.email:
        return None
    return found


def use(link: OneTimeLink, now: datetime) -> None:
    """Use the link up. Of two at the same moment one is refused."""
    done = session().execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now
        )
        .values(used_at=now)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(lazy("This link has been used or has ended. Ask for a new one."))
