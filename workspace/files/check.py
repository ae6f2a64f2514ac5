"""Looks at an uploaded file by name, first bytes and content before anybody may open it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import filetype

from workspace.files import rules
from workspace.files.rules import Family, Kind
from workspace.foundation import cage

LOOK = Path(__file__).parent / "caged" / "look.py"
# A 40-megapixel image with transparency is 160 MB, and turning it upright takes as much again.
IMAGE_LIMITS = cage.Limits(seconds=20, memory=768, output=64)
LIMITS = cage.Limits(seconds=20, memory=384, output=64)

# Any spelling of letters is taken, also that of old spreadsheets; pictures and programs hold these.
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True)
class Looked:
    """A file that may be kept: where its bytes are (anew for images) and what it is."""

    path: Path
    kind: Kind


def look(path: Path, name: str) -> Looked:
    """Check the file at `path`, which somebody called `name` (cleaned).

    Raises Refused: `type_not_allowed`, `unreadable`, `image_too_large` or `archive`. The type that
    the browser declared is not asked. Runs a process of its own: never inside a unit of work.
    """
    kind = rules.kind_of(name)
    if path.stat().st_size == 0:
        raise rules.refusal("unreadable")
    _first_bytes(path, kind)
    if kind.family in (Family.TEXT, Family.AUDIO):
        return Looked(path, kind)
    fresh = path.with_name("fresh")
    request = {
        "path": str(path), "family": kind.family.value, "extension": kind.extension,
        "out": str(fresh),
        "limits": {
            "pixels": rules.MOST_PIXELS, "side": rules.LONGEST_SIDE,
            "bytes": rules.ARCHIVE_BYTES, "entries": rules.ARCHIVE_ENTRIES,
            "ratio": rules.ARCHIVE_RATIO,
        },
    }
    limits = IMAGE_LIMITS if kind.family is Family.IMAGE else LIMITS
    try:
        answer = json.loads(cage.run(LOOK, request, limits, path.parent))
    except cage.Caged as stopped:
        raise rules.refusal("unreadable") from stopped
    if answer["code"] != "ok":
        raise rules.refusal(answer["code"])
    return Looked(fresh if kind.family is Family.IMAGE else path, kind)


def _first_bytes(path: Path, kind: Kind) -> None:
    if kind.family is Family.TEXT:
        _is_text(path)
        return
    with path.open("rb") as file:
        head = file.read(8192)
    if kind.family is Family.OFFICE:
        if not head.startswith(b"PK\x03\x04"):
            raise rules.wrong_type()
        return
    if kind.family is Family.PDF:
        # Readers accept the mark within the first kilobyte, which is where disguises live.
        if not head.startswith(b"%PDF-"):
            raise rules.wrong_type()
        return
    found = filetype.guess(head)
    if found is None or found.mime not in kind.marks:
        raise rules.wrong_type()


def _is_text(path: Path) -> None:
    data = path.read_bytes()
    if filetype.guess(data[:8192]) is not None or CONTROL.search(data):
        raise rules.wrong_type()
