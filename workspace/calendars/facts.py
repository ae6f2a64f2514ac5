"""What happens to feeds of dates."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class FeedMade(Fact):
    """A person made a feed."""

    person_id: int
    feed_id: int


@dataclass(frozen=True)
class FeedChanged(FeedMade):
    """A feed got a new address, or other titles."""


@dataclass(frozen=True)
class FeedRevoked(FeedMade):
    """A feed ended."""


@dataclass(frozen=True)
class FeedFirstUsed(FeedMade):
    """A calendar program read a feed, or its new address, for the first time."""
