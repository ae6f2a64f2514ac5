"""Groups of notices, topics that people choose by, how a notice goes out, snoozing, digests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from workspace.foundation.days import day_in, instant
from workspace.foundation.errors import Refused
from workspace.foundation.text import lazy

GROUPS = ("answer", "mention", "news")
EVENING, MORNING = time(18), time(8)
DIGEST_AT = time(7)
FAR = timedelta(days=366)
MENTIONED = "mentioned"
"""The kind of notice that tells of a mention."""
DIGEST = "digest"
"""The topic under which a person says whether she wants the daily letter."""


class Way(StrEnum):
    """How somebody hears of something."""

    USUAL = "usual"
    """At once what cannot wait, the rest in the digest."""
    IMMEDIATE = "immediate"
    DIGEST = "digest"
    APP = "app"
    """In the inbox alone, without any letter."""
    OFF = "off"


WAY_LABELS = {
    Way.USUAL: lazy("Urgent at once, the rest daily"),
    Way.IMMEDIATE: lazy("Each at once"),
    Way.DIGEST: lazy("In the daily letter"),
    Way.APP: lazy("In the inbox only"),
    Way.OFF: lazy("Not at all"),
}


@dataclass(frozen=True)
class Topic:
    """Kinds of notices that a person chooses together; features offer theirs as `topics`."""

    key: str
    label: object
    kinds: frozenset[str]
    order: int = 50
    may_be_off: bool = False
    """News that nobody must know."""
    fixed: bool = False
    """Goes out at once whatever a person would like: the safety of accounts and teams."""

    @property
    def ways(self) -> tuple[Way, ...]:
        """What may be chosen."""
        return (*(it for it in Way if it != Way.OFF), *((Way.OFF,) if self.may_be_off else ()))


OTHER = Topic("other", lazy("Everything else"), frozenset(), order=99)


def topic_of(kind: str, topics: Iterable[Topic]) -> Topic:
    """The topic of a kind of notice."""
    return next((it for it in topics if kind in it.kinds), OTHER)


def settle(topic: Topic, chosen: str | None, *, urgent: bool) -> Way:
    """How a notice goes out: never `USUAL`. A choice that the topic does not allow is none."""
    if topic.fixed:
        return Way.IMMEDIATE
    way = Way(chosen) if chosen in topic.ways else Way.USUAL
    if way == Way.USUAL:
        return Way.IMMEDIATE if urgent else Way.DIGEST
    return way


# --- snoozing -------------------------------------------------------------------------------


class Until(StrEnum):
    """When a notice comes back."""

    EVENING = "evening"
    TOMORROW = "tomorrow"
    WEEK = "week"
    DAY = "day"


UNTIL_LABELS = {
    Until.EVENING: lazy("This evening"),
    Until.TOMORROW: lazy("Tomorrow"),
    Until.WEEK: lazy("Next week"),
    Until.DAY: lazy("On a day"),
}


def comes_back(choice: str, day: date | None, now: datetime, zone: str) -> datetime:
    """The instant at which a snoozed notice is there again. Raises Refused."""
    today = day_in(now, zone)
    if choice == Until.EVENING:
        at = instant(today, EVENING, zone)
        if at <= now:
            raise Refused(lazy("This evening has begun. Choose tomorrow."), field="until")
        return at
    if choice == Until.TOMORROW:
        return instant(today + timedelta(days=1), MORNING, zone)
    if choice == Until.WEEK:
        return instant(today + timedelta(days=7 - today.weekday()), MORNING, zone)
    if choice != Until.DAY or day is None:
        raise Refused(lazy("Choose when it comes back."), field="until")
    if not today < day <= today + FAR:
        raise Refused(lazy("Choose a day after today, at most a year ahead."), field="day")
    return instant(day, MORNING, zone)


# --- digests --------------------------------------------------------------------------------


def digest_day(now: datetime, zone: str) -> date | None:
    """The day whose digest is due: today from 07:00 on in `zone`, None before."""
    today = day_in(now, zone)
    return today if now >= instant(today, DIGEST_AT, zone) else None
