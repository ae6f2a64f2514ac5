"""What the page gives the live board: the contract of docs/board.md."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from canvases.boards import patterns
from tests.canvases.boards.test_doors import browser, post
from tests.canvases.pages import BLOCK, Desk
from workspace.accounts.models import Person

Enter = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_the_data_of_the_board(desk: Desk, enter: Enter) -> None:
    lead = browser(desk, enter, "lead")
    note = desk.ids["team"]
    post(lead, desk.url(f"/notes/{note}/comments"), {"comment": "Hm"})
    page = lead.get(desk.url()).text
    found = re.search(r'id="board-data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data = json.loads(found[1])
    assert set(data) == {"canvas", "grid", "me", "counts", "strings", "shortcuts", "lang"}
    assert set(data["canvas"]) == {"id", "title", "team", "template", "credit", "urls"}
    assert set(data["canvas"]["urls"]) == {
        "home", "list", "history", "export", "share", "panel", "counts", "icons"}
    assert set(data["grid"]) == {"lang", "cols", "rows", "row_weights", "blocks"}
    assert data["grid"]["rows"] == len(data["grid"]["row_weights"])
    block = next(it for it in data["grid"]["blocks"] if it["id"] == BLOCK)
    assert set(block) == {"id", "title", "questions", "x", "y", "w", "h", "icon"}
    assert set(data["me"]) == {"id", "name", "initials", "role"}
    assert data["me"] == {"id": desk.lead.public_id, "name": "Rita Moreau", "initials": "RM",
                          "role": "editor"}
    assert data["counts"] == {note: {"evidence": 0, "comments": 1}}
    assert lead.get(data["canvas"]["urls"]["counts"]).json == data["counts"]
    panel = data["canvas"]["urls"]["panel"].replace("__note__", note)
    region = lead.get(panel, headers={"HX-Request": "true"}).text
    assert f'data-counts-of="{note}" data-evidence="0" data-comments="1"' in region
    assert 'data-panel-focus="evidence"' in region and 'data-panel-focus="comments"' in region
    assert "<html" not in region
    for name in ("list", "history", "share", "home"):
        assert lead.get(data["canvas"]["urls"][name]).status_code == 200, name


def test_everybody_else_gets_the_list(desk: Desk, enter: Enter) -> None:
    for seat in ("mentor", "pi", "officer"):
        page = browser(desk, enter, seat).get(desk.url()).text
        assert "board-data" not in page and "okapi" in page
        assert "bring-back" not in page and 'name="block"' not in page
    post(browser(desk, enter, "lead"), desk.url("/archive"))
    page = browser(desk, enter, "lead").get(desk.url()).text
    assert '"role": "viewer"' in page or '"role":"viewer"' in page


def test_the_sheet_of_read_only_grids_is_up_to_date(desk: Desk) -> None:
    kept = Path(__file__).parents[3] / "frontend" / "src" / "styles" / "sheets.css"
    assert kept.read_text(encoding="utf-8") == patterns.sheet_css()
