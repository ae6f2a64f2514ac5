"""JSON read strictly: what two readers could understand in two ways is refused."""

from __future__ import annotations

import json
from math import isinf
from typing import Any

from workspace.foundation.errors import BadRequest

DEEPEST = 32
LARGEST = 2**53
"""Integers beyond this are not the same number in every language."""


def read_json(data: bytes) -> Any:
    """The value of a JSON text in UTF-8.

    Raises BadRequest for broken text, NaN and infinities, a name that stands twice in an object,
    more than 32 levels, integers beyond 2^53, NUL and lone surrogates.
    """
    try:
        found = json.loads(
            data.decode("utf-8"), parse_constant=_no_number, object_pairs_hook=_once_each
        )
    except (ValueError, RecursionError) as error:
        raise BadRequest from error
    _check(found)
    return found


def _no_number(_word: str) -> Any:
    raise ValueError("not a number")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _check(value: Any) -> None:
    level = [value]
    for _depth in range(DEEPEST + 1):
        below: list[Any] = []
        for one in level:
            if isinstance(one, str):
                _readable(one)
            elif isinstance(one, dict):
                for name in one:
                    _readable(name)
                below.extend(one.values())
            elif isinstance(one, list):
                below.extend(one)
            elif _is_beyond(one):
                raise BadRequest
        if not below:
            return
        level = below
    raise BadRequest


def _is_beyond(value: Any) -> bool:
    if isinstance(value, int):
        return abs(value) > LARGEST
    return isinstance(value, float) and isinf(value)


def _readable(text: str) -> None:
    if any(char == "\x00" or "\ud800" <= char <= "\udfff" for char in text):
        raise BadRequest
