"""Tables for spreadsheets: quoted, and never a formula."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from workspace.foundation.sheets import COMPUTES, csv_text

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5))
def test_every_cell_is_read_back_and_none_computes(rows: list[list[str]]) -> None:
    text = csv_text(["a", "b"], rows)
    back = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert len(back) == len(rows)
    for row, came in zip(rows, back, strict=True):
        for cell, read in zip(row, came, strict=True):
            assert read in (cell, "'" + cell)
            assert not read.startswith(COMPUTES)


def test_numbers_stay_numbers() -> None:
    assert csv_text(["n"], [[-3], [2.5], [None]]) == 'n\r\n-3\r\n2.5\r\n""\r\n'
