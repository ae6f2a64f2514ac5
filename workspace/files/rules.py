"""What may be uploaded: kinds, limits and names. The figures are those of `docs/security.md`."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from workspace.foundation.errors import Refused
from workspace.foundation.text import lazy

MEGABYTE = 1024 * 1024
TEAM_BYTES = 2 * 1024 * MEGABYTE
TEAM_FILES = 500
UPLOADS = "60 per hour"
LONGEST_NAME = 200
GRACE_DAYS = 30
"""How long a deleted file can still be brought back."""
LARGEST = 25 * MEGABYTE

MOST_PIXELS = 40_000_000
LONGEST_SIDE = 12_000
ARCHIVE_BYTES = 200 * MEGABYTE
ARCHIVE_ENTRIES = 2_000
ARCHIVE_RATIO = 100
PREVIEW_PAGES = 300
PREVIEW_WIDTH = 1920
"""Pixels."""


class Preview(StrEnum):
    """How far the page images of a file are."""

    NONE = "none"
    WAITING = "waiting"
    READY = "ready"
    UNAVAILABLE = "unavailable"


class Family(StrEnum):
    """Which check a file passes."""

    PDF = "pdf"
    IMAGE = "image"
    OFFICE = "office"
    TEXT = "text"
    AUDIO = "audio"


@dataclass(frozen=True)
class Kind:
    """One allowed type. `marks` are content types that its first bytes may show."""

    extension: str
    family: Family
    content_type: str
    limit: int
    marks: frozenset[str] = frozenset()


def _kind(names: str, family: Family, content_type: str, megabytes: int, *marks: str) -> list[Kind]:
    return [
        Kind(name, family, content_type, megabytes * MEGABYTE, frozenset(marks or (content_type,)))
        for name in names.split()
    ]


_OPEN = "application/vnd.openxmlformats-officedocument"
KINDS: dict[str, Kind] = {
    kind.extension: kind
    for kinds in (
        _kind("pdf", Family.PDF, "application/pdf", 25),
        _kind("png", Family.IMAGE, "image/png", 10),
        _kind("jpg jpeg", Family.IMAGE, "image/jpeg", 10),
        _kind("webp", Family.IMAGE, "image/webp", 10),
        _kind("gif", Family.IMAGE, "image/gif", 10),
        _kind("docx", Family.OFFICE, f"{_OPEN}.wordprocessingml.document", 25),
        _kind("pptx", Family.OFFICE, f"{_OPEN}.presentationml.presentation", 25),
        _kind("xlsx", Family.OFFICE, f"{_OPEN}.spreadsheetml.sheet", 25),
        _kind("odt", Family.OFFICE, "application/vnd.oasis.opendocument.text", 25),
        _kind("odp", Family.OFFICE, "application/vnd.oasis.opendocument.presentation", 25),
        _kind("csv", Family.TEXT, "text/csv", 2),
        _kind("txt", Family.TEXT, "text/plain", 2),
        _kind("md", Family.TEXT, "text/markdown", 2),
        _kind("mp3", Family.AUDIO, "audio/mpeg", 25),
        _kind("m4a", Family.AUDIO, "audio/mp4", 25, "audio/mp4", "audio/m4a"),
        _kind("wav", Family.AUDIO, "audio/x-wav", 25),
    )
    for kind in kinds
}

# Marks that turn the reading direction or cannot be seen: "invoice\u202efdp.exe" reads as a PDF.
_HIDDEN = re.compile("[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")


def clean_name(name: str) -> str:
    """The name to show: no path, control, direction or invisible marks, 200 characters at most."""
    name = unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode("utf-8"))
    name = "".join(c for c in name if unicodedata.category(c) not in {"Cc", "Cs", "Co", "Cn"})
    name = _HIDDEN.sub("", name)
    name = re.split(r"[/\\]", name)[-1]
    name = " ".join(name.split()).lstrip(". ").rstrip(". ")
    if len(name) > LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}" if dot and len(ending) < 10 \
            else name[:LONGEST_NAME]
    return name or "file"


def kind_of(name: str) -> Kind:
    """The kind that a cleaned name claims. Raises Refused (`type_not_allowed`)."""
    stem, dot, ending = name.rpartition(".")
    kind = KINDS.get(ending.lower()) if dot and stem else None
    if kind is None:
        raise wrong_type()
    return kind


def wrong_type() -> Refused:
    """The file is of no kind that the house takes, or is not what its name says."""
    return Refused(
        lazy("This type of file cannot be uploaded, or its content does not match its name. "
             "Use a PDF, an image, an office document, a text or an audio file."),
        field="file", code="type_not_allowed", status=415,
    )


def refusal(code: str) -> Refused:
    """The sentence for what a check found: `unreadable`, `image_too_large`, `archive`, ..."""
    if code == "type_not_allowed":
        return wrong_type()
    sentences = {
        "unreadable": lazy("This file is empty, incomplete or protected by a password. Open it on "
                           "your computer, save it again and upload the new file."),
        "image_too_large": lazy("This image has more than 40 megapixels or a side longer than "
                                "12 000 pixels. Make it smaller and upload it again."),
        "archive": lazy("This document contains too much, or files inside it that are not "
                        "allowed. Remove embedded files or save it as a PDF."),
        "macros": lazy("This document contains macros. Save it without them or as a PDF."),
    }
    return Refused(
        sentences[code], field="file", code="archive" if code == "macros" else code
    )
