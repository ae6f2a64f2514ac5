"""Entries to challenges and submissions: states, deadlines, late decisions, what must be there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from workspace.foundation.checks import Problem
from workspace.foundation.states import Machine, Sentence, Step, step
from workspace.foundation.text import _, lazy, ngettext

PITCH_LONGEST: Final = 20_000
TITLE_LONGEST: Final = 200
SOON: Final = timedelta(days=3)
DAY_OF: Final = timedelta(hours=24)


class EntryState(StrEnum):
    """A team's entry to a challenge: from the application to the result."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SHORTLISTED = "shortlisted"
    NOT_SELECTED = "not-selected"
    ACTIVE = "active"
    RESULT_SUBMITTED = "result-submitted"
    WINNER = "winner"
    RUNNER_UP = "runner-up"
    FINALIST = "finalist"
    WITHDRAWN = "withdrawn"


class SubmissionState(StrEnum):
    """One version of what a team hands in. After `draft` its content never changes."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Purpose(StrEnum):
    """What a submission is handed in for."""

    PITCH_REVIEW = "pitch-review"
    RESULT = "result"


PURPOSE_LABELS: Final[Mapping[Purpose, Sentence]] = {
    Purpose.PITCH_REVIEW: lazy("Pitch review"),
    Purpose.RESULT: lazy("Result"),
}


@dataclass(frozen=True)
class EntryFacts:
    """What the guards of an entry look at."""

    now: datetime
    deadline: datetime | None = None
    motivation: str = ""
    size_problem: str | None = None
    """What is wrong with the number of members, from the rules of teams."""
    teams_entered: int = 0
    max_teams: int = 0
    """0: no limit."""
    confidentiality_valid: bool = False
    has_result: bool = False
    challenge_decided: bool = False


@dataclass(frozen=True)
class SubmissionFacts:
    """What the guards of a submission look at."""

    now: datetime
    due_at: datetime | None = None
    late_until: datetime | None = None
    """Until when the programme lead lets this team hand in late."""
    title: str = ""
    pitch_text: str = ""
    has_deck: bool = False
    has_canvas: bool = False
    is_decided: bool = False
    """The reviewers' or the jury's decision on this version is out."""


# Deadlines


def is_late(now: datetime, due_at: datetime | None) -> bool:
    """Whether `now` is past the deadline. What comes at the very instant is on time."""
    return due_at is not None and now > due_at


def may_hand_in(now: datetime, due_at: datetime | None, late_until: datetime | None) -> bool:
    """On time, or late within what the programme lead has decided for this team."""
    if not is_late(now, due_at):
        return True
    return late_until is not None and now <= late_until


class Nearness(StrEnum):
    """How near a deadline is: decides the colour and the words beside it."""

    NONE = "none"
    FAR = "far"
    SOON = "soon"
    LAST_DAY = "last-day"
    LATE = "late"


def nearness(now: datetime, due_at: datetime | None) -> Nearness:
    """Warn from three days before, and again in the last 24 hours."""
    if due_at is None:
        return Nearness.NONE
    if now > due_at:
        return Nearness.LATE
    if due_at - now <= DAY_OF:
        return Nearness.LAST_DAY
    return Nearness.SOON if due_at - now <= SOON else Nearness.FAR


def check_late_decision(until: datetime, reason: str, due_at: datetime | None,
                        now: datetime) -> list[Problem]:
    """Problems of letting one team hand in late (fields `until`, `reason`)."""
    problems = []
    if due_at is None:
        problems.append(Problem("until", _("There is no deadline to extend.")))
    elif until <= due_at:
        problems.append(Problem("until", _("Choose an instant after the deadline.")))
    if until <= now:
        problems.append(Problem("until", _("Choose an instant that is still to come.")))
    if not reason.strip():
        problems.append(Problem("reason", _("Say why. The reason stays in the history.")))
    return problems


# Guards of an entry


def entry_in_time(facts: EntryFacts) -> str | None:
    """applications have not closed"""
    if not is_late(facts.now, facts.deadline):
        return None
    return _("Applications for this challenge have closed.")


def entry_motivated(facts: EntryFacts) -> str | None:
    """the team says why it wants to work on this"""
    if facts.motivation.strip():
        return None
    return _("Say in a few sentences why your team wants to work on this.")


def entry_size(facts: EntryFacts) -> str | None:
    """the number of members is within the limits of the challenge"""
    return facts.size_problem


def entry_place_left(facts: EntryFacts) -> str | None:
    """the challenge takes one more team"""
    if not facts.max_teams or facts.teams_entered < facts.max_teams:
        return None
    return ngettext("This challenge takes %(num)d team, and the place is taken.",
                    "This challenge takes %(num)d teams, and all places are taken.",
                    facts.max_teams)


def entry_bound(facts: EntryFacts) -> str | None:
    """every member has a valid confidentiality agreement, where the challenge needs one"""
    if facts.confidentiality_valid:
        return None
    return _("Every member signs the confidentiality agreement of the challenge first.")


def entry_has_result(facts: EntryFacts) -> str | None:
    """the result is submitted"""
    return None if facts.has_result else _("Submit the result of your team first.")


def entry_undecided(facts: EntryFacts) -> str | None:
    """the challenge is not decided"""
    if not facts.challenge_decided:
        return None
    return _("The challenge is decided. An entry cannot be withdrawn any more.")


ENTRY_LABELS: Final[Mapping[EntryState, Sentence]] = {
    EntryState.DRAFT: lazy("Draft"),
    EntryState.SUBMITTED: lazy("Applied"),
    EntryState.SHORTLISTED: lazy("Shortlisted"),
    EntryState.NOT_SELECTED: lazy("Not selected"),
    EntryState.ACTIVE: lazy("Active"),
    EntryState.RESULT_SUBMITTED: lazy("Result submitted"),
    EntryState.WINNER: lazy("Winner"),
    EntryState.RUNNER_UP: lazy("Runner-up"),
    EntryState.FINALIST: lazy("Finalist"),
    EntryState.WITHDRAWN: lazy("Withdrawn"),
}

_E = EntryState

ENTRY_STEPS: Final[tuple[Step[EntryState, EntryFacts], ...]] = (
    step("submit", lazy("Apply"), _E.DRAFT, _E.SUBMITTED, "team",
         entry_in_time, entry_motivated, entry_size, entry_place_left),
    step("shortlist", lazy("Shortlist"), _E.SUBMITTED, _E.SHORTLISTED, "sponsor, programme-lead"),
    step("decline", lazy("Do not select"), (_E.SUBMITTED, _E.SHORTLISTED), _E.NOT_SELECTED,
         "sponsor, programme-lead"),
    step("activate", lazy("Start work"), _E.SHORTLISTED, _E.ACTIVE, "programme-lead", entry_bound),
    step("submit-result", lazy("Submit the result"), _E.ACTIVE, _E.RESULT_SUBMITTED, "team",
         entry_has_result),
    step("make-winner", lazy("Winner"), _E.RESULT_SUBMITTED, _E.WINNER, "sponsor, programme-lead"),
    step("make-runner-up", lazy("Runner-up"), _E.RESULT_SUBMITTED, _E.RUNNER_UP,
         "sponsor, programme-lead"),
    step("make-finalist", lazy("Finalist"), _E.RESULT_SUBMITTED, _E.FINALIST,
         "sponsor, programme-lead"),
    step("withdraw", lazy("Withdraw"),
         (_E.DRAFT, _E.SUBMITTED, _E.SHORTLISTED, _E.ACTIVE, _E.RESULT_SUBMITTED), _E.WITHDRAWN,
         "team-lead", entry_undecided),
)

ENTRY: Final = Machine("Challenge entry", EntryState.DRAFT, ENTRY_LABELS, ENTRY_STEPS)

ENTRANT_STATES: Final = frozenset(EntryState) - {_E.DRAFT, _E.NOT_SELECTED, _E.WITHDRAWN}
"""States in which a team counts as entered."""


# Guards of a submission


def parts_are_there(facts: SubmissionFacts) -> str | None:
    """title, pitch text, deck and a frozen canvas version are there"""
    found = check_submission(facts)
    return found[0].reason if found else None


def in_time_or_allowed(facts: SubmissionFacts) -> str | None:
    """the deadline has not passed, or the programme lead lets this team hand in late"""
    if may_hand_in(facts.now, facts.due_at, facts.late_until):
        return None
    return _("The deadline has passed. Ask the programme lead to let your team hand in late.")


def undecided(facts: SubmissionFacts) -> str | None:
    """the decision is not out"""
    if not facts.is_decided:
        return None
    return _("The decision is out. This version stays as it is.")


SUBMISSION_LABELS: Final[Mapping[SubmissionState, Sentence]] = {
    SubmissionState.DRAFT: lazy("Draft"),
    SubmissionState.SUBMITTED: lazy("Submitted"),
    SubmissionState.REVIEWED: lazy("Reviewed"),
    SubmissionState.SUPERSEDED: lazy("Replaced by a newer version"),
    SubmissionState.WITHDRAWN: lazy("Withdrawn"),
}

_S = SubmissionState

SUBMISSION_STEPS: Final[tuple[Step[SubmissionState, SubmissionFacts], ...]] = (
    step("submit", lazy("Submit"), _S.DRAFT, _S.SUBMITTED, "team",
         parts_are_there, in_time_or_allowed),
    step("mark-reviewed", lazy("Mark as reviewed"), _S.SUBMITTED, _S.REVIEWED, "system"),
    step("replace", lazy("Replace by a new version"), _S.SUBMITTED, _S.SUPERSEDED, "team",
         in_time_or_allowed, undecided),
    step("withdraw", lazy("Withdraw"), (_S.DRAFT, _S.SUBMITTED), _S.WITHDRAWN, "team", undecided),
)

SUBMISSION: Final = Machine("Submission", SubmissionState.DRAFT, SUBMISSION_LABELS,
                            SUBMISSION_STEPS)

COUNTED_STATES: Final = frozenset({_S.SUBMITTED, _S.REVIEWED})
"""States in which a version counts as handed in."""


def check_submission(facts: SubmissionFacts) -> list[Problem]:
    """Everything that keeps a version from being handed in, field by field."""
    problems = []
    if not facts.title.strip():
        problems.append(Problem("title", _("Give your pitch a title.")))
    elif len(facts.title) > TITLE_LONGEST:
        problems.append(Problem("title", _("Use at most %(most)d characters.",
                                           most=TITLE_LONGEST)))
    if not facts.pitch_text.strip():
        problems.append(Problem("pitch_text", _("Write the pitch in a few sentences.")))
    elif len(facts.pitch_text) > PITCH_LONGEST:
        problems.append(Problem("pitch_text", _("Use at most %(most)d characters.",
                                                most=PITCH_LONGEST)))
    if not facts.has_deck:
        problems.append(Problem("deck", _("Upload your deck as a PDF.")))
    if not facts.has_canvas:
        problems.append(Problem("canvas", _("Choose the canvas that goes with the pitch.")))
    return problems
