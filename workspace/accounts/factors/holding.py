"""What second factors a person has, and showing one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import current_app
from sqlalchemy import delete, func, select, update

from workspace.accounts import sessions
from workspace.accounts.factors import passkeys, recovery, totp
from workspace.accounts.factors.sealing import keyed_digest, opened, seal
from workspace.accounts.facts import (
    SecondFactorAdded,
    SecondFactorFailed,
    SecondFactorRemoved,
)
from workspace.accounts.models import AuthenticatorApp, Passkey, Person, RecoveryCode
from workspace.accounts.rules import STRONG_ROLES
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.mail import letter
from workspace.foundation.text import lazy

AT_REST, CODE = "authenticator app", "recovery code"
MOST_PASSKEYS = 20


def app_of(person_id: int) -> AuthenticatorApp | None:
    """The person's authenticator app."""
    return session().scalar(select(AuthenticatorApp).where(AuthenticatorApp.person_id == person_id))


def passkeys_of(person_id: int) -> Sequence[Passkey]:
    """The person's passkeys, the oldest first."""
    return (
        session()
        .scalars(select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id))
        .all()
    )


def codes_left(person_id: int) -> int:
    """How many recovery codes the person could still use."""
    return (
        session().scalar(
            select(func.count())
            .select_from(RecoveryCode)
            .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
        )
        or 0
    )


def has_any(person_id: int) -> bool:
    """Whether the person has a second factor, so that it is asked for at every sign-in."""
    return app_of(person_id) is not None or bool(passkeys_of(person_id))


def must_have(person_id: int, at: datetime) -> bool:
    """Whether the person holds a role whose rights need a second factor."""
    if not current_app.config["INNOCORE"].needs_second_factor:
        return False
    held = current_app.extensions["innocore.held"](person_id, at)
    return any(it.role in STRONG_ROLES for it in held)


# --- having ---------------------------------------------------------------------------------


def check_shown(person: Person) -> None:
    """Raise Refused in a session that began without the second factor that the person has by now.

    Whoever knows the password alone would else put another factor in its place.
    """
    row = sessions.present()
    if row is not None and row.second_at is None and has_any(person.id):
        raise Refused(
            lazy(
                "This session began without your second factor. Sign out, and sign in with it to "
                "change it."
            )
        )


def add_app(person: Person, secret: bytes, typed: str, at: datetime) -> None:
    """Take the app whose secret was drawn, once it has made its first code.

    An app from before is replaced. Raises Refused when the code does not fit.
    """
    check_shown(person)
    step = totp.matching_step(secret, typed, at, 0)
    if step is None:
        raise Refused(
            lazy("This code does not fit. Type the one that the app shows now."), field="code"
        )
    held = app_of(person.id)
    if held is None:
        held = AuthenticatorApp(person_id=person.id)
        session().add(held)
    held.secret, held.last_step, held.used_at = seal(AT_REST, secret), step, at
    _added(person, "app", at)


def add_passkey(person: Person, name: str, new: passkeys.New, at: datetime) -> None:
    """Take a passkey. Raises Refused when it is known already, or there are too many."""
    check_shown(person)
    if len(passkeys_of(person.id)) >= MOST_PASSKEYS:
        raise Refused(lazy("Remove a passkey first: you have %(count)d.", count=MOST_PASSKEYS))
    known = session().scalar(select(Passkey).where(Passkey.credential_id == new.credential_id))
    if known is not None:
        raise Refused(lazy("This passkey is known already."))
    session().add(
        Passkey(
            person_id=person.id,
            name=name,
            credential_id=new.credential_id,
            public_key=new.public_key,
            sign_count=new.sign_count,
            transports=list(new.transports),
            used_at=at,
        )
    )
    _added(person, "passkey", at)


def _added(person: Person, kind: str, at: datetime) -> None:
    session().flush()
    announce(SecondFactorAdded(person.id, person.id, kind))
    letter(
        person,
        template="mail/second_factor_changed",
        subject=lazy("Your second factor for InnoCore workspace was changed"),
    )
    row = sessions.present()
    if row is not None and row.person_id == person.id:
        row.second_at = at  # who sets it up has shown it
        sessions.refresh(row, at)


def remove_app(person: Person, at: datetime) -> None:
    """Do without the app. Raises Refused when it is the last factor and one is needed."""
    check_shown(person)
    held = app_of(person.id)
    if held is not None:
        session().delete(held)
        _removed(person, "app", at)


def remove_passkey(person: Person, key: Passkey, at: datetime) -> None:
    """Do without one passkey. Raises Refused when it is the last factor and one is needed."""
    check_shown(person)
    session().delete(key)
    _removed(person, "passkey", at)


def _removed(person: Person, kind: str, at: datetime) -> None:
    session().flush()
    if not has_any(person.id):
        if must_have(person.id, at):
            raise Refused(
                lazy("Your role needs a second factor. Set up another one before you remove this.")
            )
        session().execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    announce(SecondFactorRemoved(person.id, person.id, kind))
    letter(
        person,
        template="mail/second_factor_changed",
        subject=lazy("Your second factor for InnoCore workspace was changed"),
    )


def new_codes(person: Person) -> list[str]:
    """Ten new recovery codes, to be shown now and never again; those from before are void."""
    session().execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = recovery.new_codes()
    for code in codes:
        session().add(RecoveryCode(person_id=person.id, code_hash=_digest(person.id, code)))
    session().flush()
    announce(SecondFactorAdded(person.id, person.id, "recovery codes"))
    return codes


def _digest(person_id: int, code: str) -> str:
    return keyed_digest(CODE, f"{person_id}:{recovery.plain(code)}")


def are_codes_of(person: Person, codes: Sequence[str]) -> bool:
    """Whether all of them are the person's own and unused: what is shown again is no invention."""
    digests = {_digest(person.id, code) for code in codes if recovery.plain(code)}
    found = session().scalar(
        select(func.count())
        .select_from(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.used_at.is_(None),
            RecoveryCode.code_hash.in_(digests),
        )
    )
    return bool(codes) and len(digests) == len(codes) == found


# --- showing --------------------------------------------------------------------------------


def is_shown(person: Person, typed: str, at: datetime) -> str | None:
    """Which factor the typed code belongs to: "code" or "recovery"; None when to none.

    Whatever fits is used up in the same moment, and two at once use it once.
    """
    if (step := _fitting(person, typed, at)) is not None:
        done = session().execute(
            update(AuthenticatorApp)
            .where(AuthenticatorApp.person_id == person.id, AuthenticatorApp.last_step < step)
            .values(last_step=step, used_at=at)
        )
        return "code" if done.rowcount == 1 else None  # type: ignore[attr-defined]
    if recovery.plain(typed):
        done = session().execute(
            update(RecoveryCode)
            .where(
                RecoveryCode.person_id == person.id,
                RecoveryCode.code_hash == _digest(person.id, typed),
                RecoveryCode.used_at.is_(None),
            )
            .values(used_at=at)
        )
        if done.rowcount == 1:  # type: ignore[attr-defined]
            return "recovery"
    return None


def _fitting(person: Person, typed: str, at: datetime) -> int | None:
    held = app_of(person.id)
    secret = opened(AT_REST, held.secret) if held is not None else None
    if held is None or secret is None:
        return None
    return totp.matching_step(secret, typed, at, held.last_step)


def holder(answer: str, at: datetime) -> Person | None:
    """Whose passkey gave this answer; None for a key that is not known here.

    Raises Refused when the answer does not hold.
    """
    key = session().scalar(
        select(Passkey).where(Passkey.credential_id == passkeys.named_in(answer))
    )
    if key is None:
        return None
    person = session().get_one(Person, key.person_id)
    key.sign_count = passkeys.new_count(answer, key, person)
    key.used_at = at
    return person if person.active and person.erased_at is None else None


def note_failure(person: Person, way: str) -> None:
    """Write down that somebody who knew the first factor did not have the second."""
    announce(SecondFactorFailed(None, person.id, way))
