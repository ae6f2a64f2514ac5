"""Telling people, and their marking as read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from workspace.accounts.models import Person
from workspace.foundation import mail as post
from workspace.foundation.access import Actor
from workspace.foundation.db import Base, session
from workspace.foundation.facts import announce
from workspace.foundation.text import lazy
from workspace.inbox.facts import NoticesRead
from workspace.inbox.models import Notice

GROUPS = ("answer", "mention", "news")


def tell(
    person_ids: Iterable[int],
    kind: str,
    group: str = "news",
    about: Any = None,
    url: str = "",
    mail: bool = False,
    **ids: Any,
) -> list[Notice]:
    """Leave a notice for each person, once; with `mail`, a letter goes too.

    `kind` names a sentence that a feature offers; `about` is the row that it concerns: whoever may
    no longer see it sees no notice. `ids` are finished values that the sentence may fill in; never
    titles or text. `url` is a path of this house.
    """
    if group not in GROUPS:
        raise ValueError(f"{group} is no group of notices")
    made = []
    for person_id in sorted(set(person_ids)):
        notice = Notice(
            person_id=person_id, kind=kind, group=group, url=url, details=ids,
            about_kind=about.__tablename__ if isinstance(about, Base) else "",
            about_id=getattr(about, "public_id", "") if about is not None else "",
        )
        session().add(notice)
        made.append(notice)
    session().flush()
    if mail:
        people = session().scalars(
            select(Person).where(Person.id.in_([it.person_id for it in made]), Person.active)
        )
        by_id = {it.id: it for it in people}
        for notice in made:
            person = by_id.get(notice.person_id)
            if person is not None:
                _write(person, notice)
    return made


def _write(person: Person, notice: Notice) -> None:
    """A letter that names no title: what it is about stands behind the link."""
    post.letter(
        person,
        template="mail/notice",
        subject=lazy("Something in InnoCore waits for you"),
        context={"kind": notice.kind, "details": notice.details, "url": notice.url},
        check=("view", notice.about_kind, notice.about_id) if notice.about_id else None,
        key=f"notice:{notice.public_id}",
    )


def mark_read(actor: Actor, now: datetime, notice: Notice | None = None) -> int:
    """Mark one notice, or all of the person's, as read; returns how many changed."""
    assert actor.person_id is not None
    change = (
        update(Notice)
        .where(Notice.person_id == actor.person_id, Notice.read_at.is_(None))
        .values(read_at=now)
    )
    if notice is not None:
        change = change.where(Notice.id == notice.id)
    count = int(session().execute(change).rowcount)  # type: ignore[attr-defined]
    if count:
        announce(NoticesRead(actor.person_id, actor.person_id, count))
    return count
