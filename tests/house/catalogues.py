"""The translation catalogues: python -m tests.house.catalogues write | check.

``write`` collects every sentence into ``translations/messages.pot``, makes the pseudo-language from
it, gives every language's ``messages.po`` the new sentences (empty) without those that are gone,
compiles it and counts it into ``translations/complete.json``. ``check`` says whether the files are
what ``write`` would make. Files hold no dates and no line numbers, so they change only when
sentences do.
"""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from workspace.foundation.languages import (
    COUNTED,
    SOURCE,
    Standing,
    as_json,
    counted,
    locale_of,
    own_name,
)
from workspace.foundation.pseudo import pseudo
from workspace.foundation.settings import LANGUAGES

ROOT = Path(__file__).parent.parent.parent
TRANSLATIONS = ROOT / "translations"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None, "gettext": None, "lazy": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2),
}
BEFORE_TIME = datetime(2026, 1, 1, tzinfo=UTC)
BUILDINGS = ("workspace", "canvases", "mentors", "transfer", "sponsors", "templates")


def collect() -> Catalog:
    """Every sentence of sources and templates, with the files that it stands in."""
    catalogue = Catalog(
        project="InnoCore workspace", version="0", fuzzy=False, creation_date=BEFORE_TIME,
        copyright_holder="the InnoCore workspace authors",
    )
    with (ROOT / "babel.cfg").open(encoding="utf-8") as configuration:
        methods, options = parse_mapping_cfg(configuration)  # type: ignore[no-untyped-call]
    found = []
    for building in BUILDINGS:
        if not (ROOT / building).is_dir():
            continue
        for file, _line, message, comments, note in extract_from_dir(
            str(ROOT / building), _within(building, methods), _options_within(building, options),
            directory_filter=lambda folder: True,  # folders such as _layout count as well
            keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True,
        ):
            found.append((f"{building}/{file}", message, comments, note))
    for file, message, comments, note in sorted(found, key=lambda it: (it[0], str(it[1]))):
        catalogue.add(message, None, [(file, 0)], auto_comments=comments, context=note)
    return catalogue


def _within(building: str, methods: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The part of the mapping that speaks of one folder, relative to it."""
    prefix = f"{building}/"
    return [(it.removeprefix(prefix), how) for it, how in methods if it.startswith(prefix)]


def _options_within(building: str, options: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    prefix = f"{building}/"
    return {it.removeprefix(prefix): how for it, how in options.items() if it.startswith(prefix)}


def in_pseudo(source: Catalog) -> Catalog:
    """The catalogue of the pseudo-language."""
    made = Catalog(
        locale="en", project=source.project, version=source.version, creation_date=BEFORE_TIME,
        revision_date=BEFORE_TIME, last_translator="generated", language_team="none", fuzzy=False,
    )
    for message in source:
        if not message.id:
            continue
        words = message.id
        text = pseudo(words) if isinstance(words, str) else tuple(pseudo(it) for it in words)
        made.add(message.id, text, context=message.context)
    return made


def in_language(language: str, source: Catalog) -> Catalog:
    """The catalogue of one language: today's sentences with the translations that are there.

    A sentence that was changed has no translation any more: nothing is guessed from the old one.
    """
    made = Catalog(
        locale=locale_of(language), project=source.project, version=source.version,
        creation_date=BEFORE_TIME, revision_date=BEFORE_TIME, fuzzy=False,
        copyright_holder=source.copyright_holder, last_translator="the InnoCore workspace authors",
        language_team=language, msgid_bugs_address="the project's own tracker",
        header_comment=f"# {own_name(language)}. Write beside the sentences here; the build keeps"
        " the rest.",
    )
    path = catalogue_of(language)
    kept = Catalog(locale=locale_of(language))
    if path.exists():
        with path.open("rb") as file:
            kept = read_po(file, locale=locale_of(language))
    for message in source:
        if not message.id:
            continue
        old = kept.get(message.id, message.context)
        words = old.string if old and old.id == message.id else None
        made.add(
            message.id, words, message.locations, old.flags - {"python-format"} if old else (),
            message.auto_comments, old.user_comments if old else (), context=message.context,
        )
    return made


def catalogue_of(language: str) -> Path:
    """The file that people translate in."""
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def as_po(catalogue: Catalog) -> bytes:
    """The catalogue as a PO file."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, sort_by_file=False, include_lineno=False)
    return out.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """The catalogue as programs read it."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def files() -> dict[Path, bytes]:
    """What the generated files must hold."""
    source = collect()
    english = in_pseudo(source)
    pseudo_folder = TRANSLATIONS / "en_XA" / "LC_MESSAGES"
    made = {
        TRANSLATIONS / "messages.pot": as_po(source),
        pseudo_folder / "messages.po": as_po(english),
        pseudo_folder / "messages.mo": as_mo(english),
    }
    standing = {SOURCE: Standing(sum(1 for it in source if it.id), 0, 0)}
    for language in LANGUAGES:
        if language != SOURCE:
            translated = in_language(language, source)
            standing[language] = counted(translated)
            made[catalogue_of(language)] = as_po(translated)
            made[catalogue_of(language).with_suffix(".mo")] = as_mo(translated)
    made[COUNTED] = as_json(standing)
    return made


def main(what: str) -> int:
    """Write the files, or name those that are not fresh; gives the exit code."""
    stale = []
    for path, content in files().items():
        if path.exists() and path.read_bytes() == content:
            continue
        stale.append(str(path.relative_to(ROOT)))
        if what == "write":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    if what == "check" and stale:
        print("Not fresh: " + ", ".join(stale))
        print("Run 'python3 run.py build' and commit the result.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
