"""What the administrator's desk has from a person: when she broke the glass, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workspace.administration.models import GlassBroken
from workspace.foundation.db import session


def records(person_id: int, _at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Openings by her; the team is named by its key alone."""
    rows = session().scalars(
        select(GlassBroken).where(GlassBroken.person_id == person_id).order_by(GlassBroken.id)
    )
    return {
        "glass_broken": [
            {"team": it.team.public_id, "reason": it.reason, "at": it.created_at,
             "until": it.ends_at, "ended": it.ended_at}
            for it in rows
        ]
    }
