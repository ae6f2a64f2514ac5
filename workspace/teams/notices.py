"""Who is told what happens in a team. Sentences name no title; the inbox adds the team's name."""

from __future__ import annotations

from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.text import lazy
from workspace.grants.queries import holders
from workspace.inbox.actions import tell
from workspace.teams import facts, queries
from workspace.teams.models import JoinRequest, MentorAssignment, Team
from workspace.teams.rules import MemberRole

SENTENCES = {
    "team-joined": lazy("Somebody joined your team."),
    "team-left": lazy("Somebody left your team. Charter and share table want a new look."),
    "team-removed": lazy("You are no longer in a team. What you made stays yours."),
    "team-lead": lazy("You lead your team now."),
    "team-step": lazy("Your team has a new state."),
    "charter-written": lazy("Your charter has a new version. Read it and sign."),
    "join-asked": lazy("Somebody wants to join your team."),
    "join-accepted": lazy("A team has taken you in."),
    "join-declined": lazy("A team you asked has no place for you."),
    "mentor-asked": lazy("You are asked to mentor a team."),
    "mentor-accepted": lazy("A mentor has accepted."),
    "mentor-ended": lazy("You no longer mentor a team. Your promise of secrecy holds on."),
    "mentor-gone": lazy("A mentor has declined or stopped."),
}


def _team(team_id: int) -> Team:
    found = session().get(Team, team_id)
    assert found is not None
    return found


def _members(team_id: int, *without: int | None) -> set[int]:
    return {it.person_id for it in queries.present(team_id)} - set(without)


def _leads(team_id: int, *without: int | None) -> set[int]:
    return {
        it.person_id for it in queries.present(team_id) if it.role == MemberRole.LEAD
    } - set(without)


def _path(team: Team, rest: str = "") -> str:
    return f"/teams/{team.public_id}{rest}"


def joined(fact: facts.TeamJoined) -> None:
    """Tell the others."""
    team = _team(fact.team_id)
    tell(_members(team.id, fact.who, fact.person_id), "team-joined", about=team,
         url=_path(team, "/members"))


def left(fact: facts.TeamLeft) -> None:
    """Tell the others; and whoever was taken out, who can no longer see the team."""
    team = _team(fact.team_id)
    tell(_members(team.id, fact.who), "team-left", about=team, url=_path(team, "/charter"))
    if fact.who != fact.person_id:
        tell([fact.person_id], "team-removed", url="/teams", mail=True)


def lead_changed(fact: facts.LeadChanged) -> None:
    """Tell the new lead."""
    team = _team(fact.team_id)
    tell([fact.person_id], "team-lead", about=team, url=_path(team, "/members"))


def stepped(fact: facts.TeamStepped) -> None:
    """Tell the team."""
    team = _team(fact.team_id)
    tell(_members(team.id, fact.who), "team-step", about=team, url=_path(team, "/state"),
         mail=fact.step in {"pause", "close"})


def charter_written(fact: facts.CharterWritten) -> None:
    """Ask the others to sign."""
    team = _team(fact.team_id)
    tell(_members(team.id, fact.who), "charter-written", "answer", about=team,
         url=_path(team, "/charter"))


def join_asked(fact: facts.JoinAsked) -> None:
    """Tell the lead."""
    team = _team(fact.team_id)
    tell(_leads(team.id), "join-asked", "answer", about=team, url=_path(team, "/members"))


def join_answered(fact: facts.JoinAnswered) -> None:
    """Tell whoever asked."""
    team = _team(fact.team_id)
    request = session().get(JoinRequest, fact.request_id)
    assert request is not None
    if fact.accepted:
        tell([request.person_id], "join-accepted", about=team, url=_path(team), mail=True)
    else:
        tell([request.person_id], "join-declined", url="/teams/looking", mail=True)


def _assignment(assignment_id: int) -> MentorAssignment:
    found = session().get(MentorAssignment, assignment_id)
    assert found is not None
    return found


def mentor_asked(fact: facts.MentorAsked) -> None:
    """Tell the person."""
    assignment = _assignment(fact.assignment_id)
    tell([assignment.person_id], "mentor-asked", "answer", about=assignment,
         url=f"/teams/mentoring/{assignment.public_id}")


def _programme_leads(team: Team) -> set[int]:
    return {it.id for it in holders(
        ("programme-lead",), "programme", team.edition.programme_id, now())}


def mentor_accepted(fact: facts.MentorAccepted) -> None:
    """Tell the lead of the team and those of the programme."""
    assignment = _assignment(fact.assignment_id)
    team = assignment.team
    tell(_leads(team.id) | _programme_leads(team), "mentor-accepted", about=assignment,
         url=_path(team, "/members"))


def mentor_ended(fact: facts.MentorEnded) -> None:
    """Tell the other side."""
    assignment = _assignment(fact.assignment_id)
    team = assignment.team
    if fact.who != assignment.person_id:
        tell([assignment.person_id], "mentor-ended", mail=True)
    tell((_leads(team.id) | _programme_leads(team)) - {fact.who or 0}, "mentor-gone",
         about=assignment, url=_path(team, "/members"))
