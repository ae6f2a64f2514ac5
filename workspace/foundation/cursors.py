"""Pages of lists whose order is not that of their ids: a cursor names a place, not a number."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from workspace.foundation.errors import Refused
from workspace.foundation.text import _

LONGEST = 1000


@dataclass(frozen=True)
class Keyed:
    """Rows in the order of `key`, which gives texts and whole numbers, for no two rows the same.

    Whatever is added or taken away between two pages, no row comes twice and none is left out.
    """

    rows: Sequence[Any]
    key: Callable[[Any], tuple[str | int, ...]]


@dataclass(frozen=True)
class Fetched:
    """A list that cuts its own pages: `fetch(after, limit)` gives rows and the next cursor."""

    fetch: Callable[[str | None, int], tuple[Sequence[Any], str | None]]


def lost() -> Refused:
    """What to say about a cursor that is none."""
    return Refused(_("Begin again without `after`."), field="after")


def cut(found: Keyed, limit: int, after: str | None) -> tuple[list[Any], str | None]:
    """One page behind the place that `after` names, and the place where it ends."""
    rows = sorted(found.rows, key=found.key)
    if after is not None:
        place = _read(after)
        try:
            rows = [it for it in rows if found.key(it) > place]
        except TypeError as error:
            raise lost() from error
    following = _write(found.key(rows[limit - 1])) if len(rows) > limit else None
    return rows[:limit], following


def _write(place: tuple[str | int, ...]) -> str:
    text = json.dumps(place, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(after: str) -> tuple[str | int, ...]:
    if len(after) > LONGEST or not after.isascii():
        raise lost()
    try:
        data = base64.b64decode(after + "=" * (-len(after) % 4), altchars=b"-_", validate=True)
        place = json.loads(data)
    except (binascii.Error, ValueError, RecursionError) as error:
        raise lost() from error
    if not isinstance(place, list) or not all(
        isinstance(it, str) or type(it) is int for it in place
    ):
        raise lost()
    return tuple(place)
