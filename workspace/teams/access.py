"""Who may know of a team, read what it makes, change it, lead it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from workspace.accounts.models import Person
from workspace.foundation.access import Actor, No, Verdict
from workspace.foundation.text import lazy
from workspace.programmes.models import Edition
from workspace.teams.models import (
    Contribution,
    JoinRequest,
    Member,
    MentorAssignment,
    Opening,
    Team,
)
from workspace.teams.rules import TeamState

MEMBERS = ("team-lead", "team-member")
READERS = (*MEMBERS, "mentor", "pi", "break-glass")


def member_teams(actor: Actor) -> frozenset[int]:
    """Ids of the teams that the person works in now."""
    return actor.scopes("team-lead", "team") | actor.scopes("team-member", "team")


def reader_clause(actor: Actor) -> ColumnElement[bool]:
    """Teams whose confidential content the person may read: own, assigned, or of her office."""
    own = frozenset[int]().union(*(actor.scopes(role, "team") for role in READERS))
    return or_(
        Team.id.in_(own),
        Team.home_organisation_id.in_(actor.scopes("transfer-officer", "organisation")),
    )


def team_clause(actor: Actor) -> ColumnElement[bool]:
    """Teams that the person may know of. Programme leads see name, state and counts only."""
    led = actor.scopes("programme-lead", "programme")
    return or_(
        reader_clause(actor),
        Team.edition_id.in_(select(Edition.id).where(Edition.programme_id.in_(led))),
    )


def of_readable_teams(actor: Actor, team_id: Any) -> ColumnElement[bool]:
    """Filter for tables whose rows belong to a team and are as confidential as the team itself."""
    column: ColumnElement[int] = team_id
    return column.in_(select(Team.id).where(reader_clause(actor)))


def of_own_teams(actor: Actor, team_id: Any) -> ColumnElement[bool]:
    """Filter for tables whose rows only the team itself may know of."""
    column: ColumnElement[int] = team_id
    return column.in_(member_teams(actor))


def may_read(actor: Actor, team: Team) -> Verdict:
    """Read what the team makes."""
    if any(actor.has(role, "team", team.id) for role in READERS):
        return True
    if actor.has("transfer-officer", "organisation", team.home_organisation_id):
        return True
    return No(lazy("What a team makes is confidential. You can see its name and state only."))


def may_edit(actor: Actor, team: Team) -> Verdict:
    """Change what the team makes."""
    if actor.has_any(MEMBERS, "team", team.id):
        return True
    return No(lazy("Only members of the team can change this."))


def may_lead(actor: Actor, team: Team) -> Verdict:
    """Decide for the team: members, charter, requests."""
    if actor.has("team-lead", "team", team.id):
        return True
    return No(lazy("Only the lead of the team can do this. Ask her or him."))


def may_mentor(actor: Actor, team: Team) -> Verdict:
    """Comment and confirm as an assigned mentor."""
    if actor.has("mentor", "team", team.id):
        return True
    return No(lazy("Only a mentor of the team can do this."))


def may_decide_for(actor: Actor, team: Team) -> Verdict:
    """Decide as the transfer officer of the team's home institution; never about her own team."""
    if actor.has_any(MEMBERS, "team", team.id):
        return No(lazy("You are a member of this team, so another officer decides."))
    if actor.has("transfer-officer", "organisation", team.home_organisation_id):
        return True
    return No(lazy("The transfer office of the team's institution decides this."))


def decided_by(actor: Actor) -> Select[int]:
    """Ids of the teams for which `may_decide_for` lets the person decide."""
    return select(Team.id).where(
        Team.home_organisation_id.in_(actor.scopes("transfer-officer", "organisation")),
        Team.id.not_in(member_teams(actor)),
    )


def may_oversee(actor: Actor, team: Team) -> Verdict:
    """Run the programme that the team takes part in."""
    if actor.has("programme-lead", "programme", team.edition.programme_id):
        return True
    return No(lazy("Only the lead of the programme can do this."))


def editions_of(actor: Actor) -> Select[int]:
    """Ids of the editions of teams that the person works in, mentors or supervises."""
    own = frozenset[int]().union(*(actor.scopes(role, "team") for role in READERS))
    return select(Team.edition_id).where(Team.id.in_(own))


def opening_clause(actor: Actor) -> ColumnElement[bool]:
    """Teams that look for members, in editions where the person takes part or which she leads."""
    led = select(Edition.id).where(
        Edition.programme_id.in_(actor.scopes("programme-lead", "programme"))
    )
    return and_(
        Opening.open_to_members,
        Opening.state.not_in((TeamState.CLOSED, TeamState.HANDED_OFF, TeamState.PAUSED)),
        or_(
            Opening.edition_id.in_(actor.scopes("participant", "edition")),
            Opening.edition_id.in_(led),
        ),
    )


def member_clause(actor: Actor) -> ColumnElement[bool]:
    """Who is in a team is known to whoever may know of the team."""
    return Member.team_id.in_(select(Team.id).where(team_clause(actor)))


def request_clause(actor: Actor) -> ColumnElement[bool]:
    """Requests to join: the team's own, and what the person asked herself."""
    if actor.person_id is None:
        return false()
    return or_(
        JoinRequest.team_id.in_(member_teams(actor)), JoinRequest.person_id == actor.person_id
    )


def contribution_clause(actor: Actor) -> ColumnElement[bool]:
    """The contribution log is as confidential as the team."""
    return of_readable_teams(actor, Contribution.team_id)


def assignment_clause(actor: Actor) -> ColumnElement[bool]:
    """Mentor assignments: the mentor's own, and those of teams that the person may know of."""
    if actor.person_id is None:
        return false()
    return or_(
        MentorAssignment.person_id == actor.person_id,
        MentorAssignment.team_id.in_(select(Team.id).where(team_clause(actor))),
    )


def may_list(actor: Actor, _team: object) -> Verdict:
    """Anybody signed in; the list holds what she may know of."""
    return not actor.is_visitor


def may_create(actor: Actor, _team: object) -> Verdict:
    """Begin a team: a participant of an edition."""
    if actor.scopes("participant", "edition"):
        return True
    return No(lazy("Join an edition of a programme first. Then you can start a team in it."))


def may_steer(actor: Actor, team: Team) -> Verdict:
    """Pause, resume and close: the lead of the team or of the programme."""
    return may_lead(actor, team) or may_oversee(actor, team) or No(
        lazy("Only the lead of the team or of the programme can do this.")
    )


def may_ask(actor: Actor, opening: Opening) -> Verdict:
    """Ask a team that looks for members to take one in."""
    if not actor.has("participant", "edition", opening.edition_id):
        return No(lazy("Only participants of the edition can ask to join."))
    if opening.id in member_teams(actor):
        return No(lazy("You are already in this team."))
    return True


def may_answer(actor: Actor, request: JoinRequest) -> Verdict:
    """Take somebody in or not: the lead of the team."""
    return may_lead(actor, request.team)


def may_undertake(actor: Actor, assignment: MentorAssignment) -> Verdict:
    """Accept or decline to mentor: whoever was asked."""
    if assignment.person_id == actor.person_id:
        return True
    return No(lazy("Only the person who was asked can answer."))


def may_end(actor: Actor, assignment: MentorAssignment) -> Verdict:
    """End mentoring: the programme lead, or the mentor."""
    if assignment.person_id == actor.person_id or may_oversee(actor, assignment.team):
        return True
    return No(lazy("The lead of the programme ends this."))


def may_change_member(actor: Actor, member: Member) -> Verdict:
    """Say in which role and from which institution somebody takes part: she herself."""
    if member.person_id == actor.person_id and member.left_at is None:
        return True
    return No(lazy("Everybody fills in this alone."))


def may_lead_member(actor: Actor, member: Member) -> Verdict:
    """Take a member out, or hand the lead over to her: the lead of the team."""
    return may_lead(actor, member.team)


def people_clause(actor: Actor) -> ColumnElement[bool]:
    """Present members of the teams for which the person's transfer office decides."""
    offices = actor.scopes("transfer-officer", "organisation")
    return Person.id.in_(
        select(Member.person_id)
        .join(Team, Team.id == Member.team_id)
        .where(Member.left_at.is_(None), Team.home_organisation_id.in_(offices))
    )
