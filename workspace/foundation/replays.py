"""Creations that are asked for twice under one key are done once; the answer is told again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, g
from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from workspace.foundation.clock import now
from workspace.foundation.db import Base, Row, session
from workspace.foundation.errors import BadRequest, Stale
from workspace.foundation.text import lazy
from workspace.foundation.unit import write

KEPT = timedelta(hours=24)
KEY = re.compile(r"[\x21-\x7e]{1,100}")
UNDER_WAY = 0
LEASE = timedelta(minutes=1)
"""After this long a request that has not ended is taken for dead, and may be tried again."""


class Replay(Row, Base):
    """One creation under a key of the asker's choice."""

    __tablename__ = "replay"
    __table_args__ = (UniqueConstraint("person_id", "key"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    key: Mapped[str] = mapped_column(String(100))
    asked: Mapped[str] = mapped_column(String(64))
    """Hash of what was asked, in hexadecimal."""
    status: Mapped[int]
    """HTTP status of the answer; 0 while the work is under way."""
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]


def checked(key: str) -> str:
    """The key as it was sent. Raises BadRequest unless it is 1 to 100 visible characters."""
    if KEY.fullmatch(key) is None:
        raise BadRequest
    return key


def hash_of(*parts: bytes) -> str:
    """Names a request: method, address and body."""
    made = hashlib.sha256()
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return made.hexdigest()


def name(person_id: int, key: str, asked: str) -> str:
    """The public id of what is made under a key: tried again, the same thing is found.

    Work that commits by itself may be done although its answer was lost; `made_id` gives this.
    """
    secret = current_app.config["INNOCORE"].secret()
    told = f"replay\n{person_id}\n{asked}\n{key}".encode()
    made = hmac.new(secret.encode(), told, hashlib.sha256)
    return base64.urlsafe_b64encode(made.digest()).decode()[:22]


def made_id() -> str | None:
    """The public id that this request gives to what it makes; None when it came without a key."""
    found: str | None = g.get("innocore_made_id")
    return found


def begin(person_id: int, key: str, asked: str) -> Replay | None:
    """Put the key down, inside a unit of work. Gives the row of before when it was done already.

    Raises Stale when the key stands for another request, or for one that is still under way; one
    that died half-way is tried again.
    """
    held = session().scalar(
        select(Replay).where(Replay.person_id == person_id, Replay.key == key).with_for_update()
    )
    if held is not None and held.at <= now() - KEPT:
        session().delete(held)
        session().flush()
        held = None
    if held is None:
        session().add(Replay(person_id=person_id, key=key, asked=asked, status=UNDER_WAY,
                             at=now()))
        session().flush()
        return None
    if held.asked != asked:
        raise Stale(lazy("This Idempotency-Key was used for another request. Choose a new one."))
    if held.status == UNDER_WAY:
        if held.at <= now() - LEASE:
            held.at = now()
            return None
        raise Stale(lazy("The same request is still under way. Ask again in a moment."))
    return held


def finish(person_id: int, key: str, status: int, answer: Any) -> None:
    """Keep the answer for whoever asks again."""
    held = _held(person_id, key)
    if held is not None:
        held.status, held.answer = status, answer


def drop(person_id: int, key: str) -> None:
    """Nothing was made: the key is free again."""
    held = _held(person_id, key)
    if held is not None:
        session().delete(held)


def _held(person_id: int, key: str) -> Replay | None:
    return session().scalar(
        select(Replay).where(Replay.person_id == person_id, Replay.key == key)
    )


def forget(person_id: int) -> None:
    """Remove everything that is kept for a person."""
    session().execute(delete(Replay).where(Replay.person_id == person_id))


def sweep() -> None:
    """Remove answers that are kept no longer."""
    with write():
        session().execute(delete(Replay).where(Replay.at <= now() - KEPT))
