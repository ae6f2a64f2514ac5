"""The source tree as the house tests read it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
WINGS = ("canvases", "mentors", "transfer", "sponsors", "learning", "facilities")
SPINE = (
    "accounts", "organisations", "grants", "tokens", "files", "programmes", "challenges", "teams",
    "readiness", "submissions", "releases",
)
LISTENERS = (
    "journal", "inbox", "calendars", "search", "home", "administration", "operations",
)
OURS = ("workspace", *WINGS)
OUTSIDE = {
    ".git", ".venv", "var", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache",
    ".pytest_cache", ".import_linter_cache", ".hypothesis", "build", "dist", "screenshots",
    "instance",
}


@lru_cache(maxsize=1)
def every_file() -> tuple[Path, ...]:
    """All files of the project, relative to its root; nothing that is made at run time."""

    def below(folder: Path) -> Iterator[Path]:
        for entry in sorted(folder.iterdir()):
            if entry.name in OUTSIDE or entry.name.endswith(".egg-info"):
                continue
            if entry.name.startswith(".tests-"):
                continue
            if entry.is_dir():
                yield from below(entry)
            else:
                yield entry.relative_to(ROOT)

    return tuple(below(ROOT))


def sources() -> tuple[Path, ...]:
    """The Python files of the product itself."""
    return tuple(it for it in every_file() if it.suffix == ".py" and it.parts[0] in OURS)


def templates() -> tuple[Path, ...]:
    """The Jinja templates."""
    return tuple(it for it in every_file() if it.parts[0] == "templates")


def read(path: Path) -> str:
    """The text of a file named relative to the root."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def imports(path: Path) -> tuple[tuple[int, str], ...]:
    """(line, module) of everything that a source imports, at the top or inside a function."""
    found = []
    for node in ast.walk(ast.parse(read(path), str(path))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, it.name) for it in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [(node.lineno, f"{node.module}.{it.name}") for it in node.names]
    return tuple(found)
