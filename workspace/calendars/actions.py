"""Making, turning and ending feeds. Nothing here commits."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select

from workspace.calendars.facts import FeedChanged, FeedFirstUsed, FeedMade, FeedRevoked
from workspace.calendars.models import CalendarDate, CalendarFeed
from workspace.calendars.queries import Entry, hashed
from workspace.foundation.access import Actor
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.text import lazy

MOST = 10


def make(actor: Actor, name: str, *, titles: bool) -> tuple[CalendarFeed, str]:
    """Make a feed; its secret is returned once and kept as a hash alone."""
    assert actor.person_id is not None
    count = session().scalar(
        select(func.count()).select_from(CalendarFeed).where(
            CalendarFeed.person_id == actor.person_id, CalendarFeed.revoked_at.is_(None)
        )
    )
    if (count or 0) >= MOST:
        raise Refused(lazy("You have ten feeds. End one that you no longer need."))
    secret = secrets.token_urlsafe(32)
    row = CalendarFeed(
        person_id=actor.person_id, name=name, token_hash=hashed(secret), titles=titles
    )
    session().add(row)
    session().flush()
    announce(FeedMade(actor.person_id, actor.person_id, row.id))
    return row, secret


def rotate(actor: Actor, feed: CalendarFeed, now: datetime) -> str:
    """Give a feed another address; the old one is worthless at once."""
    secret = secrets.token_urlsafe(32)
    feed.token_hash, feed.rotated_at, feed.used_at = hashed(secret), now, None
    session().flush()
    announce(FeedChanged(actor.person_id, feed.person_id, feed.id))
    return secret


def show_titles(actor: Actor, feed: CalendarFeed, *, titles: bool) -> None:
    """Say whether a feed carries confidential titles."""
    if feed.titles != titles:
        feed.titles = titles
        session().flush()
        announce(FeedChanged(actor.person_id, feed.person_id, feed.id))


def revoke(actor: Actor, feed: CalendarFeed, now: datetime) -> None:
    """End a feed."""
    if feed.revoked_at is None:
        feed.revoked_at = now
        session().flush()
        announce(FeedRevoked(actor.person_id, feed.person_id, feed.id))


def revoke_all(person_id: int, who: int | None, now: datetime) -> None:
    """End every feed of a person, as when her account is closed."""
    for feed in session().scalars(
        select(CalendarFeed).where(
            CalendarFeed.person_id == person_id, CalendarFeed.revoked_at.is_(None)
        )
    ):
        feed.revoked_at = now
        announce(FeedRevoked(who, person_id, feed.id))


def erase(person_id: int) -> None:
    """Remove every feed of a person and what her calendars were told."""
    for table in (CalendarFeed, CalendarDate):
        session().execute(delete(table).where(table.person_id == person_id))


def mark_of(entry: Entry) -> str:
    """Checksum of what a date says."""
    date = entry.date
    said = "\0".join((date.at.isoformat(), date.title, date.note))
    return hashlib.sha256(said.encode()).hexdigest()


def kept(person_id: int) -> dict[str, CalendarDate]:
    """What the person's calendars were told last, by name of the date."""
    rows = session().scalars(select(CalendarDate).where(CalendarDate.person_id == person_id))
    return {it.uid: it for it in rows}


def is_news(person_id: int, entries: Sequence[Entry]) -> bool:
    """Whether a date is new or says something else than before."""
    before = kept(person_id)
    return any(it.uid not in before or before[it.uid].mark != mark_of(it) for it in entries)


def note_use(feed: CalendarFeed, now: datetime) -> None:
    """Write down that a calendar program has read the feed."""
    if feed.used_at is None:
        announce(FeedFirstUsed(feed.person_id, feed.person_id, feed.id))
    feed.used_at = now


def note(person_id: int, entries: Sequence[Entry], now: datetime) -> None:
    """Write down what calendars are told; a date that changed gets the next number."""
    before = kept(person_id)
    for entry in entries:
        row, mark = before.get(entry.uid), mark_of(entry)
        if row is None:
            session().add(
                CalendarDate(person_id=person_id, uid=entry.uid, mark=mark, sequence=0,
                             changed_at=now)
            )
        elif row.mark != mark:
            row.mark, row.sequence, row.changed_at = mark, row.sequence + 1, now
    session().flush()
