"""What people do with their accounts. Nothing here commits; passwords come hashed or checked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from workspace.accounts import links, security, sessions
from workspace.accounts.facts import (
    AccountClosed,
    AccountOpened,
    PasswordChanged,
    PersonConfirmed,
    PersonConfirmedAgain,
    PersonRegistered,
    ProfileChanged,
    SignInFailed,
)
from workspace.accounts.models import OneTimeLink, Person, SignIn
from workspace.accounts.queries import by_address
from workspace.foundation.access import Actor
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.jobs import later
from workspace.foundation.mail import letter
from workspace.foundation.text import lazy
from workspace.foundation.web import forget_actor

CONFIRM_LETTER, RESET_LETTER = "accounts.confirm-letter", "accounts.reset-letter"
MAGIC_LETTER = "accounts.magic-letter"
SECOND_WAYS = frozenset({"code", "recovery", "passkey"})
"""Proofs that are a second factor."""


# --- signing in -----------------------------------------------------------------------------


def sign_in(
    person: Person, now: datetime, *, way: str = "password", second: str | None = None
) -> SignIn:
    """Begin a session for somebody who has proved who she is; the one in this browser ends."""
    before = sessions.present()
    if before is not None:
        sessions.end(before, before.person_id, now)
    return security.begin_session(person, way, second)


def prove_again(actor: Actor, way: str, now: datetime) -> None:
    """Write down that the person in this browser has proved once more who she is."""
    row = sessions.present()
    if row is None or row.person_id != actor.person_id:
        raise Refused(lazy("Your session has ended. Sign in again."))
    if way in SECOND_WAYS:
        row.second_at = now
    sessions.refresh(row, now)
    announce(PersonConfirmedAgain(row.person_id, row.person_id, row.id, way))


def note_failure(reason: str) -> None:
    """Write down that somebody tried; not who, because the address may be a typing error."""
    announce(SignInFailed(None, reason))


def sign_out(row: SignIn | None, now: datetime) -> None:
    """End the session in this browser."""
    if row is not None:
        sessions.end(row, row.person_id, now)
    sessions.leave()


def end_session(actor: Actor, row: SignIn, now: datetime) -> None:
    """End one of one's own sessions."""
    sessions.end(row, actor.person_id, now)


# --- coming in ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Registration:
    """What somebody typed to get an account; the password is hashed already."""

    name: str
    email: str
    password_hash: str
    language: str = ""


def register(draft: Registration, now: datetime) -> None:
    """Make an account whose address is not proved yet, and have a letter go to the address.

    Whoever asks learns nothing about the address: if it has an account, that account stays as it
    is and its owner gets a letter that says so. While the address is not proved, the last one to
    register it sets the password, and links from before are void.
    """
    person = by_address(draft.email)
    if person is None:
        person = Person(
            name=draft.name,
            email=draft.email,
            password=draft.password_hash,
            language=draft.language,
        )
        session().add(person)
        session().flush()
        announce(PersonRegistered(person.id, person.id))
    elif person.confirmed_at is None and person.active:
        person.name, person.password = draft.name, draft.password_hash
        links.void(person.id, links.CONFIRM, now)
    later(CONFIRM_LETTER, {"email": draft.email})


def ask_confirmation_again(email: str) -> None:
    """Have the letter sent once more; the link in the one before is void then."""
    later(CONFIRM_LETTER, {"email": email})


def write_confirmation(email: str, now: datetime) -> None:
    """The letter to an address that wants an account: a link, or word that there is one."""
    person = by_address(email)
    if person is None or not person.active:
        return
    if person.confirmed_at is not None:
        letter(
            person,
            template="mail/account_known",
            subject=lazy("You already have an account at InnoCore workspace"),
        )
        return
    token = links.make(person, links.CONFIRM, now)
    letter(
        person,
        template="mail/account_confirm",
        subject=lazy("Confirm your address for InnoCore workspace"),
        context={"path": f"/confirm/{token}"},
    )


def fingerprint(password_hash: str) -> str:
    """Names a password in a cookie without saying anything about it.

    A link to confirm an address works with one click only in the browser in which this very
    password was chosen: else whoever registered first with another's address would be let in by
    the owner's click.
    """
    return hashlib.sha256(b"pending:" + password_hash.encode()).hexdigest()[:32]


def confirm(link: OneTimeLink, now: datetime) -> Person:
    """Take the address as proved. Raises Refused when the link has been used meanwhile."""
    links.use(link, now)
    _confirm(link.person, now)
    return link.person


def _confirm(person: Person, now: datetime) -> None:
    if person.confirmed_at is None:
        person.confirmed_at = now
        session().flush()
        announce(PersonConfirmed(person.id, person.id))


# --- passwords ------------------------------------------------------------------------------


def ask_reset(email: str) -> None:
    """Have a link sent with which a new password can be set; nothing happens for strangers."""
    later(RESET_LETTER, {"email": email})


def write_reset(email: str, now: datetime) -> None:
    """The letter with the link to a new password."""
    _send_link(
        email, links.RESET, "/reset", now,
        template="mail/password_reset",
        subject=lazy("Set a new password for InnoCore workspace"),
    )  # fmt: skip


def _send_link(
    email: str, purpose: str, under: str, now: datetime, *, template: str, subject: object
) -> None:
    """Make a link of this purpose and mail it, when there is such an account."""
    person = by_address(email)
    if person is None or not person.active:
        return
    token = links.make(person, purpose, now)
    letter(person, template=template, subject=subject, context={"path": f"{under}/{token}"})


def reset_password(link: OneTimeLink, password_hash: str, now: datetime) -> None:
    """Set a password by a link from the mail: that proves the address, and ends all sessions."""
    links.use(link, now)
    person = link.person
    _confirm(person, now)
    set_password(person, password_hash, now)
    sessions.end_all(person.id, person.id, now)


def change_password(actor: Actor, person: Person, password_hash: str, now: datetime) -> None:
    """Every session ends; this browser gets a new one."""
    if actor.person_id != person.id:
        raise Refused(lazy("Only you can change your password."))
    before = sessions.present()
    second_at = before.second_at if before is not None else None
    set_password(person, password_hash, now)
    sessions.end_all(person.id, person.id, now)
    row = security.begin_session(person, "password")
    row.second_at = second_at
    session().flush()
    forget_actor()


def set_password(person: Person, password_hash: str, now: datetime) -> None:
    """Store it, void links from before, and tell the person."""
    person.password = password_hash
    links.void(person.id, links.RESET, now)
    announce(PasswordChanged(person.id, person.id))
    letter(
        person,
        template="mail/password_changed",
        subject=lazy("Your password for InnoCore workspace was changed"),
    )


# --- links that sign in ---------------------------------------------------------------------


def ask_magic(email: str) -> None:
    """Have a link sent that signs in; nothing happens for strangers."""
    later(MAGIC_LETTER, {"email": email})


def write_magic(email: str, now: datetime) -> None:
    """The letter with the link that signs in."""
    _send_link(
        email, links.MAGIC, "/magic", now,
        template="mail/magic_link",
        subject=lazy("Your link to sign in to InnoCore workspace"),
    )  # fmt: skip


def use_magic(link: OneTimeLink, now: datetime) -> Person:
    """Take the link as a proof of who comes; it proves the address as well.

    Whoever registered with somebody else's address and waits for the owner's click gains nothing:
    an account whose address was not proved before loses its password.
    """
    links.use(link, now)
    person = link.person
    if person.confirmed_at is None:
        person.password = None
        links.void(person.id, links.CONFIRM, now)
        _confirm(person, now)
    return person


# --- the person -----------------------------------------------------------------------------


def change_profile(actor: Actor, person: Person, draft: dict[str, object]) -> tuple[str, ...]:
    """Set fields of one's own account; returns the names of those that changed."""
    if actor.person_id != person.id:
        raise Refused(lazy("Only you can change your profile."))
    changed = tuple(name for name, value in draft.items() if getattr(person, name) != value)
    for name in changed:
        setattr(person, name, draft[name])
    if changed:
        announce(ProfileChanged(actor.person_id, person.id, changed))
        forget_actor()
    return changed


def choose(actor: Actor, field: str, value: str) -> None:
    """Keep language or theme on the account too, when somebody is signed in."""
    if actor.person_id is not None:
        person = session().get_one(Person, actor.person_id)
        change_profile(actor, person, {field: value})


def close_account(actor: Actor, person: Person, now: datetime) -> None:
    """Nobody can sign in with it any more; what the person made stays."""
    if actor.person_id == person.id:
        raise Refused(lazy("You cannot close your own account here. Ask another administrator."))
    if person.active:
        person.active = False
        sessions.end_all(person.id, actor.person_id, now)
        announce(AccountClosed(actor.person_id, person.id))


def open_account(actor: Actor, person: Person) -> None:
    """Let the person sign in again."""
    if not person.active and person.erased_at is None:
        person.active = True
        announce(AccountOpened(actor.person_id, person.id))
