"""How complete each language is, and which ones people may choose."""

from __future__ import annotations

from dataclasses import replace

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests.house.catalogues import catalogue_of
from workspace.foundation import languages
from workspace.foundation.languages import Standing, counted, offered, own_name, table
from workspace.foundation.settings import LANGUAGES, Settings


def test_a_plural_counts_only_with_all_its_forms() -> None:
    czech = Catalog(locale=Locale("cs"))
    czech.add(("%(num)s note", "%(num)s notes"), ("%(num)s lístek", "%(num)s lístky", ""))
    czech.add("Save", "Uložit")
    czech.add("Close")
    czech.add("Open", "Otevřít", flags=["fuzzy"])
    assert counted(czech) == Standing(done=1, missing=2, fuzzy=1)


@pytest.mark.parametrize(
    ("standing", "share"),
    [
        (Standing(0, 0, 0), 0),
        (Standing(199, 1, 0), 99),
        (Standing(199, 0, 1), 99),
        (Standing(200, 0, 0), 100),
    ],
)
def test_one_missing_sentence_is_never_rounded_away(standing: Standing, share: int) -> None:
    assert standing.share == share


def test_a_language_is_offered_when_it_is_complete_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"en": Standing(100, 0, 0), "it": Standing(95, 5, 0), "es": Standing(94, 6, 0)}
    monkeypatch.setattr(languages, "standings", lambda: found)
    assert offered(Settings()) == ("en", "it")
    assert offered(Settings(language_share=94)) == ("en", "it", "es")
    assert offered(Settings(language_share=100)) == ("en",)


def test_the_house_always_speaks_the_language_of_its_setting() -> None:
    house = replace(Settings(), language="cs", language_share=100)
    assert "cs" in offered(house)


def test_the_report_has_a_line_for_every_language() -> None:
    lines = table(Settings()).splitlines()[1:]
    assert [line.split("(")[1][:2] for line in lines] == list(LANGUAGES)
    assert lines[0].endswith("yes")


def test_languages_name_themselves() -> None:
    assert [own_name(it) for it in LANGUAGES] == [
        "English",
        "Italiano",
        "Español",
        "Português",
        "Čeština",
    ]


@pytest.mark.parametrize(("language", "forms"), [("it", 2), ("es", 2), ("pt", 2), ("cs", 3)])
def test_every_catalogue_says_how_its_plurals_are_made(language: str, forms: int) -> None:
    with catalogue_of(language).open("rb") as file:
        catalogue = read_po(file)
    assert str(catalogue.locale).split("_")[0] == language
    assert catalogue.num_plurals == forms
