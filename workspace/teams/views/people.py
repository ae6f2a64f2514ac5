"""Who is in a team: members, invitations, requests, leaving."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app, url_for

from workspace.foundation.access import Actor, can
from workspace.foundation.clock import now
from workspace.foundation.db import new_public_id
from workspace.foundation.errors import Missing
from workspace.foundation.forms import Form
from workspace.foundation.limits import count
from workspace.foundation.text import _
from workspace.foundation.web import forget_actor, go, page, refusals
from workspace.grants.models import Invitation
from workspace.teams import actions, queries
from workspace.teams.forms import InviteForm, MentorForm
from workspace.teams.models import Member, Team
from workspace.teams.rules import MEMBER_STATUS_LABELS, TEAM, MemberStatus
from workspace.teams.views.door import TONES, crumbs, doors, tabs


@doors.page("/<team>/members", verb="view", things={"team": Team})
def members(actor: Actor, team: Team) -> Any:
    """Members with role, status, discipline and institution; mentors; for the lead, ways in."""
    return people(actor, team)


def people(
    actor: Actor, team: Team, *, invite_form: InviteForm | None = None,
    mentor_form: MentorForm | None = None, made: tuple[Invitation, str, str] | None = None,
) -> Any:
    """The page of members; `made` is a new invitation, whose code is shown this once."""
    at = now()
    leads = bool(can(actor, "lead", team))
    reads = bool(can(actor, "read", team))
    oversees = bool(can(actor, "oversee", team))
    here = queries.present(team.id)
    assignments = queries.mentors_of(team.id)
    asked = {it.person_id for it in assignments}
    least, most = queries.size_limits(team.id)
    if oversees:
        mentor_form = mentor_form or MentorForm(formdata=None)
        known = queries.mentor_candidates(team, at)
        mentor_form.person.choices = [
            ("", _("Choose a person")),
            *((it.public_id, it.name) for it in known if it.id not in asked),
        ]
    wrong = next((it for it in (invite_form, mentor_form) if it is not None and it.errors), None)
    link = None
    if made is not None:
        base = str(current_app.config["INNOCORE"].base_url).rstrip("/")
        link = f"{base}/join/{made[1]}"
    return page(
        "teams/members.html", form=wrong, team=team, members=here,
        gone=queries.gone(team.id) if reads else [], signed=queries.signed_at(
            team.id, team.charter_version) if team.charter_version else {},
        status_word=lambda value: MEMBER_STATUS_LABELS[MemberStatus(value)], leads=leads,
        reads=reads,
        oversees=oversees, state=TEAM.label(team.state), tone=TONES[team.state], least=least,
        most=most, full=len(here) >= most, is_member=bool(can(actor, "edit", team)),
        requests=queries.join_requests(team.id) if leads else [],
        invitations=queries.invitations(team.id, at) if leads else [],
        invite_form=(invite_form or InviteForm(formdata=None, data={"key": new_public_id()}))
        if leads else None,
        made=made, link=link, assignments=assignments,
        mentors=[it for it in queries.mentor_people(team.id, at) if it.id not in asked],
        mentor_form=mentor_form, crumbs=crumbs(team, (_("Members"), None)),
        tabs=tabs(team, "people", reads=reads, leads=leads),
    )


@doors.page("/<team>/invitations", verb="lead", things={"team": Team}, methods=["POST"])
def invite(actor: Actor, team: Team) -> Any:
    """Make a way in; link and code are shown on the answer to this and never again."""
    count("invite", "50 per day", actor.person_id)
    form = InviteForm()
    made = None
    if form.validate():
        with refusals(form):
            made = actions.invite(actor, team, now(), email=form.email.data or None,
                                  key=form.key.data or None)
    if made is None:
        return people(actor, team, invite_form=form)
    return people(actor, team, made=made)


@doors.page("/<team>/invitations/<invitation>/withdrawal", verb="lead", things={"team": Team},
            methods=["POST"])
def withdraw(actor: Actor, team: Team, invitation: str) -> Any:
    """Make a way in useless."""
    found = queries.invitation_of(team.id, invitation)
    if found is None:
        raise Missing
    actions.withdraw_invitation(actor, found, now())
    return go(".members", _("Withdrawn. The link and the code no longer work."),
              team=team.public_id)


@doors.page("/<team>/members/<member>/removal", verb="lead",
            things={"team": Team, "member": Member}, methods=["POST"], name="remove")
def remove(actor: Actor, team: Team, member: Member) -> Any:
    """Take a member out."""
    actions.remove(actor, team, member, now())
    return go(".members", _("%(name)s is no longer in the team.", name=member.person.name),
              team=team.public_id)


@doors.page("/<team>/members/<member>/lead", verb="lead",
            things={"team": Team, "member": Member}, methods=["POST"])
def hand_over(actor: Actor, team: Team, member: Member) -> Any:
    """Make another member the lead."""
    actions.hand_over(actor, team, member, now())
    forget_actor()
    return go(".members", _("%(name)s leads the team now.", name=member.person.name),
              team=team.public_id)


@doors.page("/<team>/leaving", verb="edit", things={"team": Team}, methods=["GET", "POST"])
def leave(actor: Actor, team: Team) -> Any:
    """Leave the team, after reading what it means."""
    form = Form()
    if form.is_submitted():
        with refusals(form):
            actions.leave(actor, team, now())
            forget_actor()
            return go(".index", _("You have left the team."))
    return page("teams/leave.html", form=form, team=team,
                alone=len(queries.present(team.id)) == 1,
                crumbs=crumbs(team, (_("Leave"), None)))


def join(actor: Actor, invitation: Invitation, at: datetime) -> str:
    """What the link of an invitation leads to: the team's first page."""
    team = actions.join_by_invitation(actor, invitation, at)
    return url_for("home.team", team=team.public_id)
