"""Questions about accounts."""

from __future__ import annotations

from sqlalchemy import select

from workspace.accounts.models import Person
from workspace.foundation.db import session


def by_address(address: str) -> Person | None:
    """The person with this address, in its one spelling."""
    return session().scalar(select(Person).where(Person.email == address))
