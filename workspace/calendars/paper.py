"""Dates as iCalendar: escaped, folded, with the zone's rules; nothing attached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from workspace.calendars.models import CalendarDate
from workspace.calendars.queries import Entry
from workspace.foundation.text import _

if TYPE_CHECKING:  # eighty modules that only those need who subscribe to a calendar
    from icalendar import Event

LENGTH = timedelta(minutes=30)
"""How long a deadline stands in a calendar; it ends at the instant that counts."""


def calendar(
    entries: Sequence[Entry], told: Mapping[str, CalendarDate], *, titles: bool, zone: str,
    base_url: str, at: datetime, name: str,
) -> bytes:
    """A calendar of these dates. Without `titles` what is confidential says that one is busy."""
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//InnoCore workspace//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    here = ZoneInfo(zone)
    for entry in entries:
        made.add_component(
            _event(entry, told.get(entry.uid), titles=titles, here=here, base_url=base_url, at=at)
        )
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _event(
    entry: Entry, told: CalendarDate | None, *, titles: bool, here: ZoneInfo, base_url: str,
    at: datetime,
) -> Event:
    from icalendar import Event

    date, event = entry.date, Event()
    host = urlsplit(base_url).hostname or "localhost"
    changed = told.changed_at if told is not None else at
    event.add("uid", f"{entry.uid}@{host}")
    event.add("sequence", told.sequence if told is not None else 0)
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    end = date.at.astimezone(here).replace(microsecond=0)
    event.add("dtstart", (date.at - LENGTH).astimezone(here).replace(microsecond=0))
    event.add("dtend", end)
    if titles:
        event.add("summary", date.title)
        if date.note:
            event.add("description", date.note)
        if date.url.startswith("/"):
            event.add("url", base_url.rstrip("/") + date.url)
    else:
        event.add("summary", date.title if date.public else _("Busy"))
    event.add("class", "PUBLIC" if date.public and not titles else "PRIVATE")
    event.add("transp", "TRANSPARENT" if date.public else "OPAQUE")
    return event
