"""A canvas on paper or as a picture, from plain data: PDF (A3, A4), PNG, SVG."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from unicodedata import category
from zoneinfo import ZoneInfo

from flask_babel import format_datetime, get_locale

from canvases.boards.patterns import Block, CanvasTemplate, NoteStatus
from workspace.foundation import typeset
from workspace.foundation.errors import Refused
from workspace.foundation.text import _, ngettext

PRINT = Path(__file__).with_name("print") / "canvas.typ"
LONGEST_WORD = 22
PICTURE_DENSITY = 120
"""Dots an inch of a PNG: 1984 wide for A3."""
COARSE_DENSITY = 72
"""For boards so full that a picture of the usual density needs too much memory."""


class Paper(StrEnum):
    """Sheets, always landscape."""

    A3 = "a3"
    A4 = "a4"


@dataclass(frozen=True)
class Sheet:
    """What is printed: one canvas in one version, with the notes that the reader may see.

    Each note is a mapping with `block` (id), `text`, `status` and `weight` (1 to 5), in the order
    in which it stands in its block; other keys are left out. `version` is a label such as
    "version 3"; `at` is the instant of printing.
    """

    template: CanvasTemplate
    notes: tuple[Mapping[str, Any], ...]
    title: str
    team: str
    version: str
    at: datetime
    zone: str = "UTC"


def pdf(sheet: Sheet, paper: Paper = Paper.A3) -> bytes:
    """A tagged PDF (PDF/UA-1): the board on the first page, what does not fit on the next ones.

    Raises Refused (`too_large`) when it takes more than 20 s or 512 MB, Unavailable.
    """
    return typeset.pdf(PRINT, data(sheet, paper, "page"))


def png(sheet: Sheet) -> bytes:
    """One picture; what does not fit on the board stands under it. Raises as `pdf`."""
    plain = data(sheet, Paper.A3, "image")
    try:
        return typeset.png(PRINT, plain, ppi=PICTURE_DENSITY)[0]
    except Refused:
        return typeset.png(PRINT, plain, ppi=COARSE_DENSITY)[0]


def svg(sheet: Sheet) -> bytes:
    """One drawing; what does not fit on the board stands under it. Raises as `pdf`."""
    return typeset.svg(PRINT, data(sheet, Paper.A3, "image"))[0]


def data(sheet: Sheet, paper: Paper, mode: str) -> dict[str, Any]:
    """What the print template reads; every sentence in the language of the reader."""
    words = status_words()
    by_block: dict[str, list[dict[str, Any]]] = {block.id: [] for block in sheet.template.blocks}
    for note in sheet.notes:
        if note["block"] in by_block:
            by_block[note["block"]].append(
                {
                    "text": _breakable(str(note["text"])),
                    "status": str(note["status"]),
                    "word": words[str(note["status"])],
                    "weight": int(note["weight"]),
                }
            )
    locale = get_locale()
    day = sheet.at.astimezone(ZoneInfo(sheet.zone))
    title, team, version = (_one_line(it) for it in (sheet.title, sheet.team, sheet.version))
    return {
        "paper": paper.value,
        "mode": mode,
        "lang": locale.language if locale else "en",
        "title": f"{title} · {team}",
        "heading": f"{title}, {version}" if version else title,
        "team": team,
        "day": [day.year, day.month, day.day],
        "printed": _(
            "Printed %(date)s",
            date=format_datetime(day.replace(tzinfo=None), "d MMM y, HH:mm", rebase=False),
        ),
        "foot": f"{team}, {version}" if version else team,
        "credit": sheet.template.credit,
        "columns": sheet.template.columns,
        "rows": list(sheet.template.row_weights),
        "blocks": [_block(block, by_block[block.id], mode)
                   for block in sheet.template.reading_order],
        "legend": [{"status": status, "word": word} for status, word in words.items()],
        "importance": _("Importance, 1 to 5"),
    }


def status_words() -> dict[str, str]:
    """What is known about a note, in words: a print must not rest on colour."""
    return {
        NoteStatus.UNTESTED.value: _("Untested"),
        NoteStatus.TESTING.value: _("Testing"),
        NoteStatus.SUPPORTED.value: _("Supported"),
        NoteStatus.REFUTED.value: _("Refuted"),
        NoteStatus.PARKED.value: _("Parked"),
    }


def _block(block: Block, notes: list[dict[str, Any]], mode: str) -> dict[str, Any]:
    def more(count: int) -> str:
        if mode == "image":
            return ngettext("%(num)s more note below", "%(num)s more notes below", count)
        return ngettext("%(num)s more note on the next pages",
                        "%(num)s more notes on the next pages", count)

    return {
        "title": block.title, "x": block.x, "y": block.y, "w": block.w, "h": block.h,
        "notes": notes,
        "more": {str(count): more(count) for count in range(1, len(notes) + 1)},
        "continued": _("%(block)s, continued", block=block.title),
    }


def _one_line(text: str) -> str:
    return " ".join(_breakable(text).split())


def _breakable(text: str) -> str:
    """`text` with places to break inside words that are wider than a note."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = "".join(it for it in text if it == "\n" or category(it) not in {"Cc", "Cs"}).strip()
    return re.sub(
        rf"\S{{{LONGEST_WORD},}}",
        lambda word: "\u200b".join(re.findall(rf".{{1,{LONGEST_WORD // 2}}}", word.group())),
        text,
    )
