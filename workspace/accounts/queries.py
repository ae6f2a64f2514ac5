"""Questions about accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from workspace.accounts.models import EmailChange, Identity, Person, SignIn
from workspace.foundation.access import Actor, visible
from workspace.foundation.db import session
from workspace.foundation.features import house

PAGE = 50


def by_address(address: str) -> Person | None:
    """The person with this address, in its one spelling."""
    return session().scalar(select(Person).where(Person.email == address))


def own(actor: Actor) -> Person:
    """The signed-in person's row."""
    return session().get_one(Person, actor.person_id)


def sessions_of(actor: Actor) -> Sequence[SignIn]:
    """One's own sessions that have not ended, the last used first."""
    return (
        session().scalars(visible(actor, SignIn).order_by(SignIn.seen_at.desc()).limit(PAGE)).all()
    )


def people(actor: Actor, words: str = "", most: int = PAGE) -> tuple[Sequence[Person], int]:
    """Accounts whose name or address holds the words, by name, with their number."""
    query = visible(actor, Person)
    for word in words.split()[:5]:
        like = "%" + word.lower().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        query = query.where(
            or_(
                func.lower(Person.name).like(like, escape="\\"),
                Person.email.like(like, escape="\\"),
            )
        )
    total = session().scalar(select(func.count()).select_from(query.subquery())) or 0
    return session().scalars(query.order_by(Person.name, Person.id).limit(most)).all(), total


def open_places() -> list[tuple[str, tuple[str, ...]]]:
    """Organisations that anybody with an address of theirs may join: name and mail domains."""
    return [place for offer in house().offered("open_registration") for place in offer()]


def open_email_change(person_id: int, at: datetime) -> EmailChange | None:
    """The wish for another address that both addresses may still answer."""
    return session().scalar(
        select(EmailChange)
        .where(
            EmailChange.person_id == person_id,
            EmailChange.ended_at.is_(None),
            EmailChange.expires_at > at,
        )
        .order_by(EmailChange.id.desc())
        .limit(1)
    )


def identities_of(person_id: int) -> Sequence[Identity]:
    """By what providers the person comes in."""
    return (
        session()
        .scalars(select(Identity).where(Identity.person_id == person_id).order_by(Identity.id))
        .all()
    )
