"""What happens to notices."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class NoticesRead(Fact):
    """A person marked notices as read."""

    person_id: int
    count: int


@dataclass(frozen=True)
class NoticeChoiceMade(Fact):
    """A person said how she wants to hear of a topic."""

    person_id: int
    topic: str
    way: str
