"""The way to end letters of one topic without signing in.

A ticket names a person and a topic and is signed; it can do nothing else, so it never ends, and
nothing of it is kept.
"""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select

from workspace.accounts.models import Person
from workspace.foundation.db import session
from workspace.inbox import topics
from workspace.inbox.rules import DIGEST


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="inbox.stop")


def stop_path(person: str, topic: str) -> str:
    """The path that ends letters of the topic for the person with this public id."""
    return f"/unsubscribe/{_signer().dumps([person, topic])}"


def read(ticket: str) -> tuple[Person, str] | None:
    """Whose letters of which topic a ticket ends; None when it is none of ours."""
    try:
        held = _signer().loads(ticket)
    except BadData:
        return None
    if not isinstance(held, list) or len(held) != 2:
        return None
    public_id, topic = (str(it) for it in held)
    known = {DIGEST, *(it.key for it in topics.topics() if not it.fixed)}
    person = session().scalar(
        select(Person).where(Person.public_id == public_id, Person.erased_at.is_(None))
    )
    return (person, topic) if person is not None and topic in known else None
