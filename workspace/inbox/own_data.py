"""What the inbox knows about a person, and what goes when the account is erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from workspace.accounts.models import Person
from workspace.foundation.db import session
from workspace.inbox.models import Digest, Notice, NoticeChoice


def records(person_id: int, _at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Notices: their kind, when, and whether they were read. No names of things."""
    rows = session().scalars(
        select(Notice).where(Notice.person_id == person_id).order_by(Notice.id)
    )
    choices = session().scalars(
        select(NoticeChoice).where(NoticeChoice.person_id == person_id).order_by(NoticeChoice.id)
    )
    days = session().scalars(
        select(Digest.day).where(Digest.person_id == person_id).order_by(Digest.day)
    )
    return {
        "notices": [
            {"kind": it.kind, "about": it.about_kind, "at": it.created_at, "read": it.read_at,
             "snoozed_until": it.snoozed_until, "mailed": it.mailed_at}
            for it in rows
        ],
        "notice_choices": [
            {"topic": it.topic, "way": it.way, "at": it.created_at} for it in choices
        ],
        "daily_letters": [{"day": it} for it in days],
    }


def forget(person: Person, _now: datetime) -> None:
    """Delete the person's notices and choices."""
    for table in (Notice, NoticeChoice, Digest):
        session().execute(delete(table).where(table.person_id == person.id))
