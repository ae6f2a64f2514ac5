"""The settings table in the docs has exactly the settings, with their defaults."""

from __future__ import annotations

import re
from dataclasses import fields

from tests.house.tree import ROOT
from workspace.foundation.settings import PREFIX, Settings

LINE = re.compile(r"^\| `(INNOCORE_[A-Z0-9_]+)` \| (.*?) \| (.+?) \|$", re.M)


def shown(value: object) -> str:
    """A default as the table writes it."""
    if isinstance(value, bool):
        return "`yes`" if value else "`no`"
    return f"`{value}`" if value != "" else "empty"


def test_the_table_equals_the_settings() -> None:
    page = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    written = {name: default for name, default, _what in LINE.findall(page)}
    assert written == {PREFIX + it.name.upper(): shown(it.default) for it in fields(Settings)}
