"""Page images of a PDF: a job draws them in a limited process, after the upload is on disk."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import select

from workspace.files import rules
from workspace.files.models import File, FilePage
from workspace.files.rules import Preview
from workspace.foundation import cage, jobs
from workspace.foundation.db import session
from workspace.foundation.storage import new_key, storage
from workspace.foundation.unit import write

log = logging.getLogger(__name__)

JOB = "files.preview"
RENDER = Path(__file__).parent / "caged" / "render.py"
LIMITS = cage.Limits(seconds=20, memory=256, output=64)


def ask_for(file: File) -> None:
    """Have the pages of a PDF drawn once the open unit is on disk."""
    file.preview = Preview.WAITING
    jobs.later(JOB, {"file": file.id}, key=f"{JOB}:{file.id}")


def draw(payload: dict[str, Any]) -> None:
    """The job. A PDF that cannot be drawn within the limits keeps its bytes and has no pages."""
    file = session().get(File, payload["file"])
    if file is None or file.preview != Preview.WAITING or file.deleted_at is not None:
        return
    key = file.storage_key
    session().rollback()  # no transaction stays open while the pages are drawn
    with tempfile.TemporaryDirectory(prefix="preview-") as name:
        folder = Path(name)
        with storage().open(key) as source, (folder / "in.pdf").open("wb") as target:
            shutil.copyfileobj(source, target)
        request = {
            "path": str(folder / "in.pdf"), "folder": name,
            "pages": rules.PREVIEW_PAGES, "width": rules.PREVIEW_WIDTH,
        }
        try:
            pages = json.loads(cage.run(RENDER, request, LIMITS, folder))["pages"]
        except cage.Caged as stopped:
            log.info("a preview was given up: %s", stopped.why)
            pages = None
        keys: list[str] = []
        for number in range(1, len(pages or []) + 1):
            keys.append(new_key())
            with (folder / f"{number}.jpg").open("rb") as picture:
                storage().put(keys[-1], picture)
    if not _keep(payload["file"], pages, keys):
        for key in keys:
            storage().delete(key)


def _keep(file_id: int, pages: list[dict[str, Any]] | None, keys: list[str]) -> bool:
    with write():
        file = session().scalar(select(File).where(File.id == file_id).with_for_update())
        if file is None or file.preview != Preview.WAITING:
            return False  # somebody else was faster
        for number, (page, key) in enumerate(zip(pages or [], keys, strict=True), 1):
            session().add(
                FilePage(
                    file_id=file_id, number=number, image_key=key, width=page["width"],
                    height=page["height"], text=page["text"],
                )
            )
        file.preview = Preview.READY if pages else Preview.UNAVAILABLE
    return True
