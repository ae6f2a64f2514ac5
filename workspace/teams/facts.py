"""What happens in teams."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class TeamFact(Fact):
    """Something about one team."""

    team_id: int


@dataclass(frozen=True)
class ConfidentialOpened(TeamFact):
    """Somebody from outside of the team opened what is the team's."""

    kind: str
    thing: str
    """Its public id."""


@dataclass(frozen=True)
class TeamMade(TeamFact):
    """A team was begun."""

    edition_id: int


@dataclass(frozen=True)
class TeamChanged(TeamFact):
    """Names of the fields that changed."""

    fields: tuple[str, ...]


@dataclass(frozen=True)
class TeamStepped(TeamFact):
    """The team went from one state to another."""

    step: str
    source: str
    target: str


@dataclass(frozen=True)
class TeamJoined(TeamFact):
    """A person is a member from now on."""

    person_id: int


@dataclass(frozen=True)
class TeamLeft(TeamFact):
    """A person is no longer a member; what she made stays hers."""

    person_id: int


@dataclass(frozen=True)
class LeadChanged(TeamFact):
    """Another member leads the team."""

    person_id: int
    before_id: int


@dataclass(frozen=True)
class MemberChanged(TeamFact):
    """Names of the fields of a member that changed."""

    person_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class CharterWritten(TeamFact):
    """The charter has a new version; signatures under the one before no longer count."""

    version: int


@dataclass(frozen=True)
class CharterSigned(TeamFact):
    """A member signed a version of the charter."""

    person_id: int
    version: int


@dataclass(frozen=True)
class JoinAsked(TeamFact):
    """Somebody of the edition asks the team to take her in."""

    request_id: int


@dataclass(frozen=True)
class JoinAnswered(TeamFact):
    """The team answered."""

    request_id: int
    accepted: bool


@dataclass(frozen=True)
class ContributionLogged(TeamFact):
    """A line was added to the contribution log."""

    contribution_id: int


@dataclass(frozen=True)
class MentorAsked(TeamFact):
    """The programme lead asks a person to mentor the team."""

    assignment_id: int


@dataclass(frozen=True)
class MentorAccepted(TeamFact):
    """The person signed the undertaking and sees what is for mentors."""

    assignment_id: int


@dataclass(frozen=True)
class MentorEnded(TeamFact):
    """The person no longer mentors the team, or declined."""

    assignment_id: int
