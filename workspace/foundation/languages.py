"""The languages that the house can speak, and how much of each is translated.

`translations/complete.json` is counted from the catalogues by ``python3 run.py build``; at run time
only that small file is read. ``python3 run.py languages`` prints it as a table.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog

from workspace.foundation.settings import LANGUAGES, Settings

TRANSLATIONS = Path(__file__).parent.parent.parent / "translations"
COUNTED = TRANSLATIONS / "complete.json"
SOURCE = "en"
"""The sentences in the sources are English: there is nothing to translate."""
LOCALES = {"en": Locale("en", "GB"), "pt": Locale("pt", "PT")}
"""Where a language alone would mean another continent's dates: `14 Dec`, not `Dec 14`."""


@dataclass(frozen=True)
class Standing:
    """How far a language is: sentences translated, without a translation, and to look at again."""

    done: int
    missing: int
    fuzzy: int

    @property
    def share(self) -> int:
        """Translated sentences in whole per cent, rounded down: 100 means every one."""
        return self.done * 100 // max(1, self.done + self.missing + self.fuzzy)


def locale_of(language: str) -> Locale:
    """The locale whose dates and numbers people of the house expect."""
    return LOCALES.get(language) or Locale.parse(language)


def own_name(language: str) -> str:
    """What the language calls itself, as a menu shows it: `Italiano`."""
    name = Locale.parse(language).get_display_name(language) or language
    return name[0].upper() + name[1:]


def counted(catalogue: Catalog) -> Standing:
    """The standing of one catalogue; a plural counts once, and only with all its forms."""
    done = missing = fuzzy = 0
    for message in catalogue:
        if not message.id:
            continue
        if message.fuzzy:
            fuzzy += 1
        elif _whole(message.string, catalogue.num_plurals, message.pluralizable):
            done += 1
        else:
            missing += 1
    return Standing(done, missing, fuzzy)


def _whole(words: object, forms: int, plural: bool) -> bool:
    if not plural:
        return bool(words)
    return isinstance(words, list | tuple) and len(words) == forms and all(words)


@cache
def standings() -> dict[str, Standing]:
    """Every language's standing, English first."""
    found = json.loads(COUNTED.read_text(encoding="utf-8"))
    return {it: Standing(**found[it]) for it in LANGUAGES if it in found}


def as_json(found: dict[str, Standing]) -> bytes:
    """The file that `standings` reads."""
    lines = {it: asdict(found[it]) for it in LANGUAGES if it in found}
    return (json.dumps(lines, indent=2) + "\n").encode()


def offered(settings: Settings) -> tuple[str, ...]:
    """The languages that people can choose: complete enough, and always the house's own."""
    found = standings()
    return tuple(
        it
        for it in LANGUAGES
        if it in {SOURCE, settings.language}
        or (it in found and found[it].share >= settings.language_share)
    )


def table(settings: Settings) -> str:
    """The report: one line a language."""
    chosen = offered(settings)
    lines = [f"{'language':22}{'done':>7}{'missing':>9}{'fuzzy':>7}{'share':>8}  offered"]
    for language, it in standings().items():
        name = f"{own_name(language)} ({language})"
        lines.append(
            f"{name:22}{it.done:>7}{it.missing:>9}{it.fuzzy:>7}{it.share:>6} %"
            f"  {'yes' if language in chosen else 'no'}"
        )
    return "\n".join(lines)


def main() -> int:
    """Print the report."""
    sys.stdout.write(table(Settings.from_environment()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
