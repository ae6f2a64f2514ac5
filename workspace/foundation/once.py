"""Questions that one page asks several times, from several features, and the database once.

Features do not know each other, so the frame, a card and a column may each need the members of the
same team. While a page is read nothing changes, so the first answer is the answer. Wherever
something is written, every question is asked anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import g, has_request_context, request

from workspace.foundation.db import Row
from workspace.foundation.unit import current

P = ParamSpec("P")
R = TypeVar("R")
READING = ("GET", "HEAD")


def asked_once(question: Callable[P, R]) -> Callable[P, R]:
    """Keep the answer for the rest of the request that reads a page.

    Arguments may be rows, actors, plain values and collections of them. The answer is shared:
    whoever gets it does not change it.
    """

    @wraps(question)
    def ask(*args: P.args, **options: P.kwargs) -> R:
        if not _reading():
            return question(*args, **options)
        key = _key_of(question, args, options)
        kept = _answers()
        if key not in kept:
            # The arguments stay alive with the answer, so that no other object gets their number.
            kept[key] = (args, options, question(*args, **options))
        found: R = kept[key][2]
        return found

    return ask


def answered(question: Callable[..., R], answer: R, *args: Any) -> None:
    """Say the answer that another query has found already."""
    if _reading():
        plain = getattr(question, "__wrapped__", question)
        _answers()[_key_of(plain, args, {})] = (args, {}, answer)


def _reading() -> bool:
    return has_request_context() and request.method in READING and current() is None


def _answers() -> dict[Hashable, Any]:
    found: dict[Hashable, Any] = g.setdefault("innocore_answers", {})
    return found


def _key_of(question: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Hashable:
    return (question, *map(_key, args), *sorted((k, _key(v)) for k, v in options.items()))


def _key(value: Any) -> Hashable:
    if isinstance(value, Row):
        return type(value).__name__, value.id
    if isinstance(value, Collection) and not isinstance(value, str | bytes):
        return tuple(_key(it) for it in value)
    if value is None or isinstance(value, str | bytes | int | float | type):
        found: Hashable = value
        return found
    return type(value).__name__, id(value)
