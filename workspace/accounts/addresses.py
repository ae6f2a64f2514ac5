"""Another e-mail address: asked for, agreed at both addresses, then in force."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import or_, select, update

from workspace.accounts import links
from workspace.accounts.facts import EmailChangeAsked, EmailChanged, EmailChangeEnded
from workspace.accounts.models import EmailChange, OneTimeLink, Person
from workspace.accounts.queries import by_address
from workspace.accounts.rules import EMAIL_CHANGE_FOR
from workspace.foundation.access import Actor
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.jobs import later
from workspace.foundation.mail import letter
from workspace.foundation.text import lazy

LETTERS = "accounts.address-letters"
OLD, NEW = "old", "new"


def ask(actor: Actor, person: Person, new_email: str, now: datetime) -> None:
    """Wish for another address; both get a letter from a job. An earlier wish is void.

    Whether the new address belongs to somebody else is not told: its owner gets a letter then.
    """
    if actor.person_id != person.id:
        raise Refused(lazy("Only you can change your address."))
    if new_email == person.email:
        raise Refused(lazy("This is the address that you have."), field="email")
    _end_open(person.id, now)
    announce(EmailChangeAsked(person.id, person.id))
    later(LETTERS, {"person": person.public_id, "email": new_email})


def write_letters(public_id: str, new_email: str, now: datetime) -> None:
    """A letter to each of the two addresses, with a link of its own."""
    person = session().scalar(select(Person).where(Person.public_id == public_id))
    if person is None or not person.active:
        return
    if by_address(new_email) is not None:
        letter(
            new_email,
            template="mail/account_known",
            subject=lazy("You already have an account at InnoCore workspace"),
        )
        return
    _end_open(person.id, now)
    tokens = {OLD: secrets.token_urlsafe(32), NEW: secrets.token_urlsafe(32)}
    session().add(
        EmailChange(
            person_id=person.id,
            old_email=person.email,
            new_email=new_email,
            old_hash=links.digest(tokens[OLD]),
            new_hash=links.digest(tokens[NEW]),
            expires_at=now + EMAIL_CHANGE_FOR,
        )
    )
    session().flush()
    for side, to in ((OLD, person.email), (NEW, new_email)):
        letter(
            to,
            template=f"mail/address_{side}",
            subject=lazy("Confirm the new address for InnoCore workspace"),
            context={"path": f"/address/{tokens[side]}"},
            language=person.language,
        )


def _end_open(person_id: int, now: datetime) -> None:
    session().execute(
        update(EmailChange)
        .where(EmailChange.person_id == person_id, EmailChange.ended_at.is_(None))
        .values(ended_at=now)
    )


def find(token: str, now: datetime) -> tuple[EmailChange, str] | None:
    """The wish behind a token and the side that it speaks for, while it can be answered."""
    digest = links.digest(token)
    found = session().scalar(
        select(EmailChange).where(
            or_(EmailChange.old_hash == digest, EmailChange.new_hash == digest),
            EmailChange.ended_at.is_(None),
            EmailChange.expires_at > now,
        )
    )
    if found is None:
        return None
    person = session().get_one(Person, found.person_id)
    if not person.active or person.email != found.old_email:
        return None
    side = OLD if found.old_hash == digest else NEW
    answered = found.old_agreed_at if side == OLD else found.new_agreed_at
    return None if answered is not None else (found, side)


def agree(change: EmailChange, side: str, now: datetime) -> bool:
    """One side agrees; True when both have, so that the new address is in force.

    Raises Refused when somebody else has taken the address meanwhile.
    """
    row = session().scalar(
        select(EmailChange)
        .where(EmailChange.id == change.id, EmailChange.ended_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or row.expires_at <= now:
        raise Refused(lazy("This link has been used or has ended. Ask for a new one."))
    if side == OLD:
        row.old_agreed_at = now
    else:
        row.new_agreed_at = now
    if row.old_agreed_at is None or row.new_agreed_at is None:
        return False
    if by_address(row.new_email) is not None:
        raise Refused(lazy("Another account has this address. Choose another one."))
    person = session().get_one(Person, row.person_id)
    person.email, row.ended_at = row.new_email, now
    session().execute(  # letters to the old address open nothing any more
        update(OneTimeLink)
        .where(OneTimeLink.person_id == person.id, OneTimeLink.used_at.is_(None))
        .values(used_at=now)
    )
    session().flush()
    announce(EmailChanged(person.id, person.id))
    for to in (row.old_email, row.new_email):
        letter(
            to,
            template="mail/address_changed",
            subject=lazy("Your address for InnoCore workspace was changed"),
            language=person.language,
        )
    return True


def refuse(change: EmailChange, side: str, now: datetime) -> None:
    """One side says no: the address stays as it is."""
    change.ended_at = now
    announce(EmailChangeEnded(change.person_id, change.person_id, side))


def take_back(actor: Actor, change: EmailChange, now: datetime) -> None:
    """The person herself does not want it any more."""
    if change.ended_at is None:
        change.ended_at = now
        announce(EmailChangeEnded(actor.person_id, change.person_id, "person"))
