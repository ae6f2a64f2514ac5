"""Conflicts of interest, found from plain facts: who may not review which submission."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from workspace.foundation.states import Sentence
from workspace.foundation.text import lazy


class ConflictKind(StrEnum):
    """What kind of tie stands in the way; the last six are declared by people."""

    OWN_TEAM = "own-team"
    SAME_ORGANISATION = "same-organisation"
    SPONSOR_ORGANISATION = "sponsor-organisation"
    SUPERVISOR = "supervisor"
    CO_INVENTOR = "co-inventor"
    RELATIVE = "relative"
    COMPETITOR = "competitor"
    SHAREHOLDER = "shareholder"
    EMPLOYER = "employer"


SENTENCES: Final[Mapping[ConflictKind, Sentence]] = {
    ConflictKind.OWN_TEAM: lazy("This person belongs or belonged to the team."),
    ConflictKind.SAME_ORGANISATION: lazy("This person works in the same organisation as a "
                                         "member of the team."),
    ConflictKind.SPONSOR_ORGANISATION: lazy("This person works for the sponsor of the challenge."),
    ConflictKind.SUPERVISOR: lazy("Declared: supervises a member of the team."),
    ConflictKind.CO_INVENTOR: lazy("Declared: an inventor together with a member of the team."),
    ConflictKind.RELATIVE: lazy("Declared: related to a member of the team."),
    ConflictKind.COMPETITOR: lazy("Declared: a competitor of the team."),
    ConflictKind.SHAREHOLDER: lazy("Declared: holds shares that the result concerns."),
    ConflictKind.EMPLOYER: lazy("Declared: employs a member of the team."),
}

OWN_WORDS: Final[Mapping[ConflictKind, Sentence]] = {
    ConflictKind.SUPERVISOR: lazy("I supervise a member of the team."),
    ConflictKind.CO_INVENTOR: lazy("I am an inventor together with a member of the team."),
    ConflictKind.RELATIVE: lazy("I am related to a member of the team."),
    ConflictKind.COMPETITOR: lazy("I compete with the team."),
    ConflictKind.SHAREHOLDER: lazy("I hold shares that the result concerns."),
    ConflictKind.EMPLOYER: lazy("I employ a member of the team."),
}
"""What a reviewer chooses from."""
DECLARABLE: Final = tuple(kind for kind in ConflictKind if kind not in {
    ConflictKind.OWN_TEAM, ConflictKind.SAME_ORGANISATION, ConflictKind.SPONSOR_ORGANISATION,
})
HOUSE_ROLES: Final = frozenset({"tto-officer", "pi"})
"""Roles that review for the team's own institution: the same organisation is no conflict."""


@dataclass(frozen=True)
class ReviewerTies:
    """What is known of somebody who may review."""

    person_id: int
    organisation_ids: frozenset[int] = frozenset()
    declared: frozenset[str] = frozenset()
    """Kinds that she, or somebody else, has declared for this team."""


@dataclass(frozen=True)
class TeamTies:
    """What is known of the team whose submission is reviewed. `people` holds former ones too."""

    people: frozenset[int]
    organisation_ids: frozenset[int] = frozenset()
    sponsor_organisation_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Conflict:
    """One reason why somebody may not review; `sentence` says it to the lead."""

    kind: ConflictKind

    @property
    def sentence(self) -> str:
        """The reason in the reader's language."""
        return str(SENTENCES[self.kind])


def find(reviewer: ReviewerTies, team: TeamTies, *, as_role: str = "mentor",
         ) -> tuple[Conflict, ...]:
    """All conflicts between a reviewer and a team, hardest first; () when there is none.

    `as_role` is the role in which she reviews: a sponsor scores entries to the own challenge,
    and officers and principal investigators review dossiers of their own institution.
    """
    found = []
    if reviewer.person_id in team.people:
        found.append(Conflict(ConflictKind.OWN_TEAM))
    if as_role not in HOUSE_ROLES and reviewer.organisation_ids & team.organisation_ids:
        found.append(Conflict(ConflictKind.SAME_ORGANISATION))
    if as_role != "sponsor" and reviewer.organisation_ids & team.sponsor_organisation_ids:
        found.append(Conflict(ConflictKind.SPONSOR_ORGANISATION))
    found += [Conflict(kind) for kind in DECLARABLE if kind.value in reviewer.declared]
    return tuple(found)


def without_conflict(reviewers: Collection[ReviewerTies], team: TeamTies, *,
                     as_role: str = "mentor") -> tuple[int, ...]:
    """Ids of those who may review, in the order given."""
    return tuple(one.person_id for one in reviewers if not find(one, team, as_role=as_role))
