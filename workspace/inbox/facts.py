"""What happens to notices."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class NoticesRead(Fact):
    """A person marked notices as read."""

    person_id: int
    count: int
