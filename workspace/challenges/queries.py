"""Questions to the database about challenges."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from workspace.accounts.models import Person
from workspace.challenges.access import is_sponsor
from workspace.challenges.models import Challenge, Question
from workspace.challenges.rules import ChallengeState
from workspace.foundation.access import Actor, visible
from workspace.foundation.db import session
from workspace.foundation.features import house
from workspace.foundation.history import StateChange
from workspace.foundation.once import asked_once
from workspace.grants.models import ConfidentialityAgreement
from workspace.organisations.models import Organisation
from workspace.programmes.models import Edition

PAGE = 24
SPONSOR_CLEARED = "sponsor-cleared"


@dataclass(frozen=True)
class Filters:
    """What the address of the list asks for; empty means all."""

    state: str = ""
    sector: str = ""
    sponsor: str = ""
    edition: str = ""
    text: str = ""
    page: int = 1

    @property
    def any(self) -> bool:
        """Whether something is left out."""
        return any((self.state, self.sector, self.sponsor, self.text))


def state_column(now: datetime) -> ColumnElement[str]:
    """The state that the deadlines give at that instant, as `rules.state_at`."""
    running = Challenge.state.in_((ChallengeState.PUBLISHED, ChallengeState.CLOSED))
    closed = Challenge.applications_close_at < now
    handed_in = Challenge.submission_at < now
    open_state = Challenge.state == ChallengeState.PUBLISHED
    return case(
        (and_(running, handed_in, or_(~open_state, closed)), ChallengeState.JUDGING.value),
        (and_(open_state, closed), ChallengeState.CLOSED.value),
        else_=Challenge.state,
    )


def found(actor: Actor, filters: Filters, now: datetime) -> tuple[Sequence[Challenge], int]:
    """One page of the challenges that the actor may know of, and how many there are in all."""
    query = visible(actor, Challenge)
    if filters.state:
        query = query.where(state_column(now) == filters.state)
    if filters.sector:
        query = query.where(Challenge.sector == filters.sector)
    if filters.sponsor:
        query = query.where(
            Challenge.organisation_id.in_(
                select(Organisation.id).where(Organisation.public_id == filters.sponsor)
            )
        )
    if filters.edition:
        query = query.where(
            Challenge.edition_id.in_(
                select(Edition.id).where(Edition.public_id == filters.edition)
            )
        )
    for word in filters.text.split()[:10]:
        # The problem of a confidential brief is not searched: a hit would tell what is in it.
        query = query.where(
            or_(
                Challenge.title.icontains(word, autoescape=True),
                Challenge.sector.icontains(word, autoescape=True),
                and_(
                    Challenge.confidentiality != "confidential",
                    Challenge.problem.icontains(word, autoescape=True),
                ),
            )
        )
    total = session().scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session().scalars(
        query.options(joinedload(Challenge.edition), selectinload(Challenge.criteria))
        .order_by(Challenge.applications_close_at.is_(None), Challenge.applications_close_at,
                  Challenge.title, Challenge.id)
        .limit(PAGE).offset((filters.page - 1) * PAGE)
    ).all()
    return rows, total


@asked_once
def of_edition(actor: Actor, edition: Edition) -> Sequence[Challenge]:
    """Challenges of the edition that the actor may know of, the oldest first."""
    return session().scalars(
        visible(actor, Challenge).where(Challenge.edition_id == edition.id).order_by(Challenge.id)
    ).all()


@asked_once
def of_sponsor(actor: Actor, sponsor: Organisation) -> Sequence[Challenge]:
    """Challenges of the sponsor that the actor may know of, the oldest first."""
    return session().scalars(
        visible(actor, Challenge).where(Challenge.organisation_id == sponsor.id)
        .order_by(Challenge.id)
    ).all()


def known_states(actor: Actor, now: datetime) -> list[ChallengeState]:
    """States in which the actor knows a challenge, in the order of the machine."""
    query = visible(actor, Challenge).with_only_columns(state_column(now)).distinct()
    held = set(session().scalars(query))
    return [state for state in ChallengeState if state in held]


def known_sectors(actor: Actor) -> list[str]:
    """Sectors of the challenges that the actor may know of."""
    query = visible(actor, Challenge).with_only_columns(Challenge.sector).distinct()
    return sorted(word for word in session().scalars(query) if word)


def known_sponsors(actor: Actor) -> list[Organisation]:
    """Sponsors of the challenges that the actor may know of."""
    ids = visible(actor, Challenge).with_only_columns(Challenge.organisation_id)
    return list(session().scalars(
        select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.name)
    ))


def known_editions(actor: Actor) -> list[Edition]:
    """Editions of the challenges that the actor may know of."""
    ids = visible(actor, Challenge).with_only_columns(Challenge.edition_id)
    return list(session().scalars(
        select(Edition).where(Edition.id.in_(ids)).order_by(Edition.starts_on, Edition.id)
    ))


def editions_for_briefs(actor: Actor) -> list[Edition]:
    """Editions in which the actor may open a challenge: those she leads; for a sponsor, the open
    ones and those in which her organisation has a challenge already."""
    led = actor.scopes("programme-lead", "programme")
    wanted: list[ColumnElement[bool]] = [Edition.programme_id.in_(led)]
    companies = actor.scopes("sponsor", "organisation")
    if companies:
        wanted.append(Edition.state == "open")
        wanted.append(Edition.id.in_(
            select(Challenge.edition_id).where(Challenge.organisation_id.in_(companies))
        ))
    return list(session().scalars(
        select(Edition).where(Edition.state != "closed", or_(*wanted))
        .order_by(Edition.starts_on.desc(), Edition.id)
    ))


def sponsors_for_briefs(actor: Actor) -> list[Organisation]:
    """Organisations for which the actor may open a challenge: her own; for a programme lead,
    every company."""
    wanted: list[ColumnElement[bool]] = [
        Organisation.id.in_(actor.scopes("sponsor", "organisation"))
    ]
    if actor.scopes("programme-lead", "programme"):
        wanted.append(Organisation.kind == "company")
    return list(session().scalars(
        select(Organisation).where(or_(*wanted)).order_by(Organisation.name)
    ))


def leads_edition(actor: Actor, edition: Edition) -> bool:
    """Whether the actor leads the programme of the edition."""
    return actor.has("programme-lead", "programme", edition.programme_id)


def entry_counts(challenges: Collection[Challenge]) -> Mapping[int, int]:
    """Number of entries by challenge id. Submissions offer `entry_counts`: `(ids) -> mapping`."""
    ids = [it.id for it in challenges]
    counts = dict.fromkeys(ids, 0)
    for offer in house().offered("entry_counts"):
        for challenge_id, number in offer(ids).items():
            counts[challenge_id] = counts.get(challenge_id, 0) + number
    return counts


def entrants(challenge_id: int) -> frozenset[int]:
    """Ids of people in teams that entered. Submissions offer `entrants`: `(id) -> person ids`."""
    return frozenset(
        person for offer in house().offered("entrants") for person in offer(challenge_id)
    )


def reviews_per_entry(challenge_id: int) -> tuple[int, ...]:
    """Reviews for each entry in the running.

    Reviews offer `reviews_per_entry`: `(challenge id) -> counts`.
    """
    return tuple(
        count for offer in house().offered("reviews_per_entry") for count in offer(challenge_id)
    )


def released_gates(challenge: Challenge) -> frozenset[str] | None:
    """Gates that checklists have opened for the challenge; None when no checklist watches it.

    A feature offers `gates`: `(challenge) -> set of released gates`, or None when it has no
    checklist for this challenge.
    """
    answers = [offer(challenge) for offer in house().offered("gates")]
    known = [answer for answer in answers if answer is not None]
    return frozenset().union(*known) if known else None


def is_sponsor_cleared(challenge: Challenge) -> bool:
    """Whether nothing holds the sponsor back: its check is complete, or there is none."""
    gates = released_gates(challenge)
    return gates is None or SPONSOR_CLEARED in gates


def history(challenge: Challenge) -> list[tuple[StateChange, Person | None]]:
    """Every step of the challenge with the person who took it, newest first."""
    rows = session().execute(
        select(StateChange, Person)
        .outerjoin(Person, Person.id == StateChange.who_id)
        .where(StateChange.kind == "challenge", StateChange.thing_id == challenge.id)
        .order_by(StateChange.id.desc())
    )
    return [(change, who) for change, who in rows]


def last_step(challenge: Challenge) -> StateChange | None:
    """The step that brought the challenge where it is."""
    return session().scalar(
        select(StateChange)
        .where(StateChange.kind == "challenge", StateChange.thing_id == challenge.id)
        .order_by(StateChange.id.desc()).limit(1)
    )


def last_steps(challenges: Collection[Challenge]) -> Mapping[int, StateChange]:
    """The step that brought each challenge where it is, by challenge id."""
    newest = (
        select(func.max(StateChange.id))
        .where(StateChange.kind == "challenge",
               StateChange.thing_id.in_([it.id for it in challenges]))
        .group_by(StateChange.thing_id)
    )
    rows = session().scalars(select(StateChange).where(StateChange.id.in_(newest)))
    return {it.thing_id: it for it in rows}


def agreements(challenge: Challenge, now: datetime) -> Sequence[ConfidentialityAgreement]:
    """Agreements that are valid at that instant, by date; for the sponsor, who relies on them."""
    return session().scalars(
        select(ConfidentialityAgreement)
        .where(
            ConfidentialityAgreement.scope_kind == "challenge",
            ConfidentialityAgreement.scope_id == challenge.id,
            ConfidentialityAgreement.ended_at.is_(None),
            ConfidentialityAgreement.valid_until > now,
        )
        .options(joinedload(ConfidentialityAgreement.person))
        .order_by(ConfidentialityAgreement.signed_at)
    ).all()


def questions(challenge: Challenge) -> Sequence[Question]:
    """The board of questions: open ones first, then by age."""
    return session().scalars(
        select(Question).where(Question.challenge_id == challenge.id)
        .order_by(Question.answered_at.is_not(None), Question.id.desc()).limit(500)
    ).all()


def open_questions(actor: Actor) -> Sequence[Question]:
    """Questions that wait for the actor's organisations, oldest first."""
    companies = actor.scopes("sponsor", "organisation")
    return session().scalars(
        select(Question).join(Challenge)
        .where(Challenge.organisation_id.in_(companies), Question.answered_at.is_(None))
        .order_by(Question.id).limit(500)
    ).all()


@asked_once
def open_question_counts(challenges: Collection[Challenge]) -> Mapping[int, int]:
    """Number of questions without an answer by challenge id."""
    ids = [it.id for it in challenges]
    rows = session().execute(
        select(Question.challenge_id, func.count())
        .where(Question.challenge_id.in_(ids), Question.answered_at.is_(None))
        .group_by(Question.challenge_id)
    )
    return dict.fromkeys(ids, 0) | {row[0]: row[1] for row in rows}


def due_challenges(now: datetime) -> list[int]:
    """Ids of challenges on which time alone may take a step now."""
    waiting = or_(
        and_(Challenge.state == ChallengeState.PUBLISHED, Challenge.applications_close_at < now),
        and_(Challenge.state == ChallengeState.CLOSED, Challenge.submission_at < now),
        and_(Challenge.state == ChallengeState.DECIDED, Challenge.demo_day_at < now),
        Challenge.state == ChallengeState.OPTION_RUNNING,
    )
    return list(session().scalars(select(Challenge.id).where(waiting).order_by(Challenge.id)))


def asked_already(challenge: Challenge, person_id: int, text: str) -> Question | None:
    """The same question by the same person, if it is on the board."""
    return session().scalar(
        select(Question).where(
            Question.challenge_id == challenge.id, Question.asked_by_id == person_id,
            Question.text == text,
        )
    )


def has_challenges(organisation_id: int) -> bool:
    """Whether the organisation sponsors anything."""
    return bool(session().scalar(select(exists().where(
        Challenge.organisation_id == organisation_id
    ))))


def shows_signers(actor: Actor, challenge: Challenge) -> bool:
    """Whether the actor is the other party of the agreements."""
    return is_sponsor(actor, challenge)
