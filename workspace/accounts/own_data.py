"""Everything about a person: in one archive for herself, or gone."""

from __future__ import annotations

import io
import json
import secrets
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, String, and_, cast, delete, or_, select

from workspace.accounts import sessions
from workspace.accounts.facts import DataExported, PersonErased
from workspace.accounts.models import (
    AuthenticatorApp,
    DataExport,
    EmailChange,
    ErasedKey,
    Identity,
    OneTimeLink,
    Passkey,
    Person,
    RecoveryCode,
    SignIn,
)
from workspace.accounts.rules import EXPORT_FOR
from workspace.foundation import clock
from workspace.foundation.access import Actor, visible
from workspace.foundation.db import session
from workspace.foundation.errors import Missing
from workspace.foundation.facts import announce
from workspace.foundation.features import house
from workspace.foundation.jobs import Job, later
from workspace.foundation.mail import letter
from workspace.foundation.storage import new_key, storage
from workspace.foundation.text import _, lazy
from workspace.foundation.unit import afterwards, write

Rows = Sequence[Mapping[str, Any]]
Records = Callable[[int, datetime], Mapping[str, Rows]]
"""Offer `records`: what a feature knows about, or has from, a person; only fields that are hers to
see. Never what others wrote about a team that she has left."""

EXPORT = "accounts.export"
MOST_PACKED = 50 * 1024 * 1024
"""Bytes of files in one archive."""
FORMER = "Former member"
"""Stands where the name stood; the database knows no reader's language."""


@dataclass(frozen=True)
class Stays:
    """What is kept when an account is erased, and on what ground. Features offer `stays`."""

    what: object
    why: object


@dataclass(frozen=True)
class OwnFile:
    """A file that goes into the archive. Features offer `own_files`: a person's uploads."""

    name: str
    key: str
    """In the store of files."""
    size: int


# --- taking it away -------------------------------------------------------------------------


def ask_export(actor: Actor, now: datetime) -> DataExport:
    """Have the archive made; one that is being made already counts."""
    open_one = session().scalar(
        select(DataExport).where(
            DataExport.person_id == actor.person_id, DataExport.ready_at.is_(None)
        )
    )
    if open_one is not None:
        return open_one
    assert actor.person_id is not None
    row = DataExport(person_id=actor.person_id)
    session().add(row)
    session().flush()
    announce(DataExported(actor.person_id, actor.person_id, "asked"))
    later(EXPORT, {"export": row.public_id})
    return row


def make_export(public_id: str, now: datetime) -> None:
    """Gather, pack and keep the archive for a day. Done twice it makes one archive."""
    row = session().scalar(select(DataExport).where(DataExport.public_id == public_id))
    if row is None or row.ready_at is not None:
        return
    person = session().get_one(Person, row.person_id)
    sheets, files = gathered(person.id, now), own_files(person.id, now)
    session().commit()  # the reading is over; the file is written outside any transaction
    packed = archive(sheets, now, files)
    stored = storage().put(new_key(), packed)
    with write():
        row = session().get_one(DataExport, row.id)
        row.file_key, row.size, row.checksum = stored.key, stored.size, stored.sha256
        row.ready_at, row.expires_at = now, now + EXPORT_FOR
        letter(
            session().get_one(Person, row.person_id),
            template="mail/export_ready",
            subject=lazy("Your data from InnoCore workspace is ready"),
        )


def gathered(person_id: int, at: datetime) -> dict[str, Rows]:
    """Sheets of rows from every feature, by the name of the sheet."""
    found: dict[str, Rows] = {}
    offers: list[Records] = house().offered("records")
    for offer in offers:
        found.update(offer(person_id, at))
    return found


def own_files(person_id: int, at: datetime) -> list[OwnFile]:
    """Files of the person from every feature, as many as one archive may hold."""
    found: list[OwnFile] = []
    room = MOST_PACKED
    for offer in house().offered("own_files"):
        for it in offer(person_id, at):
            if it.size <= room:
                room -= it.size
                found.append(it)
    return found


def read_today(
    person_id: int, at: datetime, kind: type[Any], *where: ColumnElement[bool]
) -> frozenset[int]:
    """Numbers of those rows of `kind` that the person may read today.

    An archive is made without a session: what a role opens by a second factor stays out.
    """
    settings = current_app.config["INNOCORE"]
    actor = sessions.actor_for(
        session().get_one(Person, person_id), at, strong=not settings.needs_second_factor
    )
    seen = visible(actor, kind).where(*where).with_only_columns(kind.id)
    return frozenset(session().scalars(seen))


def archive(sheets: Mapping[str, Rows], at: datetime, files: Sequence[OwnFile] = ()) -> bytes:
    """A ZIP of one JSON file a sheet, and the person's files in a folder."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, rows in sorted(sheets.items()):
            text = json.dumps(list(rows), ensure_ascii=False, indent=1, default=_plain)
            file.writestr(zipfile.ZipInfo(f"{name}.json", at.timetuple()[:6]), text)
        for it in files:
            with suppress(FileNotFoundError), storage().open(it.key) as source:
                entry = zipfile.ZipInfo(f"files/{_plain_name(it.name)}", at.timetuple()[:6])
                file.writestr(entry, source.read())
    return packed.getvalue()


def _plain_name(name: str) -> str:
    """A name that no program takes for a path."""
    return "".join("_" if it in '/\\:' or ord(it) < 32 else it for it in name)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def take(actor: Actor, row: DataExport, now: datetime) -> Any:
    """The archive as a stream, while it is kept. Raises Missing afterwards."""
    if row.person_id != actor.person_id or row.expires_at is None or row.expires_at <= now:
        raise Missing
    try:
        return storage().open(row.file_key)
    except FileNotFoundError:
        raise Missing from None


def forget_exports(now: datetime) -> None:
    """Delete archives whose day is over."""
    with write():
        rows = session().scalars(select(DataExport).where(DataExport.expires_at <= now)).all()
        _delete_exports(rows)


def _delete_exports(rows: Iterable[DataExport]) -> None:
    for row in rows:
        key = row.file_key
        session().delete(row)
        if key:
            afterwards(partial(_delete_file, key))


def _delete_file(key: str) -> None:
    storage().delete(key)


def records(person_id: int, _at: datetime) -> Mapping[str, Rows]:
    """What accounts knows of a person."""
    person = session().get_one(Person, person_id)
    rows = session().scalars
    return {
        "profile": [
            {
                name: getattr(person, name)
                for name in (
                    "public_id",
                    "email",
                    "name",
                    "headline",
                    "about",
                    "skills",
                    "interests",
                    "language",
                    "zone",
                    "theme",
                    "shortcuts",
                    "created_at",
                    "confirmed_at",
                )
            }
        ],
        "sessions": [
            {
                "since": it.created_at,
                "last_seen": it.seen_at,
                "ended": it.ended_at,
                "network": it.address,
                "browser": it.agent,
                "way": it.way,
                "second_factor": it.second_at,
            }
            for it in rows(select(SignIn).where(SignIn.person_id == person_id).order_by(SignIn.id))
        ],
        "passkeys": [
            {"name": it.name, "since": it.created_at, "last_used": it.used_at}
            for it in rows(select(Passkey).where(Passkey.person_id == person_id))
        ],
        "authenticator": [
            {"since": it.created_at, "last_used": it.used_at}
            for it in rows(select(AuthenticatorApp).where(AuthenticatorApp.person_id == person_id))
        ],
        "linked_accounts": [
            {"issuer": it.issuer, "subject": it.subject, "shown": it.label, "since": it.created_at}
            for it in rows(select(Identity).where(Identity.person_id == person_id))
        ],
        "address_changes": [
            {"from": it.old_email, "to": it.new_email, "asked": it.created_at, "ended": it.ended_at}
            for it in rows(select(EmailChange).where(EmailChange.person_id == person_id))
        ],
    }


# --- erasing --------------------------------------------------------------------------------


def what_stays() -> list[Stays]:
    """What is shown before somebody erases her account."""
    return [
        Stays(
            _("What you wrote in a team: notes, evidence, comments, files, submissions"),
            _("It is the team's work. It stays with “former member” in place of your name."),
        ),
        Stays(
            _("Your signatures, agreements and decisions"),
            _(
                "Others rely on them: contract and the proof of who invented what (GDPR, article "
                "6(1)(b) and 17(3)(e))."
            ),
        ),
        Stays(
            _("The record of what happened"),
            _(
                "It must show that nothing was changed afterwards (GDPR, article 17(3)(b) and "
                "(e)). It knows you only by a random key."
            ),
        ),
        *(stay for offer in house().offered("stays") for stay in offer()),
    ]


def erase(actor: Actor, person: Person, now: datetime) -> None:
    """Erase the account of the person who asks.

    Raises Refused when something must be handed over first; features say so with the offer
    `before_erasure`.
    """
    if actor.person_id != person.id:
        raise Missing
    for check in house().offered("before_erasure"):
        check(person, now)
    address, language = person.email, person.language
    _erase(person, person.id, now)
    letter(
        address,
        template="mail/account_erased",
        subject=lazy("Your account at InnoCore workspace is erased"),
        language=language,
    )


def _erase(person: Person, who: int | None, now: datetime) -> None:
    _forget_letters(person)
    sessions.end_all(person.id, who, now)
    for row in session().scalars(select(SignIn).where(SignIn.person_id == person.id)):
        row.address = row.agent = ""
    for forget in house().offered("forget"):
        forget(person, now)
    for table in (OneTimeLink, AuthenticatorApp, Passkey, RecoveryCode, Identity, EmailChange):
        session().execute(delete(table).where(table.person_id == person.id))
    _delete_exports(
        session().scalars(select(DataExport).where(DataExport.person_id == person.id)).all()
    )
    person.email = f"{secrets.token_hex(16)}@erased.invalid"
    person.name, person.password, person.active = FORMER, None, False
    person.headline = person.about = person.language = person.zone = person.theme = ""
    person.skills, person.interests = [], []
    person.fs_uniquifier = secrets.token_hex(32)
    person.erased_at = now
    if session().get(ErasedKey, person.public_id) is None:
        session().add(ErasedKey(key=person.public_id, erased_at=now))
    session().flush()
    announce(PersonErased(who, person.id))


def _forget_letters(person: Person) -> None:
    """Delete what waits for her address, and failed letters that name her."""
    payload = cast(Job.payload, String)
    session().execute(
        delete(Job)
        .where(
            or_(
                *(payload.contains(it, autoescape=True) for it in _quoted(person.email)),
                and_(
                    Job.failed_at.is_not(None),
                    or_(*(payload.contains(it, autoescape=True) for it in _quoted(person.name))),
                ),
            )
        )
        .execution_options(synchronize_session=False)
    )


def _quoted(text: str) -> set[str]:
    """A string as it may stand in stored JSON."""
    return {json.dumps(text), json.dumps(text, ensure_ascii=False)}


def erased_keys() -> list[str]:
    """Random keys of everybody who was erased: to be kept beside every backup."""
    return list(session().scalars(select(ErasedKey.key).order_by(ErasedKey.key)))


def erase_again(keys: Iterable[str], now: datetime) -> int:
    """After a restore: erase those whom the backup has brought back; returns how many.

    Must be called inside a unit of work.
    """
    count = 0
    for key in sorted(set(keys)):
        person = session().scalar(select(Person).where(Person.public_id == key))
        if person is not None and person.erased_at is None:
            _erase(person, None, now)
            count += 1
        elif session().get(ErasedKey, key) is None:
            session().add(ErasedKey(key=key, erased_at=now))
    return count


def after_restore(keys: Iterable[str]) -> None:
    """Operations has put a backup back: erase whoever was erased since it was made."""
    with write():
        erase_again(keys, clock.now())
