"""What files has from a person: what she uploaded, and the files that are small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workspace.accounts.own_data import OwnFile, read_today
from workspace.files.models import File
from workspace.foundation.db import session

SMALL = 5 * 1024 * 1024
"""Bytes of the largest file that is packed."""


def records(person_id: int, at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Her uploads. Of what she may not open today the name is left out."""
    mine = File.uploaded_by_id == person_id
    seen = read_today(person_id, at, File, mine)
    return {
        "files": [
            {
                "file": it.public_id, "name": it.name if it.id in seen else None, "size": it.size,
                "type": it.content_type, "sha256": it.sha256, "uploaded": it.created_at,
                "deleted": it.deleted_at,
            }
            for it in session().scalars(select(File).where(mine).order_by(File.id))
        ]
    }


def own_files(person_id: int, at: datetime) -> Sequence[OwnFile]:
    """Small files of hers that she may open today, the newest first."""
    mine = File.uploaded_by_id == person_id
    seen = read_today(person_id, at, File, mine, File.size <= SMALL, File.deleted_at.is_(None))
    return [
        OwnFile(f"{it.public_id}-{it.name}", it.storage_key, it.size)
        for it in session().scalars(select(File).where(mine).order_by(File.id.desc()))
        if it.id in seen
    ]
