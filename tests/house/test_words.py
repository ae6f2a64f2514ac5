"""Names and words that the house does not use, and how long a file may be."""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.tree import every_file, read, sources

TOO_VAGUE = {
    "util", "utils", "helper", "helpers", "manager", "managers", "misc", "common", "base",
    "stuff", "things", "tools",
}
MOST_LINES = 600
LONGER_FOR_A_REASON: dict[str, str] = {}
"""Path -> why it is easier to read in one piece."""
TEXT = {".py", ".ts", ".mjs", ".css", ".html", ".md", ".toml", ".yaml", ".yml", ".txt", ".cfg"}
DATA = {".yaml", ".yml", ".txt", ".json"}
GENERATED = (
    "migrations/versions", "workspace/static/app", "translations", "requirements",
    "frontend/package-lock.json",
)
POSTPONED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
UNTRUE = re.compile(r"pytest\.(skip|xfail)|mark\.(skip|xfail)|time\.sleep\(|unittest\.mock|Mock\(")


def written() -> list[Path]:
    """Text files that people write."""
    return [
        it for it in every_file()
        if it.suffix in TEXT and not any(str(it).startswith(made) for made in GENERATED)
    ]


def test_modules_say_what_they_hold() -> None:
    vague = [
        str(it) for it in every_file()
        if it.suffix in {".py", ".ts"} and it.stem in TOO_VAGUE
    ] + [str(it) for it in sources() if set(it.parts[:-1]) & TOO_VAGUE]
    assert not vague, f"name these after what they are about: {', '.join(vague)}"


def test_no_file_is_too_long_to_read() -> None:
    long = {
        str(it): count
        for it in written()
        if it.suffix not in DATA and it.suffix != ".md"
        and (count := len(read(it).splitlines())) > MOST_LINES
        and str(it) not in LONGER_FOR_A_REASON
    }
    assert not long, f"split by noun, or give a reason in LONGER_FOR_A_REASON: {long}"


def test_reasons_for_long_files_are_still_needed() -> None:
    short = [
        path for path in LONGER_FOR_A_REASON
        if not Path(path).exists() or len(read(Path(path)).splitlines()) <= MOST_LINES
    ]
    assert not short, f"take these out of LONGER_FOR_A_REASON: {short}"


def test_nothing_is_postponed_in_a_comment() -> None:
    found = [
        f"{it}:{number}" for it in written()
        for number, line in enumerate(read(it).splitlines(), 1) if POSTPONED.search(line)
    ]
    assert not found, f"do it, or open an issue: {found}"


def test_tests_neither_skip_nor_sleep_nor_pretend() -> None:
    found = [
        f"{it}:{number}" for it in written()
        if it.parts[0] == "tests" and it.name != "test_words.py" and it.suffix == ".py"
        for number, line in enumerate(read(it).splitlines(), 1) if UNTRUE.search(line)
    ]
    assert not found, f"wait for what you mean, and use the real thing: {found}"
