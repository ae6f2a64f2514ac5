"""What the inbox knows about a person, and what goes when the account is erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from workspace.accounts.models import Person
from workspace.foundation.db import session
from workspace.inbox.models import Notice


def records(person_id: int, _at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Notices: their kind, when, and whether they were read. No names of things."""
    rows = session().scalars(
        select(Notice).where(Notice.person_id == person_id).order_by(Notice.id)
    )
    return {
        "notices": [
            {"kind": it.kind, "about": it.about_kind, "at": it.created_at, "read": it.read_at}
            for it in rows
        ]
    }


def forget(person: Person, _now: datetime) -> None:
    """Delete the person's notices."""
    session().execute(delete(Notice).where(Notice.person_id == person.id))
