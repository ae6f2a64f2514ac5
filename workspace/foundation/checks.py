"""Problems with what a person typed: all of them at once, each beside its field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from workspace.foundation.errors import Refused


@dataclass(frozen=True)
class Problem:
    """One sentence about one field. `field` is the name in the form, or "" for the whole."""

    field: str
    reason: str


def refuse(problems: Iterable[Problem]) -> None:
    """Raise Refused with the first problem; do nothing when there is none."""
    for problem in problems:
        raise Refused(problem.reason, field=problem.field or None)


def is_web(link: str) -> bool:
    """Whether a link begins with http:// or https://; one that cannot be read does not."""
    try:
        return urlsplit(link).scheme in {"http", "https"}
    except ValueError:  # such as "http://["
        return False
