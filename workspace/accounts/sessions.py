"""Who made this request: the cookie names a session row, rights are read from grants."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from datetime import datetime, timedelta

from flask import current_app, g, has_request_context, request
from flask import session as cookie
from sqlalchemy import select

from workspace.accounts.facts import SessionEnded, SignedIn
from workspace.accounts.models import Person, SignIn
from workspace.accounts.rules import STRONG_ROLES
from workspace.foundation.access import VISITOR, Actor, Held
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Unavailable
from workspace.foundation.facts import announce
from workspace.foundation.once import answered, asked_once
from workspace.foundation.unit import current, write
from workspace.foundation.web import forget_actor

COOKIE_FIELD = "sid"
KEPT = ("language", "theme")
"""What a browser keeps when somebody signs in or out on it."""
STALE_AFTER = timedelta(minutes=5)
FRESH_FOR = timedelta(minutes=10)
"""How long a proof of who somebody is counts for what needs a fresh one."""
ADMIN_IDLE = timedelta(minutes=30)
ADMIN_ROLES = frozenset({"administrator", "organisation-admin"})


def actor_for(person: Person, at: datetime, *, strong: bool = True) -> Actor:
    """The person with the roles that she holds now, read from the database.

    Without `strong` the roles that need a second factor are left out.
    """
    return _actor(person, at, strong, current_app.extensions["innocore.held"](person.id, at))[0]


def _actor(
    person: Person, at: datetime, strong: bool, everything: tuple[Held, ...]
) -> tuple[Actor, bool]:
    """The person as an actor, and whether a role of hers was left out."""
    held = everything
    if not strong:
        held = tuple(it for it in everything if it.role not in STRONG_ROLES)
    actor = Actor(
        person_id=person.id,
        public_id=person.public_id,
        name=person.name,
        email=person.email,
        held=held,
        language=person.language,
        zone=person.zone,
        theme=person.theme,
        at=at,
    )
    return actor, len(held) < len(everything)


def actor_of(row: SignIn, at: datetime) -> Actor:
    """Whoever a session belongs to, with the rights that are in force in it."""
    return actor_for(row.person, at, strong=_is_strong(row))


def _is_strong(row: SignIn) -> bool:
    return row.second_at is not None or not current_app.config["INNOCORE"].needs_second_factor


def addressee(person_id: int) -> Actor | None:
    """Whom a letter goes to, with the rights of now; None when the account is closed."""
    person = session().get(Person, person_id)
    if person is None or not person.active or person.erased_at is not None:
        return None
    return actor_for(person, now())


def begin(person: Person, at: datetime, way: str = "") -> SignIn:
    """Start a session for a person who has proved who she is, and put it in the cookie.

    The old cookie's content goes, so a session fixed by somebody else is worth nothing.
    """
    token = secrets.token_urlsafe(32)
    kept = {key: cookie[key] for key in KEPT if key in cookie}
    cookie.clear()
    cookie.update(kept)
    cookie[COOKIE_FIELD] = token
    cookie.permanent = True
    row = SignIn(
        person_id=person.id,
        token_hash=hashlib.sha256(token.encode()).hexdigest(),
        seen_at=at,
        fresh_at=at,
        way=way,
        address=_prefix(request.remote_addr or ""),
        agent=(request.user_agent.string or "")[:200],
    )
    session().add(row)
    session().flush()
    announce(SignedIn(person.id, person.id, row.id))
    forget_actor()
    return row


def _prefix(address: str) -> str:
    """The network of an address; the whole address is not kept."""
    if ":" in address:
        return ":".join(address.split(":")[:3]) + "::"
    return ".".join(address.split(".")[:3]) + ".0" if address else ""


def present() -> SignIn | None:
    """The session behind this request's cookie while it is good; None outside a request."""
    if not has_request_context():
        return None
    return by_token(cookie.get(COOKIE_FIELD), now())


def by_token(token: str | None, at: datetime) -> SignIn | None:
    """The session of a cookie's token: not ended, not idle too long, its person active."""
    if not isinstance(token, str):
        return None
    found = _row_of(hashlib.sha256(token.encode()).hexdigest())
    return found if found is not None and is_good(found, at) else None


@asked_once
def _row_of(token_hash: str) -> SignIn | None:
    """The session with this secret, and in the same question what its person holds now."""
    query = select(SignIn).where(SignIn.token_hash == token_hash)
    with_held = current_app.extensions["innocore.with-held"]
    rows = session().execute(with_held(query, SignIn.person_id, now())).all()
    if not rows:
        return None
    row: SignIn = rows[0][0]
    held = (Held(*it[1:]) for it in rows if it[1] is not None)
    answered(_held_now, tuple(dict.fromkeys(held)), row.person_id)
    return row


@asked_once
def _held_now(person_id: int) -> tuple[Held, ...]:
    held: tuple[Held, ...] = current_app.extensions["innocore.held"](person_id, now())
    return held


def is_good(row: SignIn, at: datetime) -> bool:
    """Whether the session still holds at that instant."""
    settings = current_app.config["INNOCORE"]
    return (
        row.ended_at is None
        and row.person.active
        and row.seen_at > at - timedelta(hours=settings.session_idle_hours)
        and row.created_at > at - timedelta(days=settings.session_days)
        and (row.seen_at > at - ADMIN_IDLE or not _is_admin(row.person_id))
    )


def _is_admin(person_id: int) -> bool:
    """Whether the person manages accounts somewhere: such a session may not lie open for long."""
    return any(it.role in ADMIN_ROLES for it in _held_now(person_id))


def identify() -> Actor:
    """The actor of this request; the visitor when nobody is signed in."""
    row = present()
    if row is None:
        return VISITOR
    at = now()
    if row.seen_at < at - STALE_AFTER and current() is None:
        with suppress(Unavailable), write():  # whoever reads may go on when nothing can be written
            row = session().merge(row)
            row.seen_at = at
    actor, g.innocore_closed = _actor(row.person, at, _is_strong(row), _held_now(row.person_id))
    return actor


def is_role_closed() -> bool:
    """Whether a role of this request's person waits for a second factor."""
    return bool(g.get("innocore_closed"))


def is_fresh() -> bool:
    """Whether this browser's person proved who she is within the last ten minutes."""
    row = present()
    return row is not None and row.fresh_at > now() - FRESH_FOR


def refresh(row: SignIn, at: datetime) -> None:
    """Write down that the person has just proved who she is; the session gets a new secret."""
    row.fresh_at = at
    renew(row)


def renew(row: SignIn) -> None:
    """Give this browser's session a new secret: what anybody knew of the old one is worthless."""
    token = secrets.token_urlsafe(32)
    cookie[COOKIE_FIELD] = token
    row.token_hash = hashlib.sha256(token.encode()).hexdigest()
    session().flush()
    forget_actor()


def renew_present() -> None:
    """A new secret for this browser's session, when its person begins to work in another role."""
    with write():
        row = present()
        if row is not None:
            renew(row)


def ends_at(row: SignIn, at: datetime) -> datetime:
    """When the session ends if nothing more is asked of the house."""
    settings = current_app.config["INNOCORE"]
    idle = timedelta(hours=settings.session_idle_hours)
    if _is_admin(row.person_id):
        idle = min(idle, ADMIN_IDLE)
    return min(row.seen_at + idle, row.created_at + timedelta(days=settings.session_days))


def ends() -> datetime | None:
    """When this browser's session ends if nothing more is asked; None when nobody is signed in."""
    row = present()
    return None if row is None else ends_at(row, now())


def extend() -> datetime | None:
    """Keep this browser's session awake; says when it ends now."""
    row = present()
    if row is None:
        return None
    row.seen_at = now()
    return ends_at(row, row.seen_at)


def end(row: SignIn, who: int | None, at: datetime) -> None:
    """End a session. Its open sockets close when the fact is heard."""
    if row.ended_at is None:
        row.ended_at = at
        announce(SessionEnded(who, row.person_id, row.id))


def leave() -> None:
    """Take the session out of this browser's cookie."""
    kept = {key: cookie[key] for key in KEPT if key in cookie}
    cookie.clear()
    cookie.update(kept)
    forget_actor()


def end_all(person_id: int, who: int | None, at: datetime, but: int | None = None) -> None:
    """End every session of a person, except perhaps the one in hand."""
    rows = session().scalars(
        select(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    )
    for row in rows:
        if row.id != but:
            end(row, who, at)
