"""What readiness has from a person: levels that she claimed, and her answers to others' claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workspace.accounts.own_data import read_today
from workspace.foundation.db import session
from workspace.readiness.models import ReadinessClaim


def records(person_id: int, at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Her own words alone: a remark is its writer's, the evidence is of a team of today."""
    mine, answered = (
        ReadinessClaim.claimed_by_id == person_id, ReadinessClaim.answered_by_id == person_id,
    )
    seen = read_today(person_id, at, ReadinessClaim, mine)
    rows = session().scalars
    return {
        "readiness_claims": [
            {
                "claim": it.public_id, "scale": it.scale, "level": it.level, "state": it.state,
                "claimed": it.created_at, "answered": it.answered_at,
                "evidence": it.evidence if it.id in seen else None,
                "link": it.link if it.id in seen else None,
            }
            for it in rows(select(ReadinessClaim).where(mine).order_by(ReadinessClaim.id))
        ],
        "readiness_answers": [
            {
                "claim": it.public_id, "scale": it.scale, "level": it.level, "state": it.state,
                "answered": it.answered_at, "remark": it.remark,
            }
            for it in rows(select(ReadinessClaim).where(answered).order_by(ReadinessClaim.id))
        ],
    }
