"""What releases has from a person: what she asked for, decided, took back and opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from workspace.accounts.own_data import read_today
from workspace.foundation.db import session
from workspace.releases.models import Release, ReleaseOpening


def records(person_id: int, at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Her own words alone; titles and purposes only where she may read them today."""
    asked, decided = Release.requested_by_id == person_id, Release.decided_by_id == person_id
    ended = Release.withdrawn_by_id == person_id
    seen = read_today(person_id, at, Release, or_(asked, decided, ended))
    rows = session().scalars
    return {
        "releases_asked": [
            {
                "release": it.public_id, "audience": it.audience, "kind": it.item_kind,
                "asked": it.created_at, "shown_from": it.show_on, "state": it.state,
                "item": it.item_title if it.id in seen else None,
                "purpose": it.purpose if it.id in seen else None,
            }
            for it in rows(select(Release).where(asked).order_by(Release.id))
        ],
        "releases_decided": [
            {
                "release": it.public_id, "state": it.state, "decided": it.decided_at,
                "held_until": it.held_until, "decision": it.decision_text,
                "item": it.item_title if it.id in seen else None,
            }
            for it in rows(select(Release).where(decided).order_by(Release.id))
        ],
        "releases_withdrawn": [
            {"release": it.public_id, "at": it.withdrawn_at}
            for it in rows(select(Release).where(ended).order_by(Release.id))
        ],
        "releases_opened": [
            {"release": key, "at": when}
            for key, when in session().execute(
                select(Release.public_id, ReleaseOpening.created_at)
                .join(Release, Release.id == ReleaseOpening.release_id)
                .where(ReleaseOpening.person_id == person_id).order_by(ReleaseOpening.id)
            )
        ],
    }
