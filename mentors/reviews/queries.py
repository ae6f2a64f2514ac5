"""Questions about panels and reviews."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Text,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import joinedload, lazyload, selectinload

from mentors.reviews import conflicts, definitions, rules, scoring
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
from workspace.challenges.models import Challenge
from workspace.foundation.access import Actor, visible
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.once import asked_once
from workspace.foundation.text import decimals
from workspace.foundation.web import current_actor
from workspace.grants.models import Grant
from workspace.grants.queries import in_force
from workspace.programmes.models import Edition
from workspace.submissions.models import Entry, Submission
from workspace.submissions.rules import ENTRANT_STATES, EntryState
from workspace.teams.models import Member, Team


@asked_once
def panels_of(actor: Actor, edition: Edition) -> Sequence[tuple[Panel, rules.PanelFacts]]:
    """Panels of the edition with what their guards look at, those that wait first."""

    def number(which: ColumnElement[bool]) -> ScalarSelect[int]:
        return select(func.count(Review.id)).where(
            Review.panel_id == Panel.id, which
        ).correlate(Panel).scalar_subquery()

    order = [it.value for it in rules.PanelState]
    rows = session().execute(
        visible(actor, Panel).join(Team, Panel.team_id == Team.id)
        .where(Team.edition_id == edition.id)
        .add_columns(number(Review.state != rules.ReviewState.REASSIGNED),
                     number(Review.state == rules.ReviewState.SUBMITTED))
        .options(joinedload(Panel.submission).lazyload(Submission.team))
    ).all()
    found = [
        (panel, rules.PanelFacts(reviewers, submitted, panel.min_reviews))
        for panel, reviewers, submitted in rows
    ]
    return sorted(found, key=lambda it: (order.index(it[0].state), it[0].id))


@asked_once
def my_reviews(actor: Actor) -> Sequence[Review]:
    """The person's own reviews: open ones by date, then finished ones."""
    return _in_turn(session().scalars(
        visible(actor, Review).where(Review.reviewer_id == actor.person_id)
    ).all())


def open_reviews(actor: Actor) -> ScalarSelect[int]:
    """How many of the person's own reviews are not submitted."""
    return visible(actor, Review).where(
        Review.reviewer_id == actor.person_id, Review.state != rules.ReviewState.SUBMITTED
    ).with_only_columns(func.count(Review.id)).scalar_subquery()


def beside(actor: Actor, review: Review) -> tuple[list[Review], Review | None]:
    """The other reviews of its panel that the reviewer may read, and what she reviews next."""
    rows = session().scalars(
        visible(actor, Review)
        .where(Review.id != review.id,
               or_(Review.panel_id == review.panel_id, Review.reviewer_id == actor.person_id))
        .order_by(Review.id)
    ).all()
    mine = _in_turn([it for it in rows if it.reviewer_id == actor.person_id])
    return (
        [it for it in rows if it.panel_id == review.panel_id],
        next((it for it in mine if it.state != rules.ReviewState.SUBMITTED), None),
    )


def _in_turn(reviews: Sequence[Review]) -> list[Review]:
    return sorted(
        reviews, key=lambda it: (it.state == "submitted", it.panel.due_at is None,
                                 it.panel.due_at or it.created_at, it.id),
    )


@asked_once
def counted(panel: Panel) -> list[Review]:
    """Reviews that count: not given to somebody else."""
    return list(
        session().scalars(
            select(Review)
            .where(Review.panel_id == panel.id, Review.state != rules.ReviewState.REASSIGNED)
            .options(selectinload(Review.scores), selectinload(Review.pins))
            .order_by(Review.id)
        )
    )


def facts_of(panel: Panel) -> rules.PanelFacts:
    """What the guards of a panel look at."""
    found = counted(panel)
    return rules.PanelFacts(
        len(found), sum(it.state == rules.ReviewState.SUBMITTED for it in found),
        panel.min_reviews,
    )


@asked_once
def team_ties(team: Team) -> conflicts.TeamTies:
    """What is known of the team: everybody who ever belonged to it, their houses, the sponsors."""
    members = session().scalars(select(Member).where(Member.team_id == team.id)).all()
    people = frozenset(it.person_id for it in members)
    houses = {it.organisation_id for it in members if it.organisation_id is not None}
    houses |= set(
        session().scalars(
            select(Grant.scope_id).where(
                Grant.person_id.in_(people), Grant.scope_kind == "organisation", in_force(now())
            )
        )
    )
    houses.add(team.home_organisation_id)
    sponsors = frozenset(
        session().scalars(
            select(Challenge.organisation_id)
            .join(Entry, Entry.challenge_id == Challenge.id)
            .where(Entry.team_id == team.id, Entry.state != EntryState.WITHDRAWN)
        )
    )
    return conflicts.TeamTies(people, frozenset(houses), sponsors)


def reviewer_ties(person_id: int, team: Team) -> conflicts.ReviewerTies:
    """What is known of somebody who may review this team."""
    return _ties_of([person_id], team)[person_id]


def _ties_of(people: Collection[int], team: Team) -> dict[int, conflicts.ReviewerTies]:
    """The same of several people, in two questions."""
    houses: dict[int, set[int]] = {it: set() for it in people}
    for person_id, house in session().execute(
        select(Grant.person_id, Grant.scope_id).where(
            Grant.person_id.in_(people), Grant.scope_kind == "organisation", in_force(now())
        )
    ):
        houses[person_id].add(house)
    declared: dict[int, set[str]] = {it: set() for it in people}
    for person_id, kind in session().execute(
        select(DeclaredConflict.person_id, DeclaredConflict.kind).where(
            DeclaredConflict.person_id.in_(people), DeclaredConflict.team_id == team.id
        )
    ):
        declared[person_id].add(kind)
    return {
        it: conflicts.ReviewerTies(it, frozenset(houses[it]), frozenset(declared[it]))
        for it in people
    }


def conflicts_of(person_id: int, team: Team) -> tuple[str, ...]:
    """Everything that stands in the way of this person reviewing this team."""
    return tuple(
        it.sentence for it in conflicts.find(reviewer_ties(person_id, team), team_ties(team))
    )


@dataclass(frozen=True)
class Candidate:
    """Somebody who could review, and what stands in the way."""

    person: Person
    conflicts: tuple[str, ...]
    load: int
    """Open reviews that the person has now."""


def candidates(panel: Panel) -> list[Candidate]:
    """Mentors and reviewers of the edition who are not on the panel, free ones first."""
    team_ids = select(Team.id).where(Team.edition_id == panel.team.edition_id)
    taken = [it.reviewer_id for it in counted(panel)]
    editions_panels = select(Panel.id).where(Panel.team_id.in_(team_ids))
    load = select(func.count(Review.id)).where(
        Review.reviewer_id == Person.id,
        Review.state.in_((rules.ReviewState.ASSIGNED, rules.ReviewState.IN_PROGRESS)),
    ).correlate(Person)
    people = session().execute(
        select(Person, load.scalar_subquery())
        .where(
            Person.active,
            Person.id.not_in(taken),
            or_(
                Person.id.in_(
                    select(Grant.person_id).where(
                        Grant.role == "mentor", Grant.scope_kind == "team",
                        Grant.scope_id.in_(team_ids), in_force(now()),
                    )
                ),
                Person.id.in_(
                    select(Review.reviewer_id).where(Review.panel_id.in_(editions_panels))
                ),
            ),
        )
        .order_by(Person.name)
    ).all()
    ties = team_ties(panel.team)
    theirs = _ties_of([person.id for person, _load in people], panel.team)
    found = [
        Candidate(person, tuple(it.sentence for it in conflicts.find(theirs[person.id], ties)),
                  busy)
        for person, busy in people
    ]
    return sorted(found, key=lambda it: (bool(it.conflicts), it.load, it.person.name))


def rubric_of(panel: Panel) -> definitions.Rubric:
    """The rubric that the panel scores with."""
    return definitions.rubric(panel.rubric)


def scored(review: Review) -> dict[str, rules.Scored]:
    """What the reviewer said so far, by criterion."""
    return {
        it.criterion: rules.Scored(it.score, it.comment)
        for it in review.scores if it.score is not None or it.not_assessable
    }


def levels(review: Review) -> dict[str, int | None]:
    """Levels alone, for the arithmetic."""
    return {it.criterion: it.score for it in review.scores
            if it.score is not None or it.not_assessable}


def review_facts(review: Review, reason: str = "") -> rules.ReviewFacts:
    """What the guards of a review look at."""
    return rules.ReviewFacts(
        rubric=rubric_of(review.panel), scores=scored(review),
        declared=review.declared_at is not None,
        conflicts=conflicts_of(review.reviewer_id, review.panel.team),
        days_silent=(now() - review.created_at).days
        if review.state == rules.ReviewState.ASSIGNED else 0,
        reason=reason,
    )


def summary(panel: Panel) -> scoring.Summary:
    """The panel put together."""
    submitted = [it for it in counted(panel) if it.state == rules.ReviewState.SUBMITTED]
    return scoring.consolidate(rubric_of(panel), [levels(it) for it in submitted])


def summaries(panels: Sequence[Panel]) -> dict[int, scoring.Summary]:
    """Each of the panels put together, by its number, in one question."""
    levels_of: dict[int, dict[int, dict[str, int | None]]] = {it.id: {} for it in panels}
    rows = session().execute(
        select(Review.panel_id, Review.id, ReviewScore)
        .outerjoin(ReviewScore, ReviewScore.review_id == Review.id)
        .where(Review.panel_id.in_(levels_of), Review.state == rules.ReviewState.SUBMITTED)
        .order_by(Review.id, ReviewScore.id)
    ) if panels else ()
    for panel_id, review_id, it in rows:
        found = levels_of[panel_id].setdefault(review_id, {})
        if it is not None and (it.score is not None or it.not_assessable):
            found[it.criterion] = it.score
    return {
        it.id: scoring.consolidate(rubric_of(it), list(levels_of[it.id].values()))
        for it in panels
    }


@dataclass(frozen=True)
class Comment:
    """One comment that the team answers."""

    key: str
    where: str
    who: str
    text: str
    answer: CommentAnswer | None
    task: FeedbackTask | None


def comments_of(panel: Panel) -> list[Comment]:
    """Every comment of the submitted reviews, with the team's answers."""
    answers = {
        it.comment: it for it in session().scalars(
            select(CommentAnswer).where(CommentAnswer.panel_id == panel.id)
        )
    }
    tasks = {
        it.comment: it for it in session().scalars(
            select(FeedbackTask).where(FeedbackTask.panel_id == panel.id)
        )
    }
    rubric = rubric_of(panel)
    fields = {it.id: it.title for it in definitions.built_in().feedback}
    found: list[Comment] = []

    def add(key: str, where: str, who: str, text: str) -> None:
        if text.strip():
            found.append(Comment(key, where, who, text, answers.get(key), tasks.get(key)))

    for review in counted(panel):
        if review.state != rules.ReviewState.SUBMITTED:
            continue
        who = review.reviewer.name
        by_criterion = {it.criterion: it for it in review.scores}
        for criterion in rubric.criteria:
            score = by_criterion.get(criterion.id)
            if score is not None:
                add(rules.score_key(review.public_id, criterion.id), criterion.title, who,
                    score.comment)
        for pin in review.pins:
            add(rules.pin_key(pin.public_id), str(pin.page), who, pin.text)
        for field, text in review.feedback.items():
            add(rules.feedback_key(review.public_id, field), fields.get(field, field), who,
                str(text))
    return found


def reviews_per_entry(challenge_id: int) -> list[int]:
    """Submitted reviews for each entry in the running."""
    teams = session().scalars(
        select(Entry.team_id).where(
            Entry.challenge_id == challenge_id, Entry.state.in_(ENTRANT_STATES)
        )
    ).all()
    return [
        session().scalar(
            select(func.count())
            .select_from(Review)
            .join(Panel, Review.panel_id == Panel.id)
            .where(Panel.team_id == team_id, Review.state == rules.ReviewState.SUBMITTED)
        )
        or 0
        for team_id in teams
    ]


def released_panels(actor: Actor, team: Team) -> Sequence[Panel]:
    """Panels whose reviews the team reads, newest first."""
    return session().scalars(
        visible(actor, Panel)
        .where(Panel.team_id == team.id, Panel.state.in_(rules.TEAM_READS))
        .order_by(Panel.id.desc())
    ).all()


@asked_once
def released(actor: Actor, team: Team) -> tuple[list[Panel], list[FeedbackTask]]:
    """Panels whose reviews the team reads, newest first, and its promises that are not kept yet."""
    rows = session().execute(
        visible(actor, Panel)
        .where(Panel.team_id == team.id, Panel.state.in_(rules.TEAM_READS))
        .outerjoin(FeedbackTask, and_(FeedbackTask.panel_id == Panel.id,
                                      FeedbackTask.done_at.is_(None)))
        .add_columns(FeedbackTask)
        .order_by(Panel.id.desc())
        .options(lazyload(Panel.submission), lazyload(Panel.team), joinedload(FeedbackTask.owner))
    ).all()
    tasks = [it for _panel, it in rows if it is not None]
    return (
        list(dict.fromkeys(panel for panel, _task in rows)),
        sorted(tasks, key=lambda it: (it.due_on or date.max, it.id)),
    )


def unanswered(panels: Sequence[Panel]) -> dict[int, int]:
    """How many of the comments (`comments_of`) of each panel wait for the team's answer, by the
    panel's number; in one question for all."""
    if not panels:
        return {}
    none = literal("")
    texts = [
        select(Review.panel_id, literal("score"), Review.public_id, ReviewScore.criterion,
               ReviewScore.comment).join(ReviewScore, ReviewScore.review_id == Review.id),
        select(Review.panel_id, literal("pin"), Pin.public_id, none, Pin.text)
        .join(Pin, Pin.review_id == Review.id),
        select(Review.panel_id, literal("feedback"), Review.public_id, none,
               cast(Review.feedback, Text)),
    ]
    ids = [it.id for it in panels]
    rows = session().execute(union_all(
        *(it.where(Review.panel_id.in_(ids), Review.state == rules.ReviewState.SUBMITTED)
          for it in texts),
        select(CommentAnswer.panel_id, literal("answer"), CommentAnswer.comment, none, none)
        .where(CommentAnswer.panel_id.in_(ids)),
    )).all()
    criteria = {it.id: {one.id for one in rubric_of(it).criteria} for it in panels}
    keys: dict[int, set[str]] = {it: set() for it in ids}
    answers: dict[int, set[str]] = {it: set() for it in ids}
    for panel_id, kind, public_id, criterion, text in rows:
        if kind == "answer":
            answers[panel_id].add(public_id)
        elif kind == "feedback":
            keys[panel_id] |= {rules.feedback_key(public_id, name)
                               for name, words in json.loads(text).items() if str(words).strip()}
        elif kind == "pin" and text.strip():
            keys[panel_id].add(rules.pin_key(public_id))
        elif criterion in criteria[panel_id] and text.strip():
            keys[panel_id].add(rules.score_key(public_id, criterion))
    return {it: rules.unanswered(keys[it], answers[it]) for it in ids}


def means(teams: Sequence[Team]) -> dict[int, Any]:
    """The mean of each team's newest finished panel, of those that the reader may know of."""
    actor, ids = current_actor(), {it.id for it in teams}
    editions = {it.edition_id: it.edition for it in teams}
    panels = sorted((
        it for edition in editions.values() for it, _facts in panels_of(actor, edition)
        if it.team_id in ids and it.state in rules.REVIEWERS_READ
    ), key=lambda it: it.id)
    found = summaries(panels)
    return {
        it.team_id: decimals(mean, 2) for it in panels
        if (mean := found[it.id].mean) is not None
    }
