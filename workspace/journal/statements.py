"""Signing the heads of all chains, once a day, and giving what was signed to keep elsewhere.

Besides the table, this machine keeps the newest statement in a file: whoever can change the
database alone cannot make its record shorter without being found.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import and_, select

from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.facts import announce
from workspace.foundation.mail import letter
from workspace.foundation.settings import Settings
from workspace.foundation.text import lazy
from workspace.foundation.unit import afterwards, write
from workspace.journal import facts, keys
from workspace.journal.models import JournalEntry, JournalHead, RecordStatement
from workspace.journal.rules import (
    NAME,
    START,
    Head,
    Malformed,
    Signed,
    Statement,
    digest,
    exported,
    imported,
)

KEPT = "record_head.json"
"""The newest statement that was signed on this machine, in the data folder."""
LARGEST = 64 * 1024 * 1024


class Behind(Exception):
    """The database lacks what was signed before; its text says what to do."""


def newest() -> RecordStatement | None:
    """The last statement."""
    return session().scalar(
        select(RecordStatement).order_by(RecordStatement.number.desc()).limit(1)
    )


def sign() -> RecordStatement:
    """Sign the heads of all chains as they are now.

    Raises keys.KeyAway, and Behind when the database lacks the statement that this machine keeps.
    Must be called inside `unit.write()`.
    """
    signer = keys.signer()
    last = newest()
    _not_behind()
    names = _names()
    heads, fresh = [], {}
    for chain, seq, line, first in session().execute(
        select(JournalHead.chain, JournalHead.seq, JournalHead.hash, JournalEntry.hash)
        .join(JournalEntry, and_(JournalEntry.chain == JournalHead.chain, JournalEntry.seq == 1))
    ):
        heads.append(Head(first[:NAME], seq, line))
        if first[:NAME] not in names:
            fresh[first[:NAME]] = chain
    statement = Statement(
        1 if last is None else last.number + 1, now().isoformat(), signer.public,
        START if last is None else digest(last.body), tuple(heads),
    )
    body = statement.body()
    row = RecordStatement(
        number=statement.number, body=body, signature=signer.sign(body), chains=len(heads),
        names=fresh,
    )
    session().add(row)
    session().flush()
    announce(facts.RecordSigned(None, statement.number, digest(body)))
    file = exported(body, row.signature)
    folder = _settings().data
    afterwards(lambda: _keep(folder, file))
    if _settings().record_mail:
        letter(
            _settings().record_mail, "mail/record_head", lazy("The signed head of the record"),
            {"number": statement.number}, prepare="record-head",
            key=f"record-head:{statement.number}",
        )
    return row


def sign_daily() -> None:
    """The first time on a day (UTC): sign; else nothing."""
    with write():
        last = newest()
        if last is None or last.created_at.date() != now().date():
            sign()


def prepared() -> keys.Signer:
    """The key that signs; a house that has signed nothing yet begins. Raises KeyAway, Behind.

    Must be called inside `unit.write()`.
    """
    if newest() is None:
        sign()
    return keys.signer()


def letter_of(_actor: object, context: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the letter says when it is sent: the statement as a file."""
    row = session().scalar(
        select(RecordStatement).where(RecordStatement.number == context["number"])
    )
    if row is None:
        return None
    return {
        "number": row.number, "chains": row.chains,
        "attached": [[f"record-head-{row.number}.json", exported(row.body, row.signature)]],
    }


# --- the file on this machine ------------------------------------------------------------------


def kept_here() -> Signed | None:
    """The newest statement that this machine signed, None when it has none. Raises Malformed."""
    path = _settings().data / KEPT
    try:
        if path.stat().st_size > LARGEST:
            raise Malformed("too large")
        return imported(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed("unreadable") from error


def forget_here() -> None:
    """Let go of it: a restore took the record back to an earlier day on purpose."""
    (_settings().data / KEPT).unlink(missing_ok=True)


def is_behind() -> bool:
    """Whether the database lacks the statement that this machine keeps, or it cannot be read."""
    try:
        kept = kept_here()
    except Malformed:
        return True
    if kept is None:
        return False
    body = session().scalar(
        select(RecordStatement.body).where(RecordStatement.number == kept.statement.number)
    )
    return body != kept.body


def _not_behind() -> None:
    if is_behind():
        raise Behind(
            f"The database lacks the statement that this machine signed last ({KEPT} in the data "
            "folder). Check the record; remove the file when an older database was put here on "
            "purpose."
        )


def _keep(folder: Path, text: str) -> None:
    draft = folder / f"{KEPT}.{secrets.token_hex(4)}.part"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / KEPT)


def _names() -> dict[str, str]:
    """The chains that statements know: first line's hash -> chain."""
    found: dict[str, str] = {}
    for names in session().scalars(select(RecordStatement.names)):
        found.update(names)
    return found


def _settings() -> Settings:
    found: Settings = current_app.config["INNOCORE"]
    return found
