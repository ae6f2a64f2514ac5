"""The page on who may is made from the table that the matrix test holds the house against."""

from __future__ import annotations

from tests.house.tree import ROOT
from tests.matrix import table


def test_the_page_of_the_docs_is_the_table() -> None:
    made = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
    assert made == table.page(), "run 'python3 run.py build'"
