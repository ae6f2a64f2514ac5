"""In the pseudo-language no page shows a word that nobody can translate, and no link is dead.

Every link that the cast finds from its first page is followed. What people typed themselves (names,
titles, addresses) is known beforehand, and is the only thing that may be left without accents.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit
from zoneinfo import available_timezones

import pytest
from babel import Locale
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import String, Text, select

from tests.cast import Cast
from tests.house.tree import every_file, read
from workspace.accounts.models import Person
from workspace.foundation import migrate
from workspace.foundation.db import session
from workspace.foundation.pseudo import plain
from workspace.foundation.settings import LANGUAGES, PSEUDO_LANGUAGE
from workspace.foundation.unit import write

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

SPOKEN = {"alt", "title", "placeholder", "aria-label", "aria-description", "label"}
WORD = re.compile(r"[A-Za-z]{3,}")
NAMES = {
    "InnoCore", "Markdown", "PDF", "PNG", "SVG", "TRL", "IRL", "BRL", "TMRL", "IPRL", "FRL", "CRL",
    "Ctrl", "Enter", "Esc", "Shift", "Alt", "Tab", "Space", "Delete", "UTC", "Europe", "Rome",
}
MOST_PAGES = 60


VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "use", "path"}
SILENT = {"script", "style", "template", "time", "code"}


class Reader(HTMLParser):
    """Collects what a person reads or hears, and the links.

    Dates are in the reader's language without being sentences, and an element with a `lang` of its
    own says itself that it is in another language.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.links: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        silent = self._silent or tag in SILENT or ("lang" in held and tag != "html")
        if not silent:
            self.said += [str(held[name]) for name in SPOKEN if held.get(name)]
        if tag == "a" and held.get("href"):
            self.links.append(str(held["href"]))
        if tag not in VOID:
            self._open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)

    @property
    def _silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]


def words_of_the_calendar_and_the_map() -> set[str]:
    """Months, days, countries, languages and time zones: the reader's language has them already."""
    words: set[str] = set()
    for language in LANGUAGES:
        locale = Locale.parse(language)
        names = [*locale.territories.values(), *locale.languages.values()]
        for tables in (locale.months, locale.days):
            for widths in tables.values():
                for table in widths.values():
                    names += table.values()
        spoken = " ".join(str(it) for it in names)
        words |= set(WORD.findall(spoken)) | set(WORD.findall(spoken.title()))
    return words | set(WORD.findall(" ".join(available_timezones())))


def typed_words() -> set[str]:
    """Every word of the definitions and of the database: what people wrote."""
    words: set[str] = set()
    for path in every_file():
        if path.suffix in {".yaml", ".yml"}:
            words |= set(WORD.findall(read(path)))
    for table in migrate.metadata().sorted_tables:
        for column in table.columns:
            if isinstance(column.type, String | Text) or "JSON" in str(column.type):
                for (value,) in session().execute(select(column)):
                    words |= set(WORD.findall(str(value)))
    return words


@pytest.mark.parametrize(
    "seat",
    ["lead", "mentor", "sponsor", "officer", "programme_lead", "administrator", "participant"],
)
def test_every_page_that_is_found_speaks_the_language(
    seat: str, app: Flask, cast: Cast, enter: Callable[[Person], FlaskClient]
) -> None:
    with app.app_context():
        with write():
            person = session().get_one(Person, cast.person(seat).id)
            person.language = PSEUDO_LANGUAGE
        known = NAMES | typed_words() | words_of_the_calendar_and_the_map()
    client = enter(cast.person(seat))
    waiting, seen = [("/", "the start")], {"/"}
    faults: list[str] = []
    while waiting and len(seen) <= MOST_PAGES:
        path, linked_from = waiting.pop(0)
        page = client.get(path, follow_redirects=True)
        if page.mimetype != "text/html":
            continue
        if page.status_code != 200:
            faults.append(f"{linked_from} links to {path}: {page.status_code}")
            continue
        reader = Reader()
        reader.feed(page.text)
        for said in reader.said:
            left = [it for it in WORD.findall(plain(said)) if it not in known]
            if left:
                faults.append(f"{path} says: {' '.join(left)[:80]}")
        for link in reader.links:
            target = urlsplit(urljoin(f"http://localhost{path}", link))
            if target.hostname != "localhost" or target.path in seen:
                continue
            if not target.path.startswith(("/static/", "/style")):
                seen.add(target.path)
                waiting.append((target.path, path))
    assert not faults, "\n".join(sorted(set(faults)))
