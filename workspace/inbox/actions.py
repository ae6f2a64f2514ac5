"""Telling people, and what they do with what they were told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update

from workspace.accounts.models import Person
from workspace.foundation import mail as post
from workspace.foundation.access import Actor
from workspace.foundation.clock import now as instant_now
from workspace.foundation.db import Base, session
from workspace.foundation.facts import announce
from workspace.foundation.text import lazy
from workspace.inbox import topics
from workspace.inbox.facts import NoticesRead
from workspace.inbox.models import Notice
from workspace.inbox.rules import GROUPS, Way, settle
from workspace.inbox.tickets import stop_path

NOTICE_LETTER = "notice"


def tell(
    person_ids: Iterable[int],
    kind: str,
    group: str = "news",
    about: Any = None,
    url: str = "",
    mail: bool = False,
    **ids: Any,
) -> list[Notice]:
    """Leave a notice for each person, once, unless she wants to hear nothing of the topic.

    `kind` names a sentence that a feature offers; `about` is the row that it concerns: whoever may
    no longer see it sees no notice. `ids` are finished values that the sentence may fill in; never
    titles or text. `url` is a path of this house. `mail`: it cannot wait for the daily letter (a
    deadline within a day, a mention, a decision), unless the person has chosen otherwise.
    """
    if group not in GROUPS:
        raise ValueError(f"{group} is no group of notices")
    topic = topics.topic(kind)
    people = sorted(set(person_ids))
    chosen = topics.chosen_by(people, topic.key)
    at = instant_now()
    made, urgent = [], []
    for person_id in people:
        way = settle(topic, chosen.get(person_id), urgent=mail)
        if way == Way.OFF:
            continue
        notice = Notice(
            person_id=person_id, kind=kind, group=group, url=url, details=ids,
            about_kind=about.__tablename__ if isinstance(about, Base) else "",
            about_id=getattr(about, "public_id", "") if about is not None else "",
        )
        if way == Way.IMMEDIATE:
            notice.mailed_at = at
            urgent.append(notice)
        session().add(notice)
        made.append(notice)
    session().flush()
    if urgent:
        rows = session().scalars(
            select(Person).where(Person.id.in_([it.person_id for it in urgent]), Person.active)
        )
        by_id = {it.id: it for it in rows}
        for notice in urgent:
            person = by_id.get(notice.person_id)
            if person is not None:
                stop = None if topic.fixed else stop_path(person.public_id, topic.key)
                _write(person, notice, stop)
    return made


def _write(person: Person, notice: Notice, stop: str | None) -> None:
    """A letter that names no title: what it is about stands behind the link."""
    post.letter(
        person,
        template="mail/notice",
        subject=lazy("You are mentioned in InnoCore") if notice.group == "mention"
        else lazy("Something in InnoCore waits for you"),
        context={"kind": notice.kind, "details": notice.details, "url": notice.url},
        check=("view", notice.about_kind, notice.about_id) if notice.about_id else None,
        unsubscribe=stop,
        prepare=NOTICE_LETTER,
        key=f"notice:{notice.public_id}",
    )


# --- what the person does -------------------------------------------------------------------


def _change(
    actor: Actor, now: datetime, which: ColumnElement[bool], **values: Any
) -> int:
    """Change own notices in a way that can be taken back; returns how many."""
    change = (
        update(Notice)
        .where(Notice.person_id == actor.person_id, which)
        .values(
            changed_at=now, was_read_at=Notice.read_at,
            was_snoozed_until=Notice.snoozed_until, **values,
        )
        .execution_options(synchronize_session="fetch")
    )
    return int(session().execute(change).rowcount)  # type: ignore[attr-defined]


def _these(public_ids: Collection[str]) -> ColumnElement[bool]:
    return Notice.public_id.in_(list(public_ids))


def mark_read(
    actor: Actor, now: datetime, notice: Notice | None = None, group: str | None = None,
    these: Collection[str] | None = None,
) -> int:
    """Mark one notice, these, a group or all of the person's as read; returns how many changed.

    What is snoozed comes back all the same, unless it is named.
    """
    assert actor.person_id is not None
    which: ColumnElement[bool] = Notice.read_at.is_(None)
    if notice is not None:
        which &= Notice.id == notice.id
    elif these is not None:
        which &= _these(these)
    else:
        which &= Notice.snoozed_until.is_(None) | (Notice.snoozed_until <= now)
    if group is not None:
        which &= Notice.group == group
    count = _change(actor, now, which, read_at=now)
    if count:
        announce(NoticesRead(actor.person_id, actor.person_id, count))
    return count


def mark_unread(actor: Actor, now: datetime, these: Collection[str]) -> int:
    """Mark as unread."""
    return _change(actor, now, _these(these) & Notice.read_at.is_not(None), read_at=None)


def snooze(actor: Actor, now: datetime, these: Collection[str], until: datetime) -> int:
    """Have them come back, unread, at that instant."""
    return _change(actor, now, _these(these), read_at=None, snoozed_until=until)


def bring_back(actor: Actor, now: datetime, these: Collection[str]) -> int:
    """End a snooze early."""
    return _change(actor, now, _these(these) & (Notice.snoozed_until > now), snoozed_until=None)


def take_back(actor: Actor, at: datetime) -> int:
    """Undo the person's change of that instant."""
    change = (
        update(Notice)
        .where(Notice.person_id == actor.person_id, Notice.changed_at == at)
        .values(
            read_at=Notice.was_read_at, snoozed_until=Notice.was_snoozed_until,
            changed_at=None, was_read_at=None, was_snoozed_until=None,
        )
        .execution_options(synchronize_session="fetch")
    )
    return int(session().execute(change).rowcount)  # type: ignore[attr-defined]
