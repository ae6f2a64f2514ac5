"""Challenges: states, steps, and what publication locks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Final

from workspace.challenges.brief import Brief, Timeline, check_brief, check_timeline
from workspace.foundation.checks import Problem
from workspace.foundation.states import Machine, Sentence, Step, step
from workspace.foundation.text import _, lazy

MIN_REVIEWS_PER_ENTRY: Final = 2


class ChallengeState(StrEnum):
    """Where a challenge is, from the first draft of the brief to its end."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    PUBLISHED = "published"
    CLOSED = "closed"
    JUDGING = "judging"
    DECIDED = "decided"
    OPTION_RUNNING = "option-running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class ChallengeFacts:
    """What the guards look at. Whoever asks fills in what the step needs; the rest says no."""

    now: datetime
    brief: Brief = field(default_factory=Brief)
    sponsor_cleared: bool = False
    terms_signed: bool = False
    reviews_per_entry: tuple[int, ...] = ()
    """Number of reviews without conflict for each entry that is still in the running."""
    options_open: int = 0
    reason: str = ""


def brief_complete(facts: ChallengeFacts) -> str | None:
    """problem, criteria that sum to 100, ascending timeline, IP terms and team size are there"""
    found = check_brief(facts.brief)
    return found[0].reason if found else None


def sponsor_is_cleared(facts: ChallengeFacts) -> str | None:
    """the gate sponsor-cleared is open"""
    if facts.sponsor_cleared:
        return None
    return _("The transfer office has not cleared this sponsor yet.")


def terms_are_signed(facts: ChallengeFacts) -> str | None:
    """the challenge terms are signed"""
    if facts.terms_signed:
        return None
    return _("The sponsor has not signed the terms of the challenge yet.")


def applications_over(facts: ChallengeFacts) -> str | None:
    """the application deadline has passed"""
    return _passed(facts, facts.brief.timeline.applications_close_at)


def submissions_over(facts: ChallengeFacts) -> str | None:
    """the submission deadline has passed"""
    return _passed(facts, facts.brief.timeline.submission_at)


def demo_day_over(facts: ChallengeFacts) -> str | None:
    """demo day has come"""
    return _passed(facts, facts.brief.timeline.demo_day_at)


def _passed(facts: ChallengeFacts, deadline: datetime | None) -> str | None:
    if deadline is not None and facts.now > deadline:
        return None
    return _("The deadline has not passed yet.")


def entries_reviewed(facts: ChallengeFacts) -> str | None:
    """each entry has the least number of reviews, conflicts not counted"""
    short = sum(count < MIN_REVIEWS_PER_ENTRY for count in facts.reviews_per_entry)
    if not short:
        return None
    return _("%(short)d of %(all)d entries have fewer than %(least)d reviews.",
             short=short, all=len(facts.reviews_per_entry), least=MIN_REVIEWS_PER_ENTRY)


def has_option(facts: ChallengeFacts) -> str | None:
    """the terms give the sponsor an option"""
    if facts.brief.terms.option_period_days > 0:
        return None
    return _("The terms of this challenge give no option.")


def has_no_option(facts: ChallengeFacts) -> str | None:
    """the terms give the sponsor no option"""
    if facts.brief.terms.option_period_days <= 0:
        return None
    return _("The option of the sponsor comes first. It starts at demo day.")


def options_settled(facts: ChallengeFacts) -> str | None:
    """all options are exercised, waived or expired"""
    return _("An option is still running.") if facts.options_open else None


def has_reason(facts: ChallengeFacts) -> str | None:
    """a reason is given, and entrants are told"""
    if facts.reason.strip():
        return None
    return _("Say why. Everybody who entered is told the reason.")


LABELS: Final[Mapping[ChallengeState, Sentence]] = {
    ChallengeState.DRAFT: lazy("Draft"),
    ChallengeState.IN_REVIEW: lazy("In review"),
    ChallengeState.PUBLISHED: lazy("Open"),
    ChallengeState.CLOSED: lazy("Applications closed"),
    ChallengeState.JUDGING: lazy("Judging"),
    ChallengeState.DECIDED: lazy("Decided"),
    ChallengeState.OPTION_RUNNING: lazy("Option running"),
    ChallengeState.COMPLETED: lazy("Completed"),
    ChallengeState.CANCELLED: lazy("Cancelled"),
}

_C = ChallengeState

STEPS: Final[tuple[Step[ChallengeState, ChallengeFacts], ...]] = (
    step("submit", lazy("Send to review"), _C.DRAFT, _C.IN_REVIEW, "sponsor", brief_complete),
    step("request-changes", lazy("Ask for changes"), _C.IN_REVIEW, _C.DRAFT, "programme-lead",
         has_reason),
    step("approve", lazy("Publish"), _C.IN_REVIEW, _C.PUBLISHED, "programme-lead",
         brief_complete, sponsor_is_cleared, terms_are_signed),
    step("close", lazy("Close applications"), _C.PUBLISHED, _C.CLOSED, "system",
         applications_over),
    step("start-judging", lazy("Start judging"), _C.CLOSED, _C.JUDGING, "system",
         submissions_over),
    step("decide", lazy("Decide"), _C.JUDGING, _C.DECIDED, "sponsor, programme-lead",
         entries_reviewed),
    step("start-option", lazy("Start the option"), _C.DECIDED, _C.OPTION_RUNNING, "system",
         has_option, demo_day_over),
    step("complete", lazy("Complete"), _C.DECIDED, _C.COMPLETED, "programme-lead", has_no_option),
    step("settle-options", lazy("Complete after the option"), _C.OPTION_RUNNING, _C.COMPLETED,
         "system", options_settled),
    step("cancel", lazy("Cancel"), (_C.DRAFT, _C.IN_REVIEW, _C.PUBLISHED, _C.CLOSED),
         _C.CANCELLED, "programme-lead", has_reason),
)

CHALLENGE: Final = Machine("Challenge", ChallengeState.DRAFT, LABELS, STEPS)

PUBLIC_STATES: Final = frozenset({
    _C.PUBLISHED, _C.CLOSED, _C.JUDGING, _C.DECIDED, _C.OPTION_RUNNING, _C.COMPLETED,
})
"""States in which people of the edition may know of the challenge."""

OVER: Final = frozenset({_C.CANCELLED, _C.COMPLETED})
"""States that nothing leaves."""

LOCKED_STATES: Final = PUBLIC_STATES | {_C.CANCELLED}
LOCKED_FIELDS: Final = (
    "criteria", "terms", "prize", "team_min", "team_max", "max_teams", "confidentiality",
    "agreement_text", "agreement_days",
)
"""What publication locks: a team must be able to rely on it."""

FIELD_LABELS: Final[Mapping[str, Sentence]] = {
    "criteria": lazy("Criteria"),
    "terms": lazy("IP terms"),
    "prize": lazy("Prize"),
    "team_min": lazy("Smallest team"),
    "team_max": lazy("Largest team"),
    "max_teams": lazy("Number of teams"),
    "confidentiality": lazy("Confidentiality"),
    "agreement_text": lazy("Confidentiality agreement"),
    "agreement_days": lazy("Days that an agreement is valid"),
}


def due_step(state: str, facts: ChallengeFacts) -> str | None:
    """The step that time alone takes now, for the clock's job to take; None when there is none."""
    for one in CHALLENGE.allowed(state):
        if one.who == ("system",) and CHALLENGE.objection(state, one.name, facts) is None:
            return one.name
    return None


def is_locked(state: str, name: str) -> bool:
    """Whether the field of the brief can no longer change in this state."""
    return ChallengeState(state) in LOCKED_STATES and name in LOCKED_FIELDS


def check_change(state: str, old: Brief, new: Brief, now: datetime) -> list[Problem]:
    """What a change of the brief may not do in this state.

    After publication criteria, weights, IP terms, prize and sizes are locked, and a deadline may
    only move to later, for everybody; a deadline that has passed stays.
    """
    held = ChallengeState(state)
    if held not in LOCKED_STATES:
        return []
    if held in OVER:
        return [Problem("", _("This challenge is over. It cannot be changed any more."))]
    problems = [
        Problem(name, _("“%(field)s” is locked since the challenge was published.",
                        field=str(FIELD_LABELS[name])))
        for name in LOCKED_FIELDS if getattr(old, name) != getattr(new, name)
    ]
    for one in fields(Timeline):
        was, becomes = getattr(old.timeline, one.name), getattr(new.timeline, one.name)
        if was == becomes:
            continue
        if one.name == "decision_within_days":
            problems.append(Problem(one.name, _(
                "The time for the decision is locked since the challenge was published.")))
        elif becomes is None:
            problems.append(Problem(one.name, _("This date cannot be taken away any more.")))
        elif was is not None and was <= now:
            problems.append(Problem(one.name, _("This date has passed. It stays as it was.")))
        elif was is not None and becomes < was:
            problems.append(Problem(one.name, _(
                "Since the challenge was published, dates can only move to later.")))
    return problems + check_timeline(new.timeline)


def takes_entries(state: str, timeline: Timeline, now: datetime) -> bool:
    """Whether a team can enter now."""
    close = timeline.applications_close_at
    opens = timeline.opens_at
    return (state == ChallengeState.PUBLISHED and (opens is None or opens <= now)
            and close is not None and now <= close)


def state_at(state: str, timeline: Timeline, now: datetime) -> ChallengeState:
    """The state that the deadlines give, whether or not the clock's job has run yet.

    Only the two deadlines move it: what a page says and what an action refuses holds at the
    instant itself.
    """
    held = ChallengeState(state)
    facts = ChallengeFacts(now, Brief(timeline=timeline))
    for name in ("close", "start-judging"):
        if CHALLENGE.objection(held, name, facts) is None:
            held = CHALLENGE.step(held, name, facts)
    return held


def takes_questions(state: str) -> bool:
    """Whether entrants can still ask."""
    return ChallengeState(state) in {_C.PUBLISHED, _C.CLOSED}
