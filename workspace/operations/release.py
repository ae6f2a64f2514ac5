"""Which release this is."""

from __future__ import annotations

import tomllib
from pathlib import Path


def _version() -> str:
    path = Path(__file__).parent.parent.parent / "pyproject.toml"
    with path.open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


VERSION = _version()
