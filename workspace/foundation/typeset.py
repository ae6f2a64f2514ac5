"""Documents on paper: PDF, PNG and SVG made by typst from our templates and plain data.

Each document is made in a process of its own with 20 s and 512 MB (see `cage.py`). That costs
about 40 ms where a call inside the web process takes 6 to 9 ms, and buys three things: a document
that never ends cannot stop the others, its memory is given back, and no greenlet waits for it in
C code. Text that people typed goes in as JSON and is never part of a template.
"""

from __future__ import annotations

import json
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workspace.foundation import cage
from workspace.foundation.errors import Refused, Unavailable
from workspace.foundation.text import lazy

PRESS = Path(__file__).with_name("typeset_press.py")
FONTS = Path(__file__).parents[1] / "static" / "fonts" / "print"
LIMITS = cage.Limits(seconds=20, memory=512, output=64)


@dataclass(frozen=True)
class Press:
    """What turns a template and data into pages. `fonts` is the only folder fonts come from."""

    fonts: Path = FONTS
    limits: cage.Limits = LIMITS

    def pages(
        self,
        template: Path,
        data: dict[str, Any],
        kind: str,
        *,
        standard: str | None = None,
        ppi: float = 144,
    ) -> list[bytes]:
        """The document as `kind` (`pdf`: one entry; `png`, `svg`: one a page).

        `template` is a `.typ` file of ours, `data` arrives there as `sys.inputs.data` (JSON).
        Raises Refused (`too_large`) when time or memory run out, Unavailable when it fails.
        """
        request = {
            "template": str(template),
            "root": str(template.parent),
            "fonts": [str(self.fonts)],
            "format": kind,
            "standard": standard,
            "ppi": ppi if kind == "png" else None,
            "data": json.dumps(data, ensure_ascii=False),
        }
        with tempfile.TemporaryDirectory(prefix="press-") as folder:
            try:
                output = cage.run(PRESS, request, self.limits, Path(folder))
            except cage.Caged as stopped:
                if stopped.why in ("time", "memory"):
                    raise Refused(
                        lazy("This document is too long to print at once. Print a part of it."),
                        code="too_large",
                    ) from stopped
                raise Unavailable(
                    lazy("The document could not be made. Try again, then tell the administrator.")
                ) from stopped
        return _split(output)


def _split(output: bytes) -> list[bytes]:
    pages, at = [], 0
    while at < len(output):
        (size,) = struct.unpack_from(">Q", output, at)
        pages.append(output[at + 8 : at + 8 + size])
        at += 8 + size
    return pages


def pdf(template: Path, data: dict[str, Any], *, standard: str | None = "ua-1") -> bytes:
    """One tagged PDF. `standard` is a single one, such as `ua-1` (needs a title) or `a-3a`.

    A standard forbids letters that our fonts lack, such as emoji. Then the PDF comes without its
    mark rather than not at all: still tagged, the letters drawn as boxes.
    """
    try:
        return Press().pages(template, data, "pdf", standard=standard)[0]
    except Unavailable:
        if standard is None:
            raise
        return Press().pages(template, data, "pdf")[0]


def png(template: Path, data: dict[str, Any], *, ppi: float = 144) -> list[bytes]:
    """One picture a page."""
    return Press().pages(template, data, "png", ppi=ppi)


def svg(template: Path, data: dict[str, Any]) -> list[bytes]:
    """One drawing a page; text is drawn as outlines, so it looks the same everywhere."""
    return Press().pages(template, data, "svg")
