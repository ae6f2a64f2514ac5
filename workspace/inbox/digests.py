"""The daily letter: one a person and day of her calendar, with what she may see when it leaves."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import exists, func, select, update

from workspace.accounts.models import Person
from workspace.foundation import mail as post
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Stale
from workspace.foundation.text import lazy
from workspace.foundation.unit import write
from workspace.inbox import queries, topics
from workspace.inbox.models import Digest, Notice, NoticeChoice
from workspace.inbox.rules import DIGEST, GROUPS, Way, digest_day, settle, topic_of
from workspace.inbox.tickets import stop_path

log = logging.getLogger(__name__)

EVERY = 600
"""Seconds between two looks at whose morning it is."""
OLDEST = timedelta(days=7)
MOST = 100
"""Notices in one letter; the inbox holds the rest."""
GROUP_LABELS = {
    "answer": lazy("Needs an answer"), "mention": lazy("Mentions"), "news": lazy("News"),
}


def _waiting(at: datetime) -> Any:
    stands = func.coalesce(Notice.snoozed_until, Notice.created_at)
    return (
        Notice.mailed_at.is_(None) & Notice.read_at.is_(None)
        & queries.is_back(at) & (stands > at - OLDEST)
    )


def due(at: datetime) -> list[tuple[Person, date]]:
    """Whose digest is to be written now, each with the day that it is for."""
    stopped = exists().where(
        NoticeChoice.person_id == Person.id, NoticeChoice.topic == DIGEST,
        NoticeChoice.way == Way.APP,
    )
    people = session().scalars(
        select(Person).where(
            Person.id.in_(select(Notice.person_id).where(_waiting(at))),
            Person.active, Person.erased_at.is_(None), ~stopped,
        ).order_by(Person.id)
    ).all()
    zone = current_app.config["INNOCORE"].zone
    mornings = [
        (it, day) for it in people if (day := digest_day(at, it.zone or zone)) is not None
    ]
    had = {
        (person, day) for person, day in session().execute(
            select(Digest.person_id, Digest.day).where(
                Digest.person_id.in_([it.id for it, _day in mornings]),
                Digest.day >= (at - timedelta(days=2)).date(),
            )
        )
    }
    return [(it, day) for it, day in mornings if (it.id, day) not in had]


def write_due(at: datetime) -> int:
    """Put the letters down that are due; returns how many. Each in a unit of its own."""
    count = 0
    for person, day in due(at):
        # Another worker may be faster: the day of a person is in the table once.
        with contextlib.suppress(Stale), write():
            count += _put(session().merge(person), day, at)
    return count


def _put(person: Person, day: date, at: datetime) -> int:
    chosen, all_topics = topics.choices_of(person.id), topics.topics()
    rows = session().scalars(
        select(Notice).where(Notice.person_id == person.id, _waiting(at))
        .order_by(Notice.id.desc()).limit(MOST)
    ).all()
    wanted = []
    for row in rows:
        topic = topic_of(row.kind, all_topics)
        if settle(topic, chosen.get(topic.key), urgent=False) not in (Way.APP, Way.OFF):
            wanted.append(row.public_id)
    session().execute(
        update(Notice).where(Notice.person_id == person.id, _waiting(at)).values(mailed_at=at)
        .execution_options(synchronize_session=False)
    )
    if not wanted:
        return 0
    session().add(Digest(person_id=person.id, day=day))
    session().flush()
    post.letter(
        person, template="mail/digest", subject=lazy("Your day in InnoCore"),
        context={"notices": wanted}, unsubscribe=stop_path(person.public_id, DIGEST),
        prepare=DIGEST, key=f"digest:{person.public_id}:{day.isoformat()}",
    )
    return 1


def keep_writing() -> None:
    """The periodic job."""
    count = write_due(now())
    if count:
        log.info("digests written: %s", count)


# --- when a letter leaves -------------------------------------------------------------------


def prepare_digest(actor: Actor, context: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the digest says now: sentences without titles; None when nothing is left to say."""
    if topics.choices_of(actor.person_id or 0).get(DIGEST) == Way.APP:
        return None
    rows = session().scalars(
        select(Notice).where(
            Notice.person_id == actor.person_id, Notice.public_id.in_(context["notices"]),
            Notice.read_at.is_(None), queries.is_back(actor.at),
        ).order_by(Notice.id.desc())
    ).all()
    told = queries.in_words(actor, rows)
    if not told:
        return None
    groups = []
    for group in GROUPS:
        lines = _lines([it for it in told if it.group == group], group)
        if lines:
            groups.append({"label": str(GROUP_LABELS[group]), "lines": lines})
    return {"groups": groups, "count": len(told)}


def _lines(told: Sequence[queries.Told], group: str) -> list[dict[str, Any]]:
    """One line a sentence: the same news about several things stands there once, with a number."""
    found: dict[str, dict[str, Any]] = {}
    for it in told:
        line = found.setdefault(it.sentence, {"sentence": it.sentence, "url": it.url, "count": 0})
        line["count"] += 1
        if line["count"] > 1 and line["url"] != it.url:
            line["url"] = f"/inbox?group={group}"
    return list(found.values())


def prepare_notice(actor: Actor, context: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """A letter about one notice; None when the person has changed her mind meanwhile."""
    topic = topics.topic(context["kind"])
    way = settle(topic, topics.choices_of(actor.person_id or 0).get(topic.key), urgent=True)
    return context if way == Way.IMMEDIATE else None
