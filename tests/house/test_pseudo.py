"""The pseudo-language keeps what a program fills in, and shows what nobody can translate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.foundation.pseudo import CLOSE, OPEN, plain, pseudo


@pytest.mark.parametrize(
    "kept",
    ["%(name)s", "%(count)d", "%s", "{count}", "<strong>", "</a>", "&amp;", "https://example.org/a"],
)
def test_what_a_program_reads_stays(kept: str) -> None:
    assert kept in pseudo(f"Before {kept} after")


def test_letters_change_and_the_sentence_stands_in_brackets() -> None:
    assert pseudo("Save") == f"{OPEN}Šávé·{CLOSE}"


def test_placeholders_can_be_filled() -> None:
    assert "Rita" in pseudo("%(name)s joined.") % {"name": "Rita"}


def test_bare_words_are_what_is_left() -> None:
    assert plain(f"{pseudo('Save')} Cancel {pseudo('Delete')}").split() == ["Cancel"]


def test_a_sentence_inside_a_sentence_is_no_bare_word() -> None:
    inner = pseudo("Team lead")
    assert plain(pseudo("You are %(role)s here.") % {"role": inner}).strip() == ""


@given(st.text(alphabet=st.characters(codec="ascii", exclude_characters="%{<&"), min_size=1))
def test_nothing_is_left_of_a_whole_sentence(sentence: str) -> None:
    assert plain(pseudo(sentence)).strip() == ""
