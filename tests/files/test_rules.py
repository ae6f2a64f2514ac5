"""Names and kinds."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.files import rules
from workspace.foundation.errors import Refused


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("deck.pdf", "deck.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\deck.pdf", "deck.pdf"),
        ("de\u202eck\u2066.pdf", "deck.pdf"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("Zlut\u030cy.pdf", "Zlu\u0165y.pdf"),
        ("  .hidden.pdf ", "hidden.pdf"),
        ("zero\u200bwidth.pdf", "zerowidth.pdf"),
        ("", "file"),
        ("....", "file"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("a   b.pdf", "a b.pdf"),
        ("bad\ud800.pdf", "bad.pdf"),
    ],
)
def test_a_name_is_shown_cleaned(typed: str, shown: str) -> None:
    assert rules.clean_name(typed) == shown


@given(st.text(max_size=400))
def test_no_name_hides_anything(typed: str) -> None:
    name = rules.clean_name(typed)
    assert 1 <= len(name) <= rules.LONGEST_NAME
    assert "/" not in name and "\\" not in name
    assert unicodedata.is_normalized("NFC", name)
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in name)
    assert not any(unicodedata.bidirectional(c) in {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI",
                                                    "FSI", "PDI"} for c in name)
    assert rules.clean_name(name) == name


@pytest.mark.parametrize(
    "name", ["page.html", "drawing.svg", "run.exe", "data.xml", "x.pdf.exe", "pdf", ".pdf", "x.",
             "deck.pptm", "archive.zip", "x.json"],
)  # fmt: skip
def test_other_kinds_are_refused(name: str) -> None:
    with pytest.raises(Refused) as refusal:
        rules.kind_of(name)
    assert (refusal.value.status, refusal.value.code) == (415, "type_not_allowed")
    assert refusal.value.field == "file"


def test_the_ending_may_be_in_capitals() -> None:
    assert rules.kind_of("DECK.PDF").content_type == "application/pdf"
