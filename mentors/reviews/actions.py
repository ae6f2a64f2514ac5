"""Assigning, scoring, pinning, submitting, releasing, answering."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, select

from mentors.reviews import conflicts, definitions, facts, queries, rules
from mentors.reviews.models import (
    CommentAnswer,
    DeclaredConflict,
    FeedbackTask,
    Panel,
    Pin,
    Review,
    ReviewScore,
)
from workspace.accounts.models import Person
from workspace.foundation import checks
from workspace.foundation.access import Actor
from workspace.foundation.clock import now as present
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.history import record_step
from workspace.foundation.text import lazy
from workspace.grants import actions as grants
from workspace.grants.facts import GrantGiven
from workspace.submissions import actions as submissions
from workspace.submissions.facts import EntryStepped, SubmissionMade, SubmissionWithdrawn
from workspace.submissions.models import Submission
from workspace.submissions.rules import Purpose
from workspace.teams.access import MEMBERS
from workspace.teams.models import Member

NOBODY = Actor()
RUBRIC = "pitch-deck"
MOST_PINS = 200
ROLES = ("reviewer", "submission-reader")
"""Assigned, and allowed to read: the deck opens only after the declaration."""


@dataclass(frozen=True)
class ReviewDraft:
    """What a reviewer typed so far: criterion -> (level or None, not assessable, comment)."""

    scores: Mapping[str, tuple[int | None, bool, str]]
    feedback: Mapping[str, str]
    remark: str


def open_panel(fact: SubmissionMade) -> None:
    """A pitch was handed in: its review begins. Listens inside the transaction."""
    if fact.purpose != Purpose.PITCH_REVIEW:
        return
    submission = session().get_one(Submission, fact.submission_id)
    assert submission.submitted_at is not None
    session().add(
        Panel(
            submission_id=submission.id, team_id=submission.team_id, rubric=RUBRIC,
            min_reviews=definitions.rubric(RUBRIC).pass_rule.min_reviews,
            due_at=submission.submitted_at + timedelta(days=rules.FEEDBACK_DAYS),
        )
    )
    session().flush()


def close_panel(fact: SubmissionWithdrawn) -> None:
    """The team took its submission back: reviewers lose sight of it."""
    panel = session().scalar(select(Panel).where(Panel.submission_id == fact.submission_id))
    if panel is None:
        return
    for review in queries.counted(panel):
        grants.end(NOBODY, review.reviewer_id, ROLES, "submission", fact.submission_id,
                   present())


def look_again(fact: GrantGiven) -> None:
    """Somebody got a role: reviews that are a conflict from now on go to others at once."""
    if fact.scope_kind == "team" and fact.role in MEMBERS:
        _give_away(Panel.team_id == fact.scope_id)
    elif fact.scope_kind == "organisation":
        own = select(Member.team_id).where(Member.person_id == fact.person_id)
        _give_away(or_(Review.reviewer_id == fact.person_id, Panel.team_id.in_(own)))


def look_at_sponsor(fact: EntryStepped) -> None:
    """A team entered a challenge: people of its sponsor no longer review the team."""
    _give_away(Panel.team_id == fact.team_id)


def _give_away(which: ColumnElement[bool]) -> None:
    found = session().scalars(
        select(Review)
        .join(Panel, Review.panel_id == Panel.id)
        .where(which, Review.state.in_((rules.ReviewState.ASSIGNED, rules.ReviewState.IN_PROGRESS)))
        .order_by(Review.id)
    ).all()
    for review in found:
        if queries.conflicts_of(review.reviewer_id, review.panel.team):
            announce(facts.ConflictFound(None, review.panel.team_id, review.id))
            take_away(NOBODY, review, "", present())


def _lock_panel(panel: Panel) -> Panel:
    return session().scalars(
        select(Panel).where(Panel.id == panel.id).with_for_update(of=Panel)
        .execution_options(populate_existing=True)
    ).one()


def _lock(review: Review) -> Review:
    return session().scalars(
        select(Review).where(Review.id == review.id).with_for_update(of=Review)
        .execution_options(populate_existing=True)
    ).one()


def _step_panel(actor: Actor, panel: Panel, name: str, now: datetime,
                fact: type[facts.PanelStepped] = facts.PanelStepped) -> None:
    source = panel.state
    target = rules.PANEL.step(source, name, queries.facts_of(panel))
    panel.state = target
    record_step("panel", panel.id, name, source, target, actor.person_id, now)
    announce(fact(actor.person_id, panel.team_id, panel.id, name, source, target))


def _step_review(actor: Actor, review: Review, name: str, now: datetime, reason: str = "",
                 fact: type[facts.ReviewStepped] = facts.ReviewStepped) -> None:
    source = review.state
    target = rules.REVIEW.step(source, name, queries.review_facts(review, reason))
    review.state = target
    session().flush()
    record_step("review", review.id, name, source, target, actor.person_id, now, reason)
    announce(fact(actor.person_id, review.panel.team_id, review.id, name, source, target))


def assign(actor: Actor, panel: Panel, person: Person, now: datetime) -> Review:
    """Ask somebody to review. Refused when a conflict is found or declared."""
    panel = _lock_panel(panel)
    if panel.state not in {rules.PanelState.REQUESTED, rules.PanelState.ASSIGNED,
                           rules.PanelState.IN_PROGRESS}:
        raise Refused(lazy("All reviews are in. Nobody can be added any more."), field="person")
    if panel.submission.state != "submitted":
        raise Refused(lazy("This version is no longer handed in."), field="person")
    if person.id == actor.person_id:
        raise Refused(lazy("You read all reviews of this panel, so you cannot write one. Ask "
                           "somebody else."), field="person")
    hits = queries.conflicts_of(person.id, panel.team)
    if hits:
        raise Refused(
            lazy("%(name)s cannot review this team. %(reason)s", name=person.name, reason=hits[0]),
            field="person", code="conflict",
        )
    review = session().scalar(
        select(Review).where(Review.panel_id == panel.id, Review.reviewer_id == person.id)
    )
    if review is not None:
        raise Refused(lazy("%(name)s is or was on this panel already.", name=person.name),
                      field="person")
    review = Review(panel_id=panel.id, reviewer_id=person.id, assigned_by_id=actor.person_id)
    review.panel, review.reviewer = panel, person
    session().add(review)
    session().flush()
    grants.give(actor, person.id, "reviewer", "submission", panel.submission_id, now,
                basis="assignment", basis_id=review.id)
    announce(
        facts.ReviewerAssigned(actor.person_id, panel.team_id, panel.id, review.id, person.id)
    )
    if panel.state == rules.PanelState.REQUESTED and not rules.PANEL.objection(
        panel.state, "assign", queries.facts_of(panel)
    ):
        _step_panel(actor, panel, "assign", now)
        if any(it.state != rules.ReviewState.ASSIGNED for it in queries.counted(panel)):
            _step_panel(NOBODY, panel, "start", now)  # somebody has begun before the last was asked
    return review


def take_away(actor: Actor, review: Review, reason: str, now: datetime) -> None:
    """Give the review to somebody else; the person sees nothing of it from now on."""
    review = _lock(review)
    _step_review(actor, review, "reassign", now, reason)
    grants.end(actor, review.reviewer_id, ROLES, "submission",
               review.panel.submission_id, now)
    panel = _lock_panel(review.panel)
    if panel.state in {rules.PanelState.ASSIGNED, rules.PanelState.IN_PROGRESS}:
        if queries.facts_of(panel).reviewers < panel.min_reviews:
            _step_panel(actor, panel, "unassign", now)
        else:
            _finish_if_complete(actor, panel, now)


def declare(actor: Actor, review: Review, kind: str, now: datetime) -> bool:
    """Say whether there is a conflict; "" means none. With one, the review goes to others.

    Returns whether the reviewer may go on.
    """
    assert actor.person_id is not None
    review = _lock(review)
    if kind == "":
        review.declared_at = review.declared_at or now
        grants.give(actor, review.reviewer_id, "submission-reader", "submission",
                    review.panel.submission_id, now, basis="assignment", basis_id=review.id)
        if review.state == rules.ReviewState.ASSIGNED:
            _step_review(actor, review, "start", now)
            panel = _lock_panel(review.panel)
            if panel.state == rules.PanelState.ASSIGNED:
                _step_panel(NOBODY, panel, "start", now)
        return True
    if kind not in {it.value for it in conflicts.DECLARABLE}:
        raise Refused(lazy("Choose what kind of conflict it is."), field="kind")
    session().add(
        DeclaredConflict(person_id=review.reviewer_id, team_id=review.panel.team_id, kind=kind,
                         declared_by_id=actor.person_id)
    )
    session().flush()
    announce(
        facts.ConflictDeclared(actor.person_id, review.panel.team_id, review.reviewer_id, kind)
    )
    take_away(actor, review, "", now)
    return False


def _writable(review: Review) -> None:
    if review.state == rules.ReviewState.SUBMITTED:
        raise Refused(lazy("You have submitted this review. It stays as it is."), code="state",
                      status=409)
    if review.state != rules.ReviewState.IN_PROGRESS:
        raise Refused(lazy("Say first whether you have a conflict of interest with this team."),
                      code="state", status=409)


def save(actor: Actor, review: Review, draft: ReviewDraft, now: datetime) -> None:
    """Keep what was typed; nothing has to be complete."""
    review = _lock(review)
    _writable(review)
    rubric = queries.rubric_of(review.panel)
    known = {it.id for it in rubric.criteria}
    checks.refuse(
        rules.check_scores(
            rubric,
            {key: rules.Scored(None if bare else level, comment)
             for key, (level, bare, comment) in draft.scores.items() if level is not None or bare},
        )
    )
    rows = {it.criterion: it for it in review.scores}
    for key, (level, bare, comment) in draft.scores.items():
        if key not in known:
            continue
        row = rows.get(key)
        if row is None:
            row = ReviewScore(review_id=review.id, criterion=key)
            session().add(row)
        row.score, row.not_assessable, row.comment = (None if bare else level), bare, comment
    fields = {it.id for it in definitions.built_in().feedback}
    review.feedback = {key: text for key, text in draft.feedback.items()
                       if key in fields and text.strip()}
    review.remark = draft.remark
    review.saved_at = now
    session().flush()
    session().expire(review, ["scores"])
    announce(facts.ReviewSaved(actor.person_id, review.panel.team_id, review.id))


def add_pin(actor: Actor, review: Review, page: int, x: int, y: int, text: str,
            now: datetime) -> Pin:
    """Put a comment on a slide."""
    review = _lock(review)
    _writable(review)
    deck = review.panel.submission.deck
    if deck is None or page < 1 or page > max(len(deck.pages), 1):
        raise Refused(lazy("There is no such slide."), field="page")
    if len(review.pins) >= MOST_PINS:
        raise Refused(lazy("That is the most comments on one deck."), field="text")
    pin = Pin(review_id=review.id, page=page, x=min(max(x, 0), rules.PLACES),
              y=min(max(y, 0), rules.PLACES), text=text)
    session().add(pin)
    session().flush()
    session().expire(review, ["pins"])
    announce(facts.ReviewSaved(actor.person_id, review.panel.team_id, review.id))
    return pin


def remove_pin(actor: Actor, pin: Pin, now: datetime) -> None:
    """Take a comment off a slide."""
    review = _lock(pin.review)
    _writable(review)
    session().delete(pin)
    session().flush()
    session().expire(review, ["pins"])
    announce(facts.ReviewSaved(actor.person_id, review.panel.team_id, review.id))


def submit(actor: Actor, review: Review, now: datetime) -> None:
    """Finish a review. Posted twice, the second finds it finished and changes nothing."""
    review = _lock(review)
    if review.state == rules.ReviewState.SUBMITTED:
        return
    problems = rules.check_complete(queries.rubric_of(review.panel), queries.scored(review))
    for problem in problems:
        raise Refused(problem.reason, field=f"score-{problem.field}" if problem.field else None)
    _step_review(actor, review, "submit", now, fact=facts.ReviewSubmitted)
    review.submitted_at = now
    _finish_if_complete(actor, _lock_panel(review.panel), now)


def _finish_if_complete(actor: Actor, panel: Panel, now: datetime) -> None:
    if panel.state == rules.PanelState.IN_PROGRESS and not rules.PANEL.objection(
        panel.state, "consolidate", queries.facts_of(panel)
    ):
        _step_panel(NOBODY, panel, "consolidate", now)


def release(actor: Actor, panel: Panel, now: datetime) -> None:
    """Let the team read all reviews together. Asked again it changes nothing."""
    panel = _lock_panel(panel)
    if panel.state in rules.TEAM_READS:
        return
    _step_panel(actor, panel, "release", now, facts.ReviewReleased)
    panel.released_at = now
    submissions.mark_reviewed(panel.submission, now)


@dataclass(frozen=True)
class AnswerDraft:
    """The team's answer to one comment; a promise becomes a task."""

    comment: str
    kind: str
    text: str
    owner_id: int | None = None
    due_on: date | None = None


def answer(actor: Actor, panel: Panel, draft: AnswerDraft, now: datetime) -> CommentAnswer:
    """Answer one comment; an answer may be changed, the newest counts."""
    assert actor.person_id is not None
    panel = _lock_panel(panel)
    comment = next((it for it in queries.comments_of(panel) if it.key == draft.comment), None)
    if comment is None:
        raise Refused(lazy("This comment is not there."), field="kind")
    checks.refuse(rules.check_answer(draft.kind, draft.text))
    if draft.owner_id is not None and draft.owner_id not in {
        it.person_id for it in panel.team.present
    }:
        raise Refused(lazy("Choose a member of the team."), field="owner")
    found = comment.answer
    if found is None:
        found = CommentAnswer(panel_id=panel.id, comment=draft.comment,
                              answered_by_id=actor.person_id, kind=draft.kind)
        session().add(found)
    found.kind, found.text, found.answered_by_id = draft.kind, draft.text, actor.person_id
    if rules.becomes_task(draft.kind) and comment.task is None:
        session().add(
            FeedbackTask(
                team_id=panel.team_id, panel_id=panel.id, comment=draft.comment,
                title=(draft.text or comment.text)[:500], owner_id=draft.owner_id,
                due_on=draft.due_on,
            )
        )
    elif comment.task is not None and draft.kind == rules.AnswerKind.DONE:
        comment.task.done_at = comment.task.done_at or now
    session().flush()
    announce(facts.CommentAnswered(actor.person_id, panel.team_id, panel.id, draft.kind))
    if panel.state == rules.PanelState.RELEASED_TO_TEAM:
        _step_panel(actor, panel, "acknowledge", now)
    return found


def finish_task(actor: Actor, task: FeedbackTask, done: bool, now: datetime) -> None:
    """Keep a promise, or open it again."""
    if (task.done_at is not None) == done:
        return
    task.done_at = now if done else None
    announce(facts.TaskDone(actor.person_id, task.team_id, task.id, done))
