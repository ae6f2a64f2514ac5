"""What people do with teams: begin, change, join, leave, lead. Nothing here commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from workspace.foundation.access import Actor
from workspace.foundation.db import new_public_id, session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.history import record_step
from workspace.foundation.mail import letter
from workspace.foundation.text import _, lazy
from workspace.grants import actions as grants
from workspace.grants.models import Invitation
from workspace.grants.queries import holders
from workspace.organisations.models import Organisation
from workspace.programmes.models import Edition
from workspace.teams import facts, queries
from workspace.teams.models import Member, Team
from workspace.teams.rules import (
    TEAM,
    MemberRole,
    MemberStatus,
    TeamFacts,
    TeamState,
    charter_unsigned,
    join_objection,
    leave_objection,
    remove_objection,
)

MEMBERS = ("team-lead", "team-member")


@dataclass(frozen=True)
class Part:
    """In which role, discipline and from which institution somebody takes part."""

    status: str = MemberStatus.STUDENT
    discipline: str = ""
    organisation: Organisation | None = None


@dataclass(frozen=True)
class TeamDraft:
    """What a lead says about the team. `looking_*` is what strangers of the edition may read."""

    name: str
    home: Organisation
    title: str = ""
    pitch: str = ""
    keywords: tuple[str, ...] = ()
    open_to_members: bool = False
    looking_for: tuple[str, ...] = ()
    looking_text: str = ""


def locked(team: Team) -> Team:
    """The row as it is on disk now, held until the end of the unit; others wait."""
    found = session().scalar(
        select(Team).where(Team.id == team.id)
        .with_for_update(of=Team).execution_options(populate_existing=True)
    )
    assert found is not None
    session().expire(found, ["members"])
    return found


def begin_team(
    actor: Actor, edition: Edition, draft: TeamDraft, part: Part, now: datetime,
    *, key: str | None = None, is_sample: bool = False,
) -> Team:
    """Begin a team and lead it. `key` is the random name that the form carried: sent twice, the
    form makes one team."""
    assert actor.person_id is not None
    if not actor.has("participant", "edition", edition.id) or (
        edition.state != "open" and not is_sample
    ):
        raise Refused(_("Choose an edition from the list."), field="edition")
    team = Team(
        public_id=key or new_public_id(), edition_id=edition.id, edition=edition,
        home_organisation_id=draft.home.id, home_organisation=draft.home, state=TEAM.start,
        name="", created_by_id=actor.person_id, created_at=now, is_sample=is_sample,
    )
    session().add(team)
    _write(team, draft)
    session().flush()
    _enrol(actor, team, actor.person_id, MemberRole.LEAD, part, now)
    announce(facts.TeamMade(actor.person_id, team.id, edition.id))
    return team


def _write(team: Team, draft: TeamDraft) -> tuple[str, ...]:
    values = {
        "name": draft.name, "title": draft.title, "pitch": draft.pitch,
        "keywords": list(draft.keywords), "open_to_members": draft.open_to_members,
        "looking_for": list(draft.looking_for), "looking_text": draft.looking_text,
        "home_organisation_id": draft.home.id,
    }
    changed = tuple(name for name, value in values.items() if getattr(team, name) != value)
    for name in changed:
        setattr(team, name, values[name])
    return changed


def change_team(actor: Actor, team: Team, draft: TeamDraft, now: datetime) -> tuple[str, ...]:
    """Change what the lead says about the team; returns the names of the changed fields.

    The home institution decides whose transfer office reads everything: it is fixed once the team
    is formed.
    """
    team = locked(team)
    _must_be_alive(team)
    if draft.home.id != team.home_organisation_id and team.state != TeamState.FORMING:
        raise Refused(_("The home institution is fixed since the team was formed."), field="home")
    if draft.open_to_members and _is_full(team):
        raise Refused(_("This team is full, so it cannot look for members."),
                      field="open_to_members")
    changed = _write(team, draft)
    session().flush()
    if changed:
        announce(facts.TeamChanged(actor.person_id, team.id, changed))
    return changed


def _must_be_alive(team: Team) -> None:
    if team.state == TeamState.CLOSED:
        raise Refused(_("This team is closed. It cannot be changed any more."), code="state",
                      status=409)


def _is_full(team: Team) -> bool:
    return len(queries.present(team.id)) >= queries.size_limits(team.id)[1]


# Joining and leaving


def _enrol(actor: Actor, team: Team, person_id: int, role: str, part: Part,
           now: datetime) -> Member:
    member = Member(
        team_id=team.id, person_id=person_id, role=role, member_status=part.status,
        discipline=part.discipline,
        organisation_id=part.organisation.id if part.organisation else None, created_at=now,
    )
    session().add(member)
    session().flush()
    session().expire(team, ["members"])
    for held, kind, scope in (
        (f"team-{role}", "team", team.id), ("participant", "edition", team.edition_id),
    ):
        grants.give(actor, person_id, held, kind, scope, now, basis="membership",
                    basis_id=member.id)
    announce(facts.TeamJoined(actor.person_id, team.id, person_id))
    return member


def admit(actor: Actor, team: Team, person_id: int, part: Part, now: datetime) -> Member:
    """Take a person in. The row of the team is locked, so of two people at the last seat one wins.

    Raises Refused when the team is full or closed, or the person is in it already.
    """
    team = locked(team)
    here = queries.present(team.id)
    _least, most = queries.size_limits(team.id)
    objection = join_objection(
        team.state, len(here), most, is_member=any(it.person_id == person_id for it in here)
    )
    if objection:
        raise Refused(objection, code="full")
    member = _enrol(actor, team, person_id, MemberRole.MEMBER, part, now)
    _ask_for_renewal(team, now)
    if len(here) + 1 >= most and team.open_to_members:
        team.open_to_members = False
    session().flush()
    return member


def _ask_for_renewal(team: Team, now: datetime) -> None:
    """Whoever comes or goes changes what was agreed: the charter wants new signatures."""
    if team.charter_version and team.charter_renewal_at is None:
        team.charter_renewal_at = now


def invite(actor: Actor, team: Team, now: datetime, *, email: str | None = None,
           key: str | None = None) -> tuple[Invitation, str, str]:
    """Make a way into the team: one person, seven days. Returns it with link token and code.

    Both are shown once; an address it is bound to gets the link by mail as well. `key` is the
    random name that the form carried; sent again, the form makes no second way in.
    """
    team = locked(team)
    _must_be_alive(team)
    if _is_full(team):
        raise Refused(_("This team is full, so nobody can be invited."))
    if key is not None and queries.invitation_of(team.id, key) is not None:
        raise Refused(_("This form has made an invitation already, and its code was shown then. "
                        "Withdraw that invitation and make a new one if you lost it."))
    invitation, token, code = grants.invite(
        actor, "team-member", "team", team.id, now, email=email or None
    )
    if key is not None:
        invitation.public_id = key
        session().flush()
    if invitation.email:
        letter(
            invitation.email, template="mail/invitation_team",
            subject=lazy("You are invited to InnoCore workspace"),
            context={"path": f"/join/{token}", "inviter": actor.name},
        )
    return invitation, token, code


def withdraw_invitation(actor: Actor, invitation: Invitation, now: datetime) -> None:
    """Make a way in useless."""
    grants.withdraw_invitation(actor, invitation, now)


def join_by_invitation(actor: Actor, invitation: Invitation, now: datetime) -> Team:
    """Come in by a link or a code; whoever handles the link marks the invitation as used.

    Void when the person who made it no longer leads the team.
    """
    assert actor.person_id is not None
    team = session().get(Team, invitation.scope_id)
    if team is None:
        raise Refused(_("This invitation has ended. Ask for a new one."), field="code")
    team = locked(team)
    leads = {it.id for it in holders(("team-lead",), "team", team.id, now)}
    if invitation.made_by_id not in leads:
        raise Refused(_("Whoever invited you no longer leads this team. Ask for a new invitation."),
                      field="code")
    home = queries.own_organisations(actor)
    part = Part(organisation=home[0] if len(home) == 1 else None)
    admit(actor, team, actor.person_id, part, now)
    return team


def leave(actor: Actor, team: Team, now: datetime) -> None:
    """Leave the team. Access ends at once; what the person made stays hers.

    The only lead hands over first; the last member closes the team by leaving.
    """
    assert actor.person_id is not None
    team = locked(team)
    member = queries.membership(team.id, actor.person_id)
    if member is None:
        return
    others = [it for it in queries.present(team.id) if it.id != member.id]
    objection = leave_objection(
        is_lead=member.role == MemberRole.LEAD,
        other_leads=sum(it.role == MemberRole.LEAD for it in others), other_members=len(others),
    )
    if objection:
        raise Refused(objection)
    if not others and team.state != TeamState.CLOSED:
        _step(actor, team, "close", TeamFacts(reason=_("The last member left.")), now)
    _part_with(actor, team, member, now)


def remove(actor: Actor, team: Team, member: Member, now: datetime) -> None:
    """Take a member out of the team. Access ends at once; what the person made stays hers."""
    assert actor.person_id is not None
    team = locked(team)
    held = queries.membership(team.id, member.person_id)
    if held is None:
        return
    others = [it for it in queries.present(team.id) if it.id != held.id]
    objection = remove_objection(
        remover_id=actor.person_id, person_id=held.person_id,
        is_lead=held.role == MemberRole.LEAD,
        other_leads=sum(it.role == MemberRole.LEAD for it in others),
    )
    if objection:
        raise Refused(objection)
    _part_with(actor, team, held, now)


def _part_with(actor: Actor, team: Team, member: Member, now: datetime) -> None:
    member.left_at = now
    _void_invitations(actor, team, member.person_id, now)
    _ask_for_renewal(team, now)
    session().flush()
    session().expire(team, ["members"])
    grants.end(actor, member.person_id, MEMBERS, "team", team.id, now)
    announce(facts.TeamLeft(actor.person_id, team.id, member.person_id))


def _void_invitations(actor: Actor, team: Team, person_id: int, now: datetime) -> None:
    for invitation in queries.invitations(team.id, now):
        if invitation.made_by_id == person_id:
            grants.withdraw_invitation(actor, invitation, now)


def hand_over(actor: Actor, team: Team, member: Member, now: datetime) -> None:
    """Make another member the lead; the lead becomes a member."""
    team = locked(team)
    before = queries.membership(team.id, actor.person_id)
    after = queries.membership(team.id, member.person_id)
    if before is None or before.role != MemberRole.LEAD:
        raise Refused(_("You no longer lead this team."), code="state", status=409)
    if after is None:
        raise Refused(_("This person is no longer in the team."), code="state", status=409)
    if after.id == before.id:
        return
    for row, role in ((after, MemberRole.LEAD), (before, MemberRole.MEMBER)):
        old = f"team-{row.role}"
        row.role = role
        grants.give(actor, row.person_id, f"team-{role}", "team", team.id, now,
                    basis="membership", basis_id=row.id)
        grants.end(actor, row.person_id, (old,), "team", team.id, now)
    _void_invitations(actor, team, before.person_id, now)
    session().flush()
    announce(facts.LeadChanged(actor.person_id, team.id, after.person_id, before.person_id))


def change_part(actor: Actor, member: Member, part: Part, now: datetime) -> None:
    """Say in which role, discipline and from which institution one takes part."""
    values = {
        "member_status": part.status, "discipline": part.discipline,
        "organisation_id": part.organisation.id if part.organisation else None,
    }
    changed = tuple(name for name, value in values.items() if getattr(member, name) != value)
    for name in changed:
        setattr(member, name, values[name])
    session().flush()
    if changed:
        announce(facts.MemberChanged(actor.person_id, member.team_id, member.person_id, changed))


# The course of a team


def facts_of(team: Team, now: datetime, reason: str = "") -> TeamFacts:
    """What the guards of forming look at; wings add what only they know with `replace`."""
    here = queries.present(team.id)
    least, most = queries.size_limits(team.id)
    missing = charter_unsigned(
        [it.person_id for it in here], queries.signatures(team.id), team.charter_version
    )
    return TeamFacts(
        members=len(here), least=least, most=most, charter=team.charter,
        unsigned=tuple(it.person.name for it in here if it.person_id in missing),
        not_confidential=tuple(
            queries.without_agreement(team.id, [it.person for it in here], now)
        ),
        reason=reason,
    )


def take_step(actor: Actor, team: Team, name: str, known: TeamFacts, now: datetime) -> Team:
    """Take a step of the machine; `known` is what its guards look at (`facts_of` and more).

    Other features call this for the steps that they know of: a first canvas version, a review.
    Raises Refused when the table or a guard says no.
    """
    team = locked(team)
    _step(actor, team, name, known, now)
    return team


def _step(actor: Actor, team: Team, name: str, known: TeamFacts, now: datetime) -> None:
    source = team.state
    target = TEAM.step(source, name, known, before=team.paused_from or None)
    if name == "pause":
        team.paused_from = source
    elif name == "resume":
        team.paused_from = ""
    if target in (TeamState.CLOSED, TeamState.PAUSED):
        team.open_to_members = False
    team.state = target
    record_step("team", team.id, name, source, target, actor.person_id, now, known.reason)
    session().flush()
    announce(facts.TeamStepped(actor.person_id, team.id, name, source, target))


def pause(actor: Actor, team: Team, reason: str, now: datetime) -> None:
    """Rest for a while. Option and filing deadlines run on."""
    take_step(actor, team, "pause", TeamFacts(reason=reason), now)


def resume(actor: Actor, team: Team, now: datetime) -> None:
    """Go on where the team paused."""
    team = take_step(actor, team, "resume", TeamFacts(), now)
    form_if_ready(actor, team, now)


def close(actor: Actor, team: Team, reason: str, now: datetime) -> None:
    """End the team for good. What it made stays with its members."""
    team = take_step(actor, team, "close", TeamFacts(reason=reason), now)
    for invitation in queries.invitations(team.id, now):
        grants.withdraw_invitation(actor, invitation, now)


def form_if_ready(actor: Actor, team: Team, now: datetime) -> bool:
    """Take the step to `team-formed` when nothing stands in the way; returns whether it did."""
    known = facts_of(team, now)
    if TEAM.objection(team.state, "sign-charter", known) is not None:
        return False
    _step(actor, team, "sign-charter", known, now)
    return True
