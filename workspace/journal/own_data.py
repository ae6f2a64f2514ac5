"""What the record holds on a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from workspace.accounts.models import Person
from workspace.foundation.db import session
from workspace.journal.models import JournalEntry


def records(person_id: int, _at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Lines that the person caused or that are about her: what and when, no numbers of rows."""
    key = session().get_one(Person, person_id).public_id
    about = JournalEntry.detail["person_id"].as_integer() == person_id
    rows = session().scalars(
        select(JournalEntry).where(or_(JournalEntry.who == key, about)).order_by(JournalEntry.id)
    )
    return {
        "record": [
            {"event": it.event, "at": it.at, "by_you": it.who == key} for it in rows
        ]
    }
