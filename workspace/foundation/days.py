"""Days and instants: working days, calendar months, half-open intervals, local deadlines.

Instants are aware and in UTC; a day becomes an instant only together with a zone.
"""

from __future__ import annotations

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


def is_working(day: date, holidays: Collection[date] = ()) -> bool:
    """Monday to Friday, and not one of the `holidays`."""
    return day.weekday() < 5 and day not in holidays


def working_days_after(day: date, count: int, holidays: Collection[date] = ()) -> date:
    """The day that is `count` working days after `day` (`day` itself does not count)."""
    if count < 0:
        return working_days_before(day, -count, holidays)
    while count:
        day += ONE_DAY
        count -= is_working(day, holidays)
    return day


def working_days_before(day: date, count: int, holidays: Collection[date] = ()) -> date:
    """The last day from which `count` working days lie before `day`: a latest day to ask.

    Moving back from `day`, which does not count itself.
    """
    if count < 0:
        return working_days_after(day, -count, holidays)
    while count:
        day -= ONE_DAY
        count -= is_working(day, holidays)
    return day


def working_days_between(first: date, last: date, holidays: Collection[date] = ()) -> int:
    """How many working days lie in the half-open span [first, last); negative when turned."""
    if last < first:
        return -working_days_between(last, first, holidays)
    return sum(
        is_working(first + timedelta(days=n), holidays) for n in range((last - first).days)
    )


def add_months(day: date, months: int) -> date:
    """The same day `months` calendar months later, or the last day of a shorter month.

    31 January plus one month is 28 or 29 February: legal terms count months, not days.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def instant(day: date, at: time, zone: str) -> datetime:
    """The UTC instant of a wall-clock time in `zone` (an IANA name).

    A time that comes twice in autumn means the later one, and a time that the clocks skip in
    spring is read as if they had not been turned yet: nobody loses an hour before a deadline.
    """
    key = ZoneInfo(zone)
    wall = datetime.combine(day, at)
    later = wall.replace(tzinfo=key, fold=1).astimezone(UTC)
    if later.astimezone(key).replace(tzinfo=None, fold=0) == wall:
        return later
    return wall.replace(tzinfo=key, fold=0).astimezone(UTC)


def day_in(at: datetime, zone: str) -> date:
    """The calendar day of an instant in `zone`."""
    return at.astimezone(ZoneInfo(zone)).date()


@dataclass(frozen=True)
class Interval:
    """The half-open span [start, end) of aware instants; `end` None means for good.

    What ends at an instant is over at that instant, and does not clash with what starts there.
    """

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        for at in (self.start, self.end):
            if at is not None and at.tzinfo is None:
                raise ValueError("an instant needs a zone")

    @property
    def is_empty(self) -> bool:
        """Holds no instant at all."""
        return self.end is not None and self.end <= self.start

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)

    def overlaps(self, other: Interval) -> bool:
        """Some instant lies in both."""
        if self.is_empty or other.is_empty:
            return False
        starts_in_time = other.end is None or self.start < other.end
        return starts_in_time and (self.end is None or other.start < self.end)
