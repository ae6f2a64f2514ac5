"""What a team agrees on and keeps: charter, contribution log, requests to join, mentors."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from workspace.accounts.models import Person
from workspace.foundation.access import Actor
from workspace.foundation.db import new_public_id, session
from workspace.foundation.errors import Refused, Stale
from workspace.foundation.facts import announce
from workspace.foundation.text import _, lazy
from workspace.grants import actions as grants
from workspace.grants.queries import held_by
from workspace.teams import facts, queries
from workspace.teams.actions import Part, admit, form_if_ready, locked
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
from workspace.teams.rules import TeamState, charter_problem, charter_unsigned, join_objection

UNDERTAKING_DAYS = 730
UNDERTAKING = lazy(
    "I keep secret what this team shows me. I show it to nobody outside the team, I use it only to "
    "advise the team, and I tell the programme lead at once when my own work or my organisation "
    "competes with it. This holds until the date below, also when I no longer mentor the team."
)
"""What a mentor promises before she sees anything."""


# The charter


def write_charter(actor: Actor, team: Team, text: str, now: datetime, *, seen: int) -> int:
    """Write the next version of the charter; returns its number. Signatures begin anew.

    `seen` is the version that the writer had before her. Raises Stale when it has changed since.
    """
    assert actor.person_id is not None
    team = locked(team)
    if team.state == TeamState.CLOSED:
        raise Refused(_("This team is closed. It cannot be changed any more."))
    if text == team.charter:
        return team.charter_version
    if seen != team.charter_version:
        raise Stale(_("Somebody changed the charter meanwhile. Your text is kept here: open the "
                      "charter in another tab, then put both together."))
    problem = charter_problem(text)
    if problem:
        raise Refused(problem, field="text")
    team.charter = text
    team.charter_version += 1
    if team.state != TeamState.FORMING:
        team.charter_renewal_at = now
    session().add(CharterVersion(
        team_id=team.id, version=team.charter_version, text=text, written_by_id=actor.person_id,
        created_at=now,
    ))
    session().flush()
    announce(facts.CharterWritten(actor.person_id, team.id, team.charter_version))
    return team.charter_version


def sign_charter(actor: Actor, team: Team, version: int, now: datetime) -> bool:
    """Sign this version; returns whether the team is formed by it. Signing twice is signing once.

    The row of the team is locked, so that of the last two who sign at once the second sees the
    first, and the team is formed exactly once.
    """
    assert actor.person_id is not None
    team = locked(team)
    member = queries.membership(team.id, actor.person_id)
    if member is None:
        raise Refused(_("Only members of the team sign its charter."))
    if team.state == TeamState.CLOSED:
        raise Refused(_("This team is closed. It cannot be changed any more."))
    problem = charter_problem(team.charter)
    if problem:
        raise Refused(problem)
    if version != team.charter_version:
        raise Stale(_("The charter has changed since you opened it. Read it again, then sign."))
    done = queries.signed_at(team.id, version)
    if actor.person_id not in done:
        session().add(CharterSignature(
            team_id=team.id, person_id=actor.person_id, charter_version=version, created_at=now,
        ))
        session().flush()
        announce(facts.CharterSigned(actor.person_id, team.id, actor.person_id, version))
    here = [it.person_id for it in queries.present(team.id)]
    if not charter_unsigned(here, queries.signatures(team.id), version):
        team.charter_renewal_at = None
        session().flush()
    return form_if_ready(actor, team, now)


# The contribution log


def log_contribution(
    actor: Actor, team: Team, text: str, now: datetime, *, from_outside: bool = False,
    corrects: Contribution | None = None, key: str | None = None,
) -> Contribution:
    """Add a line to the log. Nothing in it is ever changed: a correction is a new line."""
    assert actor.person_id is not None
    if not text.strip():
        raise Refused(_("Write what you contributed."), field="text")
    if key is not None:
        same = session().scalar(
            select(Contribution).where(
                Contribution.public_id == key, Contribution.team_id == team.id
            )
        )
        if same is not None:
            return same
    if corrects is not None and corrects.team_id != team.id:
        raise Refused(_("This line is in the log of another team."))
    line = Contribution(
        public_id=key or new_public_id(), team_id=team.id, person_id=actor.person_id, text=text,
        from_outside=from_outside, corrects_id=corrects.id if corrects else None, created_at=now,
    )
    session().add(line)
    session().flush()
    announce(facts.ContributionLogged(actor.person_id, team.id, line.id))
    return line


# Requests to join


def ask_to_join(actor: Actor, opening: Opening, message: str, now: datetime) -> JoinRequest:
    """Ask a team to take one in. Asking again while a request waits changes nothing."""
    assert actor.person_id is not None
    team = session().get(Team, opening.id)
    assert team is not None
    team = locked(team)
    waiting = queries.open_request(team.id, actor.person_id)
    if waiting is not None:
        return waiting
    if not team.open_to_members:
        raise Refused(_("This team does not look for members any more."))
    objection = join_objection(
        team.state, len(queries.present(team.id)), queries.size_limits(team.id)[1],
        is_member=queries.membership(team.id, actor.person_id) is not None,
    )
    if objection:
        raise Refused(objection)
    request = JoinRequest(
        team_id=team.id, person_id=actor.person_id, message=message, created_at=now
    )
    session().add(request)
    session().flush()
    announce(facts.JoinAsked(actor.person_id, team.id, request.id))
    return request


def answer_request(
    actor: Actor, request: JoinRequest, now: datetime, *, accepted: bool
) -> Member | None:
    """Take somebody in, or not. Raises Stale when it was answered the other way meanwhile."""
    team = locked(request.team)
    held = session().scalar(
        select(JoinRequest).where(JoinRequest.id == request.id)
        .with_for_update(of=JoinRequest).execution_options(populate_existing=True)
    )
    assert held is not None
    if held.answered_at is not None:
        if held.accepted == accepted:
            return queries.membership(team.id, held.person_id)
        raise Stale(_("This request has been answered already."))
    member = None
    if accepted:
        asker = held_by(held.person_id, now)
        if not any(
            it.role == "participant" and it.kind == "edition" and it.scope_id == team.edition_id
            for it in asker
        ):
            raise Refused(_("This person no longer takes part in the edition."))
        member = admit(actor, team, held.person_id, Part(), now)
    held.answered_at, held.answered_by_id, held.accepted = now, actor.person_id, accepted
    session().flush()
    announce(facts.JoinAnswered(actor.person_id, team.id, held.id, accepted))
    return member


# Mentors


def ask_mentor(actor: Actor, team: Team, person: Person, now: datetime) -> MentorAssignment:
    """Ask a person to mentor the team. She sees nothing before she has signed the undertaking."""
    assert actor.person_id is not None
    team = locked(team)
    if team.state == TeamState.CLOSED:
        raise Refused(_("This team is closed. It cannot be changed any more."))
    known = {it.person_id for it in (*queries.present(team.id), *queries.gone(team.id))}
    if person.id in known:
        raise Refused(_("This person is or was in the team, so she or he cannot mentor it."),
                      field="email")
    for one in queries.mentors_of(team.id):
        if one.person_id == person.id:
            return one
    assignment = MentorAssignment(
        team_id=team.id, team=team, person_id=person.id, person=person,
        assigned_by_id=actor.person_id, created_at=now,
    )
    session().add(assignment)
    session().flush()
    announce(facts.MentorAsked(actor.person_id, team.id, assignment.id))
    return assignment


def _locked_assignment(assignment: MentorAssignment) -> MentorAssignment:
    found = session().scalar(
        select(MentorAssignment).where(MentorAssignment.id == assignment.id)
        .with_for_update(of=MentorAssignment).execution_options(populate_existing=True)
    )
    assert found is not None
    return found


def undertaking_until(now: datetime) -> datetime:
    """When an undertaking that is signed now ends."""
    return now + timedelta(days=UNDERTAKING_DAYS)


def accept_mentoring(actor: Actor, assignment: MentorAssignment, now: datetime) -> None:
    """Sign the undertaking; from now on the mentor sees what is for mentors, until it ends."""
    held = _locked_assignment(assignment)
    if held.ended_at is not None:
        raise Stale(_("This request has ended. Ask the programme lead."))
    if held.accepted_at is not None:
        return
    if queries.membership(held.team_id, held.person_id) is not None:
        raise Refused(_("You are in this team, so you cannot mentor it."))
    until = undertaking_until(now)
    agreement = grants.sign_agreement(actor, "team", held.team_id, str(UNDERTAKING), until, now)
    grants.give(actor, held.person_id, "mentor", "team", held.team_id, now, basis="assignment",
                basis_id=agreement.id, until=until)
    held.accepted_at = now
    session().flush()
    announce(facts.MentorAccepted(actor.person_id, held.team_id, held.id))


def end_mentoring(actor: Actor, assignment: MentorAssignment, now: datetime) -> None:
    """End mentoring, or decline the request. Access ends at once; the promise of secrecy stays."""
    held = _locked_assignment(assignment)
    if held.ended_at is not None:
        return
    held.ended_at, held.ended_by_id = now, actor.person_id
    session().flush()
    grants.end(actor, held.person_id, ("mentor",), "team", held.team_id, now)
    announce(facts.MentorEnded(actor.person_id, held.team_id, held.id))
