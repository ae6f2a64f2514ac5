"""What happens to challenges and the questions on them."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class ChallengeFact(Fact):
    """Something about one challenge."""

    challenge_id: int


@dataclass(frozen=True)
class ChallengeOpened(ChallengeFact):
    """A draft was begun."""


@dataclass(frozen=True)
class ChallengeChanged(ChallengeFact):
    """Names of the fields of the brief that changed."""

    fields: tuple[str, ...]


@dataclass(frozen=True)
class DeadlineMoved(ChallengeFact):
    """A date of a published challenge moved to later, for everybody."""

    fields: tuple[str, ...]


@dataclass(frozen=True)
class ChallengeStepped(ChallengeFact):
    """The challenge went from one state to another."""

    step: str
    source: str
    target: str


@dataclass(frozen=True)
class DecisionAgreed(ChallengeFact):
    """One side agrees with the decision: `sponsor` or `programme`."""

    side: str


@dataclass(frozen=True)
class AnnexSigned(ChallengeFact):
    """Somebody may read the annex from now on."""

    agreement_id: int


@dataclass(frozen=True)
class AnnexOpened(ChallengeFact):
    """Somebody read what is confidential under her agreement."""


@dataclass(frozen=True)
class QuestionAsked(ChallengeFact):
    """An entrant asked. Who it was stays between her and the house."""

    question_id: int


@dataclass(frozen=True)
class QuestionAnswered(ChallengeFact):
    """The sponsor answered, for everybody who may see the challenge."""

    question_id: int
