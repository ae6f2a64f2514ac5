"""Italian: what every translated sentence keeps, and words that are always the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from tests.house.catalogues import catalogue_of

KEPT = re.compile(
    r"%\([a-z_]+\)[-#0 +]*[0-9.]*[sdrfi]|%%|\{[a-z_]*\}|</?[a-zA-Z][^<>]*>|&[a-zA-Z#0-9]+;"
)
TERMS = {
    "Untested": "Da verificare",
    "Testing": "In verifica",
    "Supported": "Confermata",
    "Refuted": "Smentita",
    "Parked": "Accantonata",
    "Note": "Nota",
    "Evidence": "Prove",
    "Challenge": "Sfida",
    "Team": "Team",
    "Mentor": "Mentor",
    "Review": "Valutazione",
    "Rubric": "Griglia di valutazione",
    "Releases": "Rilasci",
    "Transfer officer": "Responsabile del trasferimento tecnologico",
}
ALIKE = {
    "API",
    "Account",
    "Canvas",
    "Canvas.",
    "Ctrl A",
    "Ctrl Z",
    "Demo day",
    "Esc",
    "File",
    "InnoCore workspace",
    "Link",
    "Link:",
    "Mentor",
    "Mentoring",
    "Menu",
    "No",
    "PDF",
    "Passkey",
    "Password",
    "Pitch",
    "Scout",
    "Sponsor",
    "Team",
    "Zoom",
    "2. Pitch",
    "3. Canvas",
}
"""What Italians say as the English do."""


def pairs() -> Iterator[tuple[str, str]]:
    """Every English sentence with its Italian one; of plurals, the form for many."""
    with catalogue_of("it").open("rb") as file:
        for it in read_po(file):
            if it.id and it.string:
                yield (
                    (it.id, str(it.string))
                    if isinstance(it.id, str)
                    else (it.id[-1], it.string[-1])
                )


def test_places_and_tags_are_kept() -> None:
    wrong = [it for it in pairs() if sorted(KEPT.findall(it[0])) != sorted(KEPT.findall(it[1]))]
    assert not wrong


def test_the_form_for_one_has_no_place_that_is_never_filled() -> None:
    with catalogue_of("it").open("rb") as file:
        plurals = [
            (it.id, it.string[0])
            for it in read_po(file)
            if isinstance(it.id, tuple) and isinstance(it.string, tuple)
        ]
    assert plurals
    for english, italian in plurals:
        known = {place for form in english for place in KEPT.findall(form)}
        assert set(KEPT.findall(italian)) <= known, english


def test_spaces_and_full_stops_stand_where_they_stood() -> None:
    for english, italian in pairs():
        assert english[0].isspace() == italian[0].isspace(), italian
        assert english[-1].isspace() == italian[-1].isspace(), italian
        assert (english[-1] in ".?:…") == (italian[-1] in ".?:…"), italian


def test_marks_are_those_of_print_and_nobody_shouts() -> None:
    for english, italian in pairs():
        assert not set("!'") & set(italian), italian
        assert '"' not in italian or '"' in english, italian


def test_nothing_is_left_in_english() -> None:
    left = [
        english
        for english, italian in pairs()
        if english == italian
        and english not in ALIKE
        and re.search(r"[A-Za-z]{3}", KEPT.sub("", english))
        and KEPT.sub("", english).strip(" :·,") not in ALIKE | {"in"}
    ]
    assert not left


@pytest.mark.parametrize("english", TERMS)
def test_the_word_list_is_kept(english: str) -> None:
    assert dict(pairs())[english] == TERMS[english]
