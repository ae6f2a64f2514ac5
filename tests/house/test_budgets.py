"""Page budgets, gzip, in bytes of 1024: HTML 15 KB, style 12, script 20, fonts 36 at first view.

A board may take 65 KB of script in all.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.house.tree import ROOT
from workspace.accounts.models import Person

STATIC = ROOT / "workspace" / "static"
KB = 1024


def packed(*names: str) -> int:
    """Bytes of several static files, each compressed as a server would."""
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


@pytest.mark.parametrize(
    ("files", "most"),
    [
        (("app/core.css",), 12),
        (("app/htmx.js", "app/shell.js"), 20),
        (("app/board.css",), 12),
        (("app/shell.js", "app/board.js"), 65),
        (("app/worker.js",), 4),
        (("app/palette.js", "app/search.css"), 4),
    ],
    ids=[
        "style of an ordinary page",
        "scripts of an ordinary page",
        "style of the board",
        "all scripts of the board",
        "the service worker",
        "palette",
    ],
)
def test_built_files_stay_small(files: tuple[str, ...], most: int) -> None:
    assert packed(*files) <= most * KB


def test_fonts_of_the_first_view_stay_small() -> None:
    assert (STATIC / "fonts" / "inter-latin.woff2").stat().st_size <= 36 * KB
    assert (STATIC / "fonts" / "inter-extended.woff2").stat().st_size <= 15 * KB


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seat", ["lead", "mentor", "sponsor", "officer", "programme_lead"])
def test_first_pages_stay_small(
    seat: str, cast: Cast, enter: Callable[[Person], FlaskClient]
) -> None:
    page = enter(cast.person(seat)).get("/", follow_redirects=True)
    assert page.status_code == 200
    assert len(gzip.compress(page.data, 6)) <= 15 * KB
    asked = re.findall(r'<(?:script|link)[^>]+(?:src|href)="(/static/[^"]+)"', page.text)
    assert len(asked) <= 8
