"""Rules that a style sheet keeps for the sake of speed."""

from __future__ import annotations

import re

from tests.house.tree import ROOT

BOARD = ROOT / "workspace" / "static" / "app" / "board.css"
ANY_NEIGHBOUR = re.compile(r"[+~]\s*\*")


def test_no_rule_of_the_board_speaks_of_any_neighbour() -> None:
    """With one, a note that comes or goes has the styles of its whole list worked out anew."""
    assert ANY_NEIGHBOUR.findall(BOARD.read_text(encoding="utf-8")) == []
