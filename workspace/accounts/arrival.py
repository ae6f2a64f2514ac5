"""Between the first proof of who somebody is and the first page: perhaps a second factor."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from flask import request, url_for
from flask import session as cookie
from sqlalchemy import select

from workspace.accounts import actions, identities, sessions
from workspace.accounts.factors import holding
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.foundation.web import SAFE, current_actor, go, go_to, local_path

HALFWAY, TARGET = "halfway", "next"
"""Cookie fields of somebody who has shown the first factor alone, and where to go then."""
PATIENCE = 600
"""Seconds in which the second factor must follow."""


def arrive(person: Person, way: str, target: str | None, message: str | None = None) -> Any:
    """Go on after a first proof: to the second factor if the person has one, else in."""
    if holding.has_any(person.id):
        cookie[HALFWAY] = [person.public_id, way, int(now().timestamp()), _mark(person)]
        cookie[TARGET] = target or ""
        return go("accounts.second_factor")
    return come_in(person, way, None, target, message)


def come_in(
    person: Person, way: str, second: str | None, target: str | None, message: str | None = None
) -> Any:
    """Begin the session and go to the page that was wanted, or to setting up a second factor."""
    with write():
        waiting = cookie.get(identities.WAITING)
        actions.sign_in(person, now(), way=way, second=second)
        cookie.pop(HALFWAY, None)
        if waiting is not None:
            cookie[identities.WAITING] = waiting
            identities.link_waiting(person, now())
        missing = second is None and holding.must_have(person.id, now())
    if missing:
        return go_to(url_for("accounts.set_up_second_factor", next=target or None), message)
    return go_to(target or "/", message)


def halfway(at: datetime) -> tuple[Person, str] | None:
    """Who has shown the first factor in this browser, and how; None when too long ago."""
    held = cookie.get(HALFWAY)
    if not isinstance(held, list) or held[2] < at.timestamp() - PATIENCE:
        return None
    person = session().scalar(select(Person).where(Person.public_id == held[0]))
    if person is None or not person.active or _mark(person) != held[3]:
        return None
    return person, held[1]


def wanted() -> str | None:
    """The page that the person wanted before the second factor was asked for."""
    return local_path(cookie.get(TARGET))


def _mark(person: Person) -> str:
    """Changes with the password and address: a proof of the old ones is void then."""
    text = f"halfway:{person.password}:{person.email}:{person.fs_uniquifier}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def way_to_closed_role() -> str | None:
    """Where a role that waits is opened; None when none waits, and on the pages that open it."""
    if not sessions.is_role_closed() or request.path.startswith(url_for("accounts.security")):
        return None
    here = local_path(request.full_path.rstrip("?")) if request.method in SAFE else None
    if holding.has_any(current_actor().person_id or 0):
        return url_for("accounts.sign_in", next=here)
    return url_for("accounts.set_up_second_factor", next=here)
