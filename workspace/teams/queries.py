"""Questions to the database about teams."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, and_, false, func, or_, select, union
from sqlalchemy.orm import contains_eager, joinedload

from workspace.accounts.models import Person
from workspace.challenges.brief import MAX_MEMBERS, MIN_MEMBERS
from workspace.challenges.models import Challenge
from workspace.foundation.access import Actor, visible
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.features import house
from workspace.foundation.history import StateChange
from workspace.foundation.once import answered, asked_once
from workspace.grants.models import Grant, Invitation
from workspace.grants.queries import in_force, valid_agreement
from workspace.organisations.models import Organisation
from workspace.programmes.models import Edition
from workspace.teams.models import (
    CharterSignature,
    CharterVersion,
    Contribution,
    JoinRequest,
    Member,
    MentorAssignment,
    Opening,
    Team,
)
from workspace.teams.rules import Signature, limits

PAGE = 50
LOG_PAGE = 50
BETWEEN = "\x1f"
"""Stands in no name: names that the database joins are taken apart by it."""


@asked_once
def present(team_id: int) -> list[Member]:
    """Members who have not left, in the order in which they came."""
    return list(session().scalars(
        select(Member).options(joinedload(Member.organisation))
        .where(Member.team_id == team_id, Member.left_at.is_(None))
        .order_by(Member.id)
    ))


@dataclass(frozen=True)
class Circle:
    """Who a team is now, in one question: its first page asks from several sides."""

    members: list[Member]
    """Who has not left, in the order in which they came."""
    mentors: list[Person]
    signed: frozenset[int]
    """Ids of those among them who have signed the charter as it is."""
    asking: int
    """How many people wait to be taken in."""


@asked_once
def circle(team: Team) -> Circle:
    """Members and mentors of the team, and what they have signed."""
    here = select(Member.person_id).where(Member.team_id == team.id, Member.left_at.is_(None))
    mentors = select(Grant.person_id).where(
        Grant.role == "mentor", Grant.scope_kind == "team", Grant.scope_id == team.id,
        in_force(now()),
    )
    asking = select(func.count(JoinRequest.id)).where(
        JoinRequest.team_id == team.id, JoinRequest.answered_at.is_(None)
    )
    rows = session().execute(
        select(Person, Member, Person.id.in_(mentors), CharterSignature.id,
               asking.scalar_subquery())
        .outerjoin(Member, and_(Member.person_id == Person.id, Member.team_id == team.id,
                                Member.left_at.is_(None)))
        .outerjoin(CharterSignature, and_(
            CharterSignature.person_id == Person.id, CharterSignature.team_id == team.id,
            CharterSignature.charter_version == team.charter_version,
        ))
        .where(Person.id.in_(union(here, mentors)))
        .options(contains_eager(Member.person))
    ).all()
    found = Circle(
        sorted((it[1] for it in rows if it[1] is not None), key=lambda it: it.id),
        sorted((it[0] for it in rows if it[2]), key=lambda it: it.name),
        frozenset(it[0].id for it in rows if it[3] is not None),
        rows[0][4] if rows else 0,
    )
    answered(present, found.members, team.id)
    return found


def gone(team_id: int) -> list[Member]:
    """Members who have left and are not back, each once."""
    here = select(Member.person_id).where(Member.team_id == team_id, Member.left_at.is_(None))
    rows = session().scalars(
        select(Member)
        .where(Member.team_id == team_id, Member.left_at.is_not(None),
               Member.person_id.not_in(here))
        .order_by(Member.left_at.desc())
    )
    seen: dict[int, Member] = {}
    for row in rows:
        seen.setdefault(row.person_id, row)
    return list(seen.values())


def membership(team_id: int, person_id: int | None) -> Member | None:
    """The person's present part in the team."""
    return session().scalar(
        select(Member).where(
            Member.team_id == team_id, Member.person_id == person_id, Member.left_at.is_(None)
        )
    )


def entered_challenges(team_id: int) -> list[Challenge]:
    """Challenges that the team entered. Submissions offer `entered`: `(team id) -> query`."""
    entered = (Challenge.id.in_(offer(team_id)) for offer in house().offered("entered"))
    return list(session().scalars(select(Challenge).where(or_(false(), *entered))))


def size_limits(team_id: int) -> tuple[int, int]:
    """The least and most members: the narrowest of the challenges entered, else 3 to 6."""
    entered = entered_challenges(team_id)
    narrowest = (
        max(it.team_min for it in entered), min(it.team_max for it in entered)
    ) if entered else None
    least, most = limits(narrowest, (MIN_MEMBERS, MAX_MEMBERS))
    return least, max(least, most)


def without_agreement(team_id: int, people: Sequence[Person], now: datetime) -> list[str]:
    """Names of members without a valid agreement on a confidential challenge of the team."""
    wanted = [it.id for it in entered_challenges(team_id) if it.brief.needs_agreement]
    return [
        person.name for person in people
        if any(valid_agreement(person.id, "challenge", it, now) is None for it in wanted)
    ]


def signatures(team_id: int) -> list[Signature]:
    """Every signature under any version of the charter."""
    rows = session().execute(
        select(CharterSignature.person_id, CharterSignature.charter_version)
        .where(CharterSignature.team_id == team_id)
    )
    return [Signature(person, version) for person, version in rows]


def signed_at(team_id: int, version: int) -> Mapping[int, datetime]:
    """When each person signed this version."""
    rows = session().execute(
        select(CharterSignature.person_id, CharterSignature.created_at).where(
            CharterSignature.team_id == team_id, CharterSignature.charter_version == version
        )
    )
    return {row[0]: row[1] for row in rows}


def charter_versions(team_id: int) -> Sequence[CharterVersion]:
    """Versions of the charter, newest first."""
    return session().scalars(
        select(CharterVersion).where(CharterVersion.team_id == team_id)
        .order_by(CharterVersion.version.desc()).limit(100)
    ).all()


def charter_version(team_id: int, version: int) -> CharterVersion | None:
    """One version of the charter."""
    return session().scalar(
        select(CharterVersion).where(
            CharterVersion.team_id == team_id, CharterVersion.version == version
        )
    )


def invitations(team_id: int, now: datetime) -> Sequence[Invitation]:
    """Ways into the team that can still be used."""
    return session().scalars(
        select(Invitation)
        .where(
            Invitation.scope_kind == "team", Invitation.scope_id == team_id,
            Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
        .order_by(Invitation.id.desc())
    ).all()


def invitation_of(team_id: int, public_id: str) -> Invitation | None:
    """An invitation of this very team."""
    return session().scalar(
        select(Invitation).where(
            Invitation.public_id == public_id, Invitation.scope_kind == "team",
            Invitation.scope_id == team_id,
        )
    )


def join_requests(team_id: int) -> Sequence[JoinRequest]:
    """Requests that wait for an answer, oldest first."""
    return session().scalars(
        select(JoinRequest).where(JoinRequest.team_id == team_id, JoinRequest.answered_at.is_(None))
        .order_by(JoinRequest.id)
    ).all()


def open_request(team_id: int, person_id: int) -> JoinRequest | None:
    """The person's request to this team that waits."""
    return session().scalar(
        select(JoinRequest).where(
            JoinRequest.team_id == team_id, JoinRequest.person_id == person_id,
            JoinRequest.answered_at.is_(None),
        )
    )


def requests_by(person_id: int, team_ids: Collection[int]) -> Mapping[int, JoinRequest]:
    """The person's newest request to each of the teams."""
    rows = session().scalars(
        select(JoinRequest).where(
            JoinRequest.person_id == person_id, JoinRequest.team_id.in_(team_ids)
        ).order_by(JoinRequest.id)
    )
    return {it.team_id: it for it in rows}


def log_of(team_id: int, number: int = LOG_PAGE) -> tuple[Sequence[Contribution], int]:
    """The newest lines of the contribution log, and how many there are."""
    query = select(Contribution).where(Contribution.team_id == team_id)
    total = session().scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session().scalars(query.order_by(Contribution.id.desc()).limit(number)).all()
    return rows, total


def contributions_by_id(ids: Collection[int]) -> Mapping[int, Contribution]:
    """Lines of the log by their id."""
    rows = session().scalars(select(Contribution).where(Contribution.id.in_(ids)))
    return {it.id: it for it in rows}


def mentors_of(team_id: int) -> Sequence[MentorAssignment]:
    """Mentors who were asked or have accepted, and have not ended."""
    return session().scalars(
        select(MentorAssignment)
        .where(MentorAssignment.team_id == team_id, MentorAssignment.ended_at.is_(None))
        .order_by(MentorAssignment.id)
    ).all()


def mentor_people(team_id: int, now: datetime) -> list[Person]:
    """People who mentor the team now, however they came to it."""
    return list(session().scalars(
        select(Person)
        .where(Person.id.in_(
            select(Grant.person_id).where(
                Grant.role == "mentor", Grant.scope_kind == "team", Grant.scope_id == team_id,
                in_force(now),
            )
        ))
        .order_by(Person.name)
    ))


def mentors_joined(team_id: ColumnElement[int], now: datetime) -> ScalarSelect[str | None]:
    """Names of the mentors of the team of that column, as one text; see `taken_apart`."""
    mentors = select(Grant.person_id).where(
        Grant.role == "mentor", Grant.scope_kind == "team", Grant.scope_id == team_id,
        in_force(now),
    )
    return select(func.aggregate_strings(Person.name, BETWEEN)).where(
        Person.id.in_(mentors.correlate(Team))
    ).correlate(Team).scalar_subquery()


def taken_apart(names: str | None) -> list[str]:
    """Names that the database has joined, in the order of the alphabet."""
    return sorted(set(names.split(BETWEEN))) if names else []


def mentor_names(team_ids: Collection[int], now: datetime) -> Mapping[int, list[str]]:
    """Names of the mentors of each team."""
    rows = session().execute(
        select(Grant.scope_id, Person.name).join(Person, Person.id == Grant.person_id)
        .where(Grant.role == "mentor", Grant.scope_kind == "team",
               Grant.scope_id.in_(team_ids), in_force(now))
        .distinct().order_by(Person.name)
    )
    found: dict[int, list[str]] = {}
    for team_id, name in rows:
        found.setdefault(team_id, []).append(name)
    return found


def assignments_waiting(actor: Actor) -> Sequence[MentorAssignment]:
    """Teams that the actor was asked to mentor and has not answered."""
    return session().scalars(
        select(MentorAssignment)
        .where(MentorAssignment.person_id == actor.person_id,
               MentorAssignment.accepted_at.is_(None), MentorAssignment.ended_at.is_(None))
        .order_by(MentorAssignment.id)
    ).all()


def person_at(email: str) -> Person | None:
    """The active account with this address."""
    return session().scalar(
        select(Person).where(Person.email == email.strip().lower(), Person.active)
    )


def mentor_candidates(team: Team, now: datetime) -> list[Person]:
    """People who mentor a team of the programme already, for the programme lead to choose from."""
    teams = select(Team.id).join(Edition).where(
        Edition.programme_id == team.edition.programme_id)
    return list(session().scalars(
        select(Person)
        .where(Person.active, Person.id.in_(
            select(Grant.person_id).where(
                Grant.role == "mentor", Grant.scope_kind == "team", Grant.scope_id.in_(teams),
                in_force(now),
            )
        ))
        .order_by(Person.name).limit(200)
    ))


def history(team: Team) -> list[tuple[StateChange, Person | None]]:
    """Every step of the team with the person who took it, newest first."""
    rows = session().execute(
        select(StateChange, Person)
        .outerjoin(Person, Person.id == StateChange.who_id)
        .where(StateChange.kind == "team", StateChange.thing_id == team.id)
        .order_by(StateChange.id.desc()).limit(100)
    )
    return [(change, who) for change, who in rows]


@dataclass(frozen=True)
class Filters:
    """What the address of a list of teams asks for; empty means all."""

    edition: str = ""
    state: str = ""
    text: str = ""
    skill: str = ""
    page: int = 1

    @property
    def any(self) -> bool:
        """Whether something is left out."""
        return any((self.state, self.text, self.skill))


def found(actor: Actor, filters: Filters) -> tuple[Sequence[Team], int]:
    """One page of the teams that the actor may know of, and how many there are in all."""
    query = visible(actor, Team)
    if filters.edition:
        query = query.where(Team.edition_id.in_(
            select(Edition.id).where(Edition.public_id == filters.edition)))
    if filters.state:
        query = query.where(Team.state == filters.state)
    for word in filters.text.split()[:10]:
        # Names only: a title is confidential, and a hit would tell what is in it.
        query = query.where(Team.name.icontains(word, autoescape=True))
    total = session().scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session().scalars(
        query.options(joinedload(Team.home_organisation), joinedload(Team.edition))
        .order_by(Team.name, Team.id).limit(PAGE).offset((filters.page - 1) * PAGE)
    ).all()
    return rows, total


def openings(actor: Actor, filters: Filters) -> list[Opening]:
    """Teams that look for members and may be seen by the actor, newest first."""
    query = visible(actor, Opening)
    if filters.edition:
        query = query.where(Opening.edition_id.in_(
            select(Edition.id).where(Edition.public_id == filters.edition)))
    for word in filters.text.split()[:10]:
        query = query.where(or_(Opening.name.icontains(word, autoescape=True),
                                Opening.looking_text.icontains(word, autoescape=True)))
    rows = session().scalars(query.order_by(Opening.id.desc()).limit(500)).all()
    if filters.skill:
        wanted = filters.skill.casefold()
        rows = [it for it in rows if wanted in {str(s).casefold() for s in it.looking_for}]
    return list(rows)


def skills_wanted(actor: Actor, edition: str) -> list[str]:
    """Skills that visible openings look for."""
    rows = openings(actor, Filters(edition=edition))
    by_word = {str(skill).casefold(): str(skill) for it in rows for skill in it.looking_for}
    return [by_word[key] for key in sorted(by_word)]


def member_count(team_id: ColumnElement[int]) -> ScalarSelect[int]:
    """Number of present members of the team of that column."""
    return select(func.count(Member.id)).where(
        Member.team_id == team_id, Member.left_at.is_(None)
    ).correlate(Team).scalar_subquery()


def member_counts(team_ids: Collection[int]) -> Mapping[int, int]:
    """Number of present members by team id."""
    rows = session().execute(
        select(Member.team_id, func.count()).where(
            Member.team_id.in_(team_ids), Member.left_at.is_(None)
        ).group_by(Member.team_id)
    )
    return dict.fromkeys(team_ids, 0) | {row[0]: row[1] for row in rows}


def editions_for_teams(actor: Actor) -> list[Edition]:
    """Editions in which the actor may begin a team."""
    return list(session().scalars(
        select(Edition)
        .where(Edition.id.in_(actor.scopes("participant", "edition")), Edition.state == "open")
        .order_by(Edition.starts_on.desc(), Edition.id)
    ))


def known_editions(actor: Actor) -> list[Edition]:
    """Editions of teams that the actor may know of."""
    ids = visible(actor, Team).with_only_columns(Team.edition_id)
    return list(session().scalars(
        select(Edition).where(Edition.id.in_(ids)).order_by(Edition.starts_on, Edition.id)
    ))


ROLES_AT_HOME = ("member", "transfer-officer", "organisation-admin", "facility-manager", "sponsor")


def own_organisations(actor: Actor) -> list[Organisation]:
    """Organisations to which the actor belongs."""
    ids = frozenset[int]().union(*(actor.scopes(it, "organisation") for it in ROLES_AT_HOME))
    return list(session().scalars(
        select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.name)
    ))


def home_choices(actor: Actor, keep: int | None = None) -> list[Organisation]:
    """Institutions that can be a team's home: the actor's own first, then every university."""
    own = {it.id for it in own_organisations(actor)}
    rows = session().scalars(
        select(Organisation)
        .where(or_(Organisation.kind == "university", Organisation.id == keep))
        .order_by(Organisation.name)
    ).all()
    return sorted(rows, key=lambda it: it.id not in own)


def institution_choices(actor: Actor, keep: int | None = None) -> list[Organisation]:
    """Institutions from which a member may come: her own first, then every university."""
    own = own_organisations(actor)
    mine = {it.id for it in own}
    return own + [it for it in home_choices(actor, keep) if it.id not in mine]


def token_places(actor: Actor) -> list[tuple[str, Team, str]]:
    """Teams that an access token may be for: those that the person may know of."""
    rows = session().scalars(visible(actor, Team).order_by(Team.name).limit(100))
    return [("team", it, it.name) for it in rows]
