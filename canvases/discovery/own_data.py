"""What discovery has from a person: the evidence that she added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from canvases.discovery.models import Evidence
from workspace.accounts.own_data import read_today
from workspace.foundation.db import session


def records(person_id: int, at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Evidence with its words where she may read it today; else the dates alone."""
    mine = Evidence.added_by_id == person_id
    seen = read_today(person_id, at, Evidence, mine)
    return {
        "evidence": [
            {
                "evidence": it.public_id, "added": it.created_at, "removed": it.removed_at,
                "text": it.text if it.id in seen else None,
                "url": it.url if it.id in seen else None,
                "stance": it.stance if it.id in seen else None,
                "strength": it.strength if it.id in seen else None,
            }
            for it in session().scalars(select(Evidence).where(mine).order_by(Evidence.id))
        ]
    }
