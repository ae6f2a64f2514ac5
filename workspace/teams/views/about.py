"""Begin a team, and what its lead says about it."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy import select

from workspace.foundation.access import Actor, allow, can
from workspace.foundation.clock import now
from workspace.foundation.db import new_public_id, session
from workspace.foundation.errors import Refused
from workspace.foundation.text import _
from workspace.foundation.web import go, page, refusals
from workspace.organisations.models import Organisation
from workspace.teams import actions, queries
from workspace.teams.actions import Part, TeamDraft
from workspace.teams.forms import LookingForm, PartForm, TeamForm, joined, words
from workspace.teams.models import Member, Team
from workspace.teams.views.door import crumbs, doors, tabs


def chosen(public_id: str | None, choices: list[Organisation], field: str) -> Organisation:
    """The institution with this id from the list that the person was shown."""
    found = next((it for it in choices if it.public_id == public_id), None)
    if found is None:
        raise Refused(_("Choose an institution from the list."), field=field)
    return found


def _made_by_this_form(actor: Actor) -> Team | None:
    key = request.form.get("key")
    if not key:
        return None
    return session().scalar(
        select(Team).where(Team.public_id == key, Team.created_by_id == actor.person_id)
    )


@doors.page("/new", verb="create", kind=Team, methods=["GET", "POST"])
def new(actor: Actor) -> Any:
    """Begin a team; whoever begins it leads it."""
    made = _made_by_this_form(actor)
    if made is not None:
        allow(actor, "view", made)
        return go("home.team", team=made.public_id)
    editions = queries.editions_for_teams(actor)
    if not editions:
        return page("teams/nowhere.html", crumbs=crumbs(None, (_("New team"), None)))
    homes = queries.home_choices(actor)
    places = queries.institution_choices(actor)
    own = queries.own_organisations(actor)
    mine = own[0].public_id if len(own) == 1 else ""
    # Its office will read everything, so nobody's institution is chosen for her.
    first = mine if mine in {it.public_id for it in homes} else ""
    form = TeamForm(data={
        "key": new_public_id(), "edition": request.args.get("edition", editions[0].public_id),
        "home": first,
    })
    part = PartForm(prefix="part", data={"status": "student", "organisation": mine})
    form.edition.choices = [(it.public_id, f"{it.programme.title}: {it.title}") for it in editions]
    form.home.choices = [("", _("Choose an institution")),
                         *((it.public_id, it.name) for it in homes)]
    part.organisation.choices = [("", _("None of these")),
                                 *((it.public_id, it.name) for it in places)]
    if form.is_submitted() and form.validate() & part.validate():
        with refusals(form):
            edition = next((it for it in editions if it.public_id == form.edition.data), None)
            if edition is None:
                raise Refused(_("Choose an edition from the list."), field="edition")
            team = actions.begin_team(
                actor, edition, _draft(form, chosen(form.home.data, homes, "home")),
                _part(part, places), now(), key=form.key.data or None,
            )
            return go("home.team", _("Team started. Invite the others next."),
                      team=team.public_id)
    if part.errors and not form.errors:
        form.refuse(_("Check how you take part."))
    return page("teams/new.html", form=form, part=part, alone=len(editions) == 1,
                crumbs=crumbs(None, (_("New team"), None)))


def _draft(form: TeamForm, home: Organisation, looking: LookingForm | None = None) -> TeamDraft:
    about = TeamDraft(
        name=form.name.data, home=home, title=form.title.data or "", pitch=form.pitch.data or "",
        keywords=words(form.keywords.data),
    )
    if looking is None:
        return about
    return TeamDraft(
        name=about.name, home=about.home, title=about.title, pitch=about.pitch,
        keywords=about.keywords, open_to_members=bool(looking.open_to_members.data),
        looking_for=words(looking.looking_for.data), looking_text=looking.looking_text.data or "",
    )


def _part(form: PartForm, places: list[Organisation]) -> Part:
    place = None
    if form.organisation.data:
        place = chosen(form.organisation.data, places, "organisation")
    return Part(form.status.data, form.discipline.data or "", place)


@doors.page("/<team>/edit", verb="lead", things={"team": Team}, methods=["GET", "POST"])
def edit(actor: Actor, team: Team) -> Any:
    """Name, title, pitch, and what people who look for a team may read."""
    homes = queries.home_choices(actor, team.home_organisation_id)
    form = TeamForm(data={
        "name": team.name, "title": team.title, "pitch": team.pitch,
        "keywords": joined(team.keywords), "home": team.home_organisation.public_id,
    })
    del form.edition, form.key
    form.home.choices = [(it.public_id, it.name) for it in homes]
    is_fixed = team.state != "forming"
    if is_fixed:
        del form.home
    looking = LookingForm(prefix="looking", data={
        "open_to_members": team.open_to_members, "looking_for": joined(team.looking_for),
        "looking_text": team.looking_text,
    })
    if form.is_submitted() and form.validate() & looking.validate():
        with refusals(form):
            home = team.home_organisation if is_fixed else chosen(form.home.data, homes, "home")
            actions.change_team(actor, team, _draft(form, home, looking), now())
            return go(".edit", _("Saved."), team=team.public_id)
    if looking.errors and not form.errors:
        form.refuse(_("Check what people who look for a team may read."))
    return page(
        "teams/edit.html", form=form, looking=looking, team=team, is_fixed=is_fixed,
        crumbs=crumbs(team, (_("About the team"), None)),
        tabs=tabs(team, "edit", reads=bool(can(actor, "read", team)), leads=True),
    )


@doors.page("/<team>/members/<member>", verb="change", things={"team": Team, "member": Member},
            methods=["GET", "POST"])
def part(actor: Actor, team: Team, member: Member) -> Any:
    """How one takes part: status, discipline, institution."""
    places = queries.institution_choices(actor, member.organisation_id)
    form = PartForm(data={
        "status": member.member_status, "discipline": member.discipline,
        "organisation": member.organisation.public_id if member.organisation else "",
    })
    form.organisation.choices = [("", _("None of these")),
                                 *((it.public_id, it.name) for it in places)]
    if form.is_submitted() and form.validate():
        with refusals(form):
            actions.change_part(actor, member, _part(form, places), now())
            return go(".members", _("Saved."), team=team.public_id)
    return page("teams/part.html", form=form, team=team,
                crumbs=crumbs(team, (_("How you take part"), None)))
