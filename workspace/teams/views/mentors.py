"""Mentors of a team: asked by the programme lead, in after signing an undertaking."""

from __future__ import annotations

from typing import Any

from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.errors import Refused
from workspace.foundation.limits import count
from workspace.foundation.text import _
from workspace.foundation.web import forget_actor, go, page, refusals
from workspace.teams import agreements, queries
from workspace.teams.forms import MentorForm, UndertakingForm
from workspace.teams.models import MentorAssignment, Team
from workspace.teams.views.door import doors
from workspace.teams.views.people import people


@doors.page("/<team>/mentors", verb="oversee", things={"team": Team}, methods=["POST"])
def ask_mentor(actor: Actor, team: Team) -> Any:
    """Ask a person to mentor the team."""
    count("mentor", "60 per hour", actor.person_id)
    form = MentorForm()
    if form.validate():
        with refusals(form):
            person = None
            if form.person.data:
                known = queries.mentor_candidates(team, now())
                person = next((it for it in known if it.public_id == form.person.data), None)
            elif form.email.data:
                person = queries.person_at(form.email.data)
                if person is None:
                    raise Refused(_("Nobody here has this address. Ask the person to make an "
                                    "account first."), field="email")
            if person is None:
                raise Refused(_("Choose a person or write an address."), field="person")
            agreements.ask_mentor(actor, team, person, now())
            return go(".members", _("%(name)s is asked.", name=person.name), team=team.public_id,
                      _anchor="mentors")
    return people(actor, team, mentor_form=form)


@doors.page("/<team>/mentors/<mentor_assignment>/end", verb="end",
            things={"team": Team, "mentor_assignment": MentorAssignment}, methods=["POST"])
def end_mentor(actor: Actor, team: Team, mentor_assignment: MentorAssignment) -> Any:
    """End mentoring, for the programme lead."""
    agreements.end_mentoring(actor, mentor_assignment, now())
    return go(".members", _("%(name)s no longer mentors the team.",
                            name=mentor_assignment.person.name),
              team=team.public_id, _anchor="mentors")


@doors.page("/mentoring/<assignment>", verb="undertake", things={"assignment": MentorAssignment})
def undertaking(actor: Actor, assignment: MentorAssignment) -> Any:
    """What a mentor promises before she sees anything of the team."""
    return _undertaking(assignment, UndertakingForm(formdata=None))


def _undertaking(assignment: MentorAssignment, form: UndertakingForm) -> Any:
    return page(
        "teams/undertaking.html", form=form, assignment=assignment,
        text=str(agreements.UNDERTAKING), until=agreements.undertaking_until(now()),
        crumbs=[(_("Mentoring"), None)],
    )


@doors.page("/mentoring/<assignment>/signature", verb="undertake",
            things={"assignment": MentorAssignment}, methods=["POST"], fresh=True)
def accept(actor: Actor, assignment: MentorAssignment) -> Any:
    """Sign and begin."""
    form = UndertakingForm()
    with refusals(form):
        if not form.agreed.data:
            raise Refused(_("Tick the box to sign."), field="agreed")
        agreements.accept_mentoring(actor, assignment, now())
        forget_actor()
        return go("home.team", _("Signed. You mentor this team now."),
                  team=assignment.team.public_id)
    return _undertaking(assignment, form)


@doors.page("/mentoring/<assignment>/end", verb="undertake",
            things={"assignment": MentorAssignment}, methods=["POST"])
def decline(actor: Actor, assignment: MentorAssignment) -> Any:
    """Decline, or stop mentoring."""
    agreements.end_mentoring(actor, assignment, now())
    forget_actor()
    return go("home.root", _("Done. The programme lead is told."))
