"""Questions about accounts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select

from workspace.accounts.models import Person, SignIn
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
