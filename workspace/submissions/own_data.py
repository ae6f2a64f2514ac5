"""What submissions has from a person: what she entered and handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from workspace.accounts.own_data import read_today
from workspace.foundation.db import session
from workspace.submissions.models import Entry, LateDecision, Submission


def records(person_id: int, at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Words of a team only where she may read them today."""
    made = or_(Submission.made_by_id == person_id, Submission.submitted_by_id == person_id)
    begun = Entry.created_by_id == person_id
    seen = read_today(person_id, at, Submission, made)
    entered = read_today(person_id, at, Entry, begun)
    rows = session().scalars
    return {
        "submissions": [
            {
                "submission": it.public_id, "purpose": it.purpose, "version": it.version,
                "state": it.state, "begun": it.created_at, "handed_in": it.submitted_at,
                "handed_in_by_you": it.submitted_by_id == person_id, "sha256": it.sha256,
                "title": it.title if it.id in seen else None,
                "text": it.pitch_text if it.id in seen else None,
            }
            for it in rows(select(Submission).where(made).order_by(Submission.id))
        ],
        "entries": [
            {
                "entry": it.public_id, "state": it.state, "begun": it.created_at,
                "submitted": it.submitted_at,
                "motivation": it.motivation if it.id in entered else None,
            }
            for it in rows(select(Entry).where(begun).order_by(Entry.id))
        ],
        "later_deadlines_given": [
            {"purpose": it.purpose, "until": it.until, "reason": it.reason, "at": it.created_at}
            for it in rows(
                select(LateDecision).where(LateDecision.decided_by_id == person_id)
                .order_by(LateDecision.id)
            )
        ],
    }
