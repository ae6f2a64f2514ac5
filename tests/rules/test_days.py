"""Working days, months, half-open intervals and local instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.foundation.days import (
    Interval,
    add_months,
    day_in,
    instant,
    is_working,
    working_days_after,
    working_days_before,
    working_days_between,
)

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
COUNTS = st.integers(0, 60)
ZONES = st.sampled_from(["Europe/Rome", "Europe/Lisbon", "America/New_York", "Asia/Kolkata",
                         "Australia/Lord_Howe", "Pacific/Apia", "UTC"])
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(
    lambda at: at.replace(tzinfo=UTC))


@pytest.mark.parametrize(("day", "count", "found"), [
    (date(2026, 11, 24), 0, date(2026, 11, 24)),
    (date(2026, 11, 24), 1, date(2026, 11, 23)),
    (date(2026, 11, 24), 2, date(2026, 11, 20)),
    (date(2026, 11, 29), 1, date(2026, 11, 27)),
    (date(2027, 2, 26), 15, date(2027, 2, 5)),
    (date(2027, 2, 26), 30, date(2027, 1, 15)),
])
def test_working_days_before(day: date, count: int, found: date) -> None:
    assert working_days_before(day, count) == found


def test_a_holiday_is_no_working_day() -> None:
    assert working_days_after(date(2026, 12, 24), 1, {date(2026, 12, 25)}) == date(2026, 12, 28)


@given(DAYS, COUNTS.filter(bool))
def test_working_days_there_and_back(day: date, count: int) -> None:
    there = working_days_after(day, count)
    assert is_working(there)
    assert working_days_between(day + timedelta(days=1), there + timedelta(days=1)) == count
    if is_working(day):
        assert working_days_before(there, count) == day


@given(DAYS, DAYS)
def test_working_days_between_turns_its_sign(first: date, last: date) -> None:
    assert working_days_between(first, last) == -working_days_between(last, first)


@pytest.mark.parametrize(("day", "months", "found"), [
    (date(2026, 1, 31), 1, date(2026, 2, 28)),
    (date(2028, 1, 31), 1, date(2028, 2, 29)),
    (date(2028, 2, 29), 12, date(2029, 2, 28)),
    (date(2026, 12, 15), 1, date(2027, 1, 15)),
    (date(2026, 3, 31), -1, date(2026, 2, 28)),
    (date(2026, 8, 30), 18, date(2028, 2, 29)),
])
def test_months_are_calendar_months(day: date, months: int, found: date) -> None:
    assert add_months(day, months) == found


@given(DAYS, st.integers(-240, 240))
def test_months_keep_the_day_or_take_the_last(day: date, months: int) -> None:
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (
        found.day < day.day and (found + timedelta(days=1)).month != found.month)


@pytest.mark.parametrize(("day", "at", "zone", "found"), [
    (date(2026, 11, 24), time(23, 59), "Europe/Rome", datetime(2026, 11, 24, 22, 59, tzinfo=UTC)),
    (date(2026, 7, 24), time(23, 59), "Europe/Rome", datetime(2026, 7, 24, 21, 59, tzinfo=UTC)),
    # The clocks go back on 25 October 2026: 02:30 comes twice, the later one is meant.
    (date(2026, 10, 25), time(2, 30), "Europe/Rome", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    # They go forward on 28 March 2027: 02:30 does not exist and is read as winter time.
    (date(2027, 3, 28), time(2, 30), "Europe/Rome", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
])
def test_local_deadlines(day: date, at: time, zone: str, found: datetime) -> None:
    assert instant(day, at, zone) == found


@given(DAYS, st.times(), ZONES)
def test_an_instant_shows_its_wall_clock_again(day: date, at: time, zone: str) -> None:
    found = instant(day, at, zone)
    assert found.tzinfo is UTC
    local = found.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    wanted = datetime.combine(day, at)
    # Equal, but for a skipped hour (or Samoa's skipped day), which moves later, never earlier.
    assert local >= wanted
    if local == wanted:
        assert day_in(found, zone) == day


@given(INSTANTS, INSTANTS, INSTANTS)
def test_intervals_are_half_open(start: datetime, end: datetime, at: datetime) -> None:
    span = Interval(start, end)
    assert (at in span) == (start <= at < end)
    assert end not in span
    assert at not in Interval(at, at)
    assert (at in Interval(start)) == (start <= at)


@given(INSTANTS, st.integers(1, 100), st.integers(1, 100))
def test_what_ends_when_the_other_starts_does_not_clash(at: datetime, one: int, two: int) -> None:
    before = Interval(at - timedelta(hours=one), at)
    after = Interval(at, at + timedelta(hours=two))
    assert not before.overlaps(after)
    assert not after.overlaps(before)
    assert before.overlaps(Interval(at - timedelta(microseconds=1)))


@given(*[INSTANTS] * 4)
def test_overlap_is_mutual(a: datetime, b: datetime, c: datetime, d: datetime) -> None:
    one, two = Interval(a, b), Interval(c, d)
    assert one.overlaps(two) == two.overlaps(one)
    assert one.overlaps(two) == (max(a, c) < min(b, d))


def test_an_instant_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        Interval(datetime(2026, 1, 1))
