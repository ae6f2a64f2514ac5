"""What a page may weigh, gzipped: the budgets of docs/design.md."""

from __future__ import annotations

import gzip

import pytest

from tests.house.tree import ROOT

STATIC = ROOT / "workspace" / "static"
KB = 1024
BUDGETS = {
    "styles of an ordinary page": (9 * KB, ["app/core.css"]),
    "scripts of an ordinary page": (20 * KB, ["app/htmx.js", "app/shell.js"]),
    "behaviours of the frame": (5 * KB, ["app/shell.js"]),
    "styles of a review": (14 * KB, ["app/core.css", "app/review.css"]),
    "styles of a canvas": (12 * KB, ["app/board.css"]),
    "scripts of a canvas": (86 * KB, ["app/htmx.js", "app/shell.js", "app/board.js"]),
    "drawings": (6 * KB, ["icons/sprite.svg"]),
}
FONTS = {"fonts/inter-latin.woff2": 36 * KB, "fonts/inter-extended.woff2": 15 * KB}


def weight(name: str) -> int:
    """Bytes on the wire: gzipped, as the server sends text."""
    return len(gzip.compress((STATIC / name).read_bytes(), 9))


@pytest.mark.parametrize("what", BUDGETS)
def test_pages_stay_light(what: str) -> None:
    most, names = BUDGETS[what]
    parts = {name: weight(name) for name in names}
    assert sum(parts.values()) <= most, f"{what}: {parts}, at most {most}"


@pytest.mark.parametrize("name", FONTS)
def test_fonts_stay_small(name: str) -> None:
    """woff2 is compressed already."""
    assert (STATIC / name).stat().st_size <= FONTS[name]
