"""What suggestions have from a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from canvases.suggestions.models import StatusSuggestion
from workspace.accounts.own_data import read_today
from workspace.foundation.db import session


def records(person_id: int, at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Suggested statuses, with their words where she may read the note today."""
    mine = StatusSuggestion.suggested_by_id == person_id
    seen = read_today(person_id, at, StatusSuggestion, mine)
    rows = session().scalars(select(StatusSuggestion).where(mine).order_by(StatusSuggestion.id))
    return {
        "suggested_statuses": [
            {
                "suggestion": it.public_id, "suggested": it.created_at, "status": it.status,
                "reason": it.reason if it.id in seen else None,
                "state": it.state if it.id in seen else None,
            }
            for it in rows
        ]
    }
