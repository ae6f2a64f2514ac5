"""What the house knows of a person's feeds; never an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workspace.accounts.models import Person
from workspace.calendars import actions
from workspace.calendars.models import CalendarDate, CalendarFeed
from workspace.foundation.db import session


def records(person_id: int, _at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Feeds and what was noted of dates, without titles."""
    feeds = session().scalars(
        select(CalendarFeed).where(CalendarFeed.person_id == person_id).order_by(CalendarFeed.id)
    )
    dates = session().scalars(
        select(CalendarDate).where(CalendarDate.person_id == person_id).order_by(CalendarDate.id)
    )
    return {
        "calendar_feeds": [
            {"name": it.name, "titles": it.titles, "made": it.created_at, "read": it.used_at,
             "rotated": it.rotated_at, "revoked": it.revoked_at}
            for it in feeds
        ],
        "calendar_dates": [
            {"number": it.sequence, "changed": it.changed_at} for it in dates
        ],
    }


def forget(person: Person, _now: datetime) -> None:
    """Delete the person's feeds."""
    actions.erase(person.id)
