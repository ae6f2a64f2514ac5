"""Words as the index compares them, and what is shown of a hit."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from workspace.search.excerpts import excerpt, marked
from workspace.search.words import MOST_TERMS, all_begin, fold, terms_of


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Nano-částice È", "nano castice e"),
        ("Perché l'università", "perche l universita"),
        ("ŽLUŤOUČKÝ kůň", "zlutoucky kun"),
        ("Łódź, Straße, Øre", "lodz strasse ore"),
        ("a\0b NEAR(x) \"q\"* title:y", "a b near x q title y"),
        ("", ""),
    ],
)
def test_folding_leaves_letters_and_digits(text: str, plain: str) -> None:
    assert fold(text) == plain


def test_a_question_has_few_short_terms() -> None:
    assert terms_of("a") == ()
    assert terms_of(" *\" ") == ()
    assert terms_of("Gel gel GEL 7") == ("gel", "7")
    assert len(terms_of(" ".join(f"word{it}" for it in range(500)))) == MOST_TERMS
    assert all(len(it) <= 60 for it in terms_of("x" * 10_000))


def test_beginnings_of_words_answer() -> None:
    assert all_begin(("gel", "ost"), "Gelsight Ostomy")
    assert not all_begin(("sight",), "Gelsight Ostomy")


def test_marks_stand_round_what_was_typed_and_the_rest_is_escaped() -> None:
    assert marked("<b>Gelè</b> gel", ("gele",)) == Markup(
        "&lt;b&gt;<mark>Gelè</mark>&lt;/b&gt; gel"
    )
    assert marked("Straße", ("stras",)) == Markup("<mark>Straße</mark>")


def test_an_excerpt_shows_the_surroundings_only() -> None:
    text = "before " * 60 + "<i> hydrogel </i>" + " after" * 60
    piece = excerpt(text, ("hydro",))
    assert "&lt;i&gt; <mark>hydro</mark>gel" in piece
    assert piece.startswith("… ") and piece.endswith(" …")
    assert len(piece) < 300
    assert excerpt(text, ("absent",)) == ""
