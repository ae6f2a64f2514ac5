"""What happened, said once: listeners inside the transaction and after it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, g

Listener = Callable[[Any], None]


@dataclass(frozen=True)
class Fact:
    """Something that happened. Subclasses are named in the past tense and hold finished values.

    `who` is the id of the person who did it, None for the house itself.
    """

    who: int | None

    @property
    def scope(self) -> tuple[str, int]:
        """Where it belongs: the first scope id that the fact carries."""
        for kind in ("team", "challenge", "organisation", "programme", "edition"):
            value = getattr(self, f"{kind}_id", None)
            if value is not None:
                return kind, int(value)
        return "platform", 0

    @classmethod
    def word(cls) -> str:
        """The fact's name for the record: `NoteMoved` is `note-moved`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    def detail(self) -> dict[str, Any]:
        """Ids and names of fields for the record. Content never belongs in a fact."""
        return {
            f.name: getattr(self, f.name)
            for f in dataclasses.fields(self)
            if f.name not in {"who"}
        }


class NoticeBoard:
    """Who listens to what; filled by the factory from the features' faces."""

    def __init__(self) -> None:
        self._on: dict[type[Fact], list[Listener]] = {}
        self._after: dict[type[Fact], list[Listener]] = {}

    def on(self, kind: type[Fact], listener: Listener) -> None:
        """Call `listener` inside the transaction: both stand or fall together."""
        self._on.setdefault(kind, []).append(listener)

    def after(self, kind: type[Fact], listener: Listener) -> None:
        """Call `listener` once the transaction is on disk."""
        self._after.setdefault(kind, []).append(listener)

    def within(self, fact: Fact) -> list[Listener]:
        """Listeners inside the transaction, general ones (Fact) first."""
        return [it for kind in reversed(type(fact).__mro__) for it in self._on.get(kind, ())]

    def later(self, fact: Fact) -> list[Listener]:
        """Listeners after the commit."""
        return [it for kind in reversed(type(fact).__mro__) for it in self._after.get(kind, ())]


def board() -> NoticeBoard:
    """The notice board of the current application."""
    found: NoticeBoard = current_app.extensions["innocore.facts"]
    return found


def announce(fact: Fact) -> None:
    """Say that it happened. Must be called inside `unit.write()`."""
    unit = g.get("innocore_unit")
    if unit is None:
        raise RuntimeError(f"{type(fact).__name__} was announced outside a unit of work")
    for listener in board().within(fact):
        listener(fact)
    unit.facts.append(fact)
