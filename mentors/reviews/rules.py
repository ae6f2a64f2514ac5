"""Reviews and panels: states, what a review must hold, who sees what and when, answers.

Nobody reviews a project with which they have a conflict; scores are hidden from other reviewers
until all are in, and from the team until they are released together. The arithmetic is in
`scoring.py`, the search for conflicts in `conflicts.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from mentors.reviews.definitions import HIGHEST, LOWEST, Rubric
from workspace.foundation.checks import Problem
from workspace.foundation.states import Machine, Sentence, Step, step
from workspace.foundation.text import _, lazy, ngettext

COMMENT_BELOW: Final = 3
"""A score below this needs a comment with one concrete next action."""
ANSWER_WITHIN_DAYS: Final = 5
"""Days without any sign of the reviewer after which the lead may give the review to another."""
FEEDBACK_DAYS: Final = 7
PLACES: Final = 1000
"""A place on a slide is counted in so many parts of its width and height."""
REMARKS: Final = "60 per hour"
"""How many comments a person may put on slides."""


class PanelState(StrEnum):
    """The review of one submission, by all its reviewers together."""

    REQUESTED = "requested"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in-progress"
    CONSOLIDATED = "consolidated"
    RELEASED_TO_TEAM = "released-to-team"
    ACKNOWLEDGED = "acknowledged"


class ReviewState(StrEnum):
    """One reviewer's part of a panel."""

    ASSIGNED = "assigned"
    IN_PROGRESS = "in-progress"
    SUBMITTED = "submitted"
    REASSIGNED = "reassigned"


class AnswerKind(StrEnum):
    """How a team answers one comment."""

    DONE = "done"
    WILL_DO = "will-do"
    DISAGREE = "disagree"
    QUESTION = "question"


ANSWER_LABELS: Final[Mapping[AnswerKind, Sentence]] = {
    AnswerKind.DONE: lazy("Done"),
    AnswerKind.WILL_DO: lazy("Will do"),
    AnswerKind.DISAGREE: lazy("Disagree, because"),
    AnswerKind.QUESTION: lazy("Question"),
}


@dataclass(frozen=True)
class Scored:
    """What a reviewer says about one criterion. `score` None means not assessable."""

    score: int | None
    comment: str = ""


@dataclass(frozen=True)
class ReviewFacts:
    """What the guards of one review look at."""

    rubric: Rubric | None = None
    scores: Mapping[str, Scored] = field(default_factory=dict)
    declared: bool = False
    """The reviewer has said that there is no conflict."""
    conflicts: tuple[str, ...] = ()
    """Sentences about conflicts that were found or declared."""
    days_silent: int = 0
    reason: str = ""


@dataclass(frozen=True)
class PanelFacts:
    """What the guards of a panel look at. Reviews that were reassigned do not count."""

    reviewers: int = 0
    submitted: int = 0
    min_reviews: int = 1


# Guards


def no_conflict(facts: ReviewFacts) -> str | None:
    """no conflict is found or declared"""
    return facts.conflicts[0] if facts.conflicts else None


def conflict_declared(facts: ReviewFacts) -> str | None:
    """the reviewer has declared that there is no conflict"""
    if facts.declared:
        return None
    return _("Say first whether you have a conflict of interest with this team.")


def rubric_complete(facts: ReviewFacts) -> str | None:
    """every criterion is scored or not assessable, and low scores have a comment"""
    if facts.rubric is None:
        return _("Choose a rubric first.")
    found = check_complete(facts.rubric, facts.scores)
    return found[0].reason if found else None


def may_reassign(facts: ReviewFacts) -> str | None:
    """a conflict, five days without an answer, or a reason"""
    silent = facts.days_silent >= ANSWER_WITHIN_DAYS
    if facts.conflicts or silent or facts.reason.strip():
        return None
    return _("Say why another reviewer takes over.")


def has_reviewers(facts: PanelFacts) -> str | None:
    """the least number of reviewers is assigned"""
    if facts.reviewers >= facts.min_reviews:
        return None
    short = facts.min_reviews - facts.reviewers
    return ngettext("Assign %(num)d more reviewer.", "Assign %(num)d more reviewers.", short)


def all_submitted(facts: PanelFacts) -> str | None:
    """all assigned reviewers have submitted, and there are enough of them"""
    open_reviews = facts.reviewers - facts.submitted
    if open_reviews > 0:
        return ngettext("%(num)d review is not submitted yet.",
                        "%(num)d reviews are not submitted yet.", open_reviews)
    return has_reviewers(facts)


PANEL_LABELS: Final[Mapping[PanelState, Sentence]] = {
    PanelState.REQUESTED: lazy("Waits for reviewers"),
    PanelState.ASSIGNED: lazy("Reviewers assigned"),
    PanelState.IN_PROGRESS: lazy("In progress"),
    PanelState.CONSOLIDATED: lazy("All reviews in"),
    PanelState.RELEASED_TO_TEAM: lazy("Released to the team"),
    PanelState.ACKNOWLEDGED: lazy("Read by the team"),
}
REVIEW_LABELS: Final[Mapping[ReviewState, Sentence]] = {
    ReviewState.ASSIGNED: lazy("Assigned"),
    ReviewState.IN_PROGRESS: lazy("In progress"),
    ReviewState.SUBMITTED: lazy("Submitted"),
    ReviewState.REASSIGNED: lazy("Given to another reviewer"),
}

_P, _R = PanelState, ReviewState

PANEL_STEPS: Final[tuple[Step[PanelState, PanelFacts], ...]] = (
    step("assign", lazy("Assign reviewers"), _P.REQUESTED, _P.ASSIGNED, "programme-lead",
         has_reviewers),
    step("unassign", lazy("Look for reviewers again"), (_P.ASSIGNED, _P.IN_PROGRESS),
         _P.REQUESTED, "programme-lead"),
    step("start", lazy("Start"), _P.ASSIGNED, _P.IN_PROGRESS, "system"),
    step("consolidate", lazy("Put the reviews together"), _P.IN_PROGRESS, _P.CONSOLIDATED,
         "programme-lead, system", all_submitted),
    step("release", lazy("Release to the team"), _P.CONSOLIDATED, _P.RELEASED_TO_TEAM,
         "programme-lead"),
    step("acknowledge", lazy("Mark as read"), _P.RELEASED_TO_TEAM, _P.ACKNOWLEDGED, "team"),
)
REVIEW_STEPS: Final[tuple[Step[ReviewState, ReviewFacts], ...]] = (
    step("start", lazy("Start"), _R.ASSIGNED, _R.IN_PROGRESS, "reviewer",
         conflict_declared, no_conflict),
    step("submit", lazy("Submit the review"), _R.IN_PROGRESS, _R.SUBMITTED, "reviewer",
         no_conflict, rubric_complete),
    step("reassign", lazy("Give to another reviewer"), (_R.ASSIGNED, _R.IN_PROGRESS),
         _R.REASSIGNED, "programme-lead, reviewer", may_reassign),
)

PANEL: Final = Machine("Review panel", PanelState.REQUESTED, PANEL_LABELS, PANEL_STEPS)
REVIEW: Final = Machine("Review", ReviewState.ASSIGNED, REVIEW_LABELS, REVIEW_STEPS)

TEAM_READS: Final = frozenset({_P.RELEASED_TO_TEAM, _P.ACKNOWLEDGED})
"""States of a panel in which the team reads scores and comments."""
REVIEWERS_READ: Final = TEAM_READS | {_P.CONSOLIDATED}


def check_scores(rubric: Rubric, scores: Mapping[str, Scored]) -> list[Problem]:
    """Problems of a draft, which may be incomplete: unknown criteria and levels off the scale."""
    known = {criterion.id for criterion in rubric.criteria}
    problems = []
    for criterion_id, scored in scores.items():
        if criterion_id not in known:
            problems.append(Problem(criterion_id, _("This criterion is not in the rubric.")))
        elif scored.score is None:
            if not rubric.allows_not_assessable:
                problems.append(Problem(criterion_id, _("Choose a level.")))
        elif not LOWEST <= scored.score <= HIGHEST:
            problems.append(Problem(criterion_id, _("Choose a level from %(low)d to %(high)d.",
                                                    low=LOWEST, high=HIGHEST)))
    return problems


def check_complete(rubric: Rubric, scores: Mapping[str, Scored]) -> list[Problem]:
    """Everything that keeps a review from being submitted; `field` is the criterion's id."""
    problems = check_scores(rubric, scores)
    wrong = {problem.field for problem in problems}
    for criterion in rubric.criteria:
        scored = scores.get(criterion.id)
        if criterion.id in wrong:
            continue
        if scored is None:
            problems.append(Problem(criterion.id, _("Choose a level for “%(criterion)s”.",
                                                    criterion=criterion.title)))
        elif scored.score is None or scored.score >= COMMENT_BELOW:
            continue
        elif not scored.comment.strip():
            problems.append(Problem(criterion.id, _(
                "“%(criterion)s” has a low level. Write one concrete next action.",
                criterion=criterion.title)))
    if not problems and all(scored.score is None for scored in scores.values()):
        problems.append(Problem("", _("Give a level for at least one criterion.")))
    return problems


@dataclass(frozen=True)
class Onlooker:
    """Who wants to read a panel: the part of the person that decides it."""

    is_team: bool = False
    is_lead: bool = False
    is_reviewer: bool = False


def may_read_scores(state: str, onlooker: Onlooker) -> bool:
    """Whether the person may read all reviews of a panel in this state (her own she always may).

    The programme lead reads them from the start, reviewers when all are in, the team when they
    are released. A private remark is for the lead alone.
    """
    if onlooker.is_team:
        return state in TEAM_READS
    if onlooker.is_lead:
        return True
    return onlooker.is_reviewer and state in REVIEWERS_READ


def check_answer(kind: str, text: str) -> list[Problem]:
    """Problems of a team's answer to a comment: disagreeing and asking need words."""
    if kind not in set(AnswerKind):
        return [Problem("kind", _("Choose an answer."))]
    if AnswerKind(kind) is AnswerKind.DISAGREE and not text.strip():
        return [Problem("text", _("Say why you disagree."))]
    if AnswerKind(kind) is AnswerKind.QUESTION and not text.strip():
        return [Problem("text", _("Write your question."))]
    return []


def becomes_task(kind: str) -> bool:
    """Whether the answer is a promise that can become a task."""
    return kind == AnswerKind.WILL_DO


def score_key(review: str, criterion: str) -> str:
    """The name of a comment on a criterion, by the public id of its review."""
    return f"score.{review}.{criterion}"


def pin_key(pin: str) -> str:
    """The name of a comment on a slide, by its own public id."""
    return f"pin.{pin}"


def feedback_key(review: str, name: str) -> str:
    """The name of what was written in a field, by the public id of its review."""
    return f"feedback.{review}.{name}"


def unanswered(comments: Collection[str], answered: Collection[str]) -> int:
    """How many comments the team has still to answer."""
    return len(set(comments) - set(answered))
