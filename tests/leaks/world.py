"""The two teams of the planted house, their people, and the words that stand in their texts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.teams.models import Team

HOME, RIVAL, BRIEF = "home", "rival", "brief"
Key = tuple[str, str]


@dataclass
class Crew:
    """Who does what in one team."""

    side: str
    team: Team
    lead: Person
    member: Person
    mentor: Person
    officer: Person
    pi: Person | None
    reviewers: tuple[Person, ...]


@dataclass
class Planted:
    """The words, and the people that only the planting knows."""

    cast: Cast
    words: dict[Key, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    """Seats beyond those of the cast: second reviewers, the applicant, the asker."""

    def word(self, kind: str, side: str) -> str:
        """The word of a kind of text of one team, made at first need."""
        return self.words.setdefault((kind, side), f"zq{secrets.token_hex(6)}xz")

    def person(self, seat: str) -> Person:
        """Whoever sits there, of the cast or of the planting."""
        return self.people.get(seat) or self.cast.person(seat)
