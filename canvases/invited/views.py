"""The page door of invitations to edit."""

from __future__ import annotations

from typing import Any

from canvases.boards.models import Canvas
from canvases.boards.views.door import CANVAS
from canvases.invited import actions, queries
from canvases.invited.forms import InviteForm
from canvases.invited.models import InvitedEditor
from canvases.invited.rules import DAYS, INVITED, usual_day
from workspace.foundation import limits
from workspace.foundation.access import Actor, can
from workspace.foundation.clock import now
from workspace.foundation.days import day_in
from workspace.foundation.text import _
from workspace.foundation.web import Doors, go, page, refusals

doors = Doors("invited")
ONE = {"canvas": Canvas, "invited": InvitedEditor}


@doors.page("/canvases/<canvas>/editors", verb="keep", things=CANVAS)
def editors(actor: Actor, canvas: Canvas) -> Any:
    """Which mentors edit this canvas, who was invited, who was; for the lead, a form."""
    return _editors(actor, canvas)


def _editors(actor: Actor, canvas: Canvas, form: InviteForm | None = None) -> Any:
    at = now()
    rows = queries.of_canvas(actor, canvas)
    mentors = queries.mentors(canvas, at)
    taken = {it.person_id for it in rows if it.is_open(at)}
    if form is None:
        form = InviteForm(formdata=None, until=usual_day(day_in(at, canvas.team.edition.zone)))
        form.person.choices = [
            (it.public_id, it.name) for it in mentors if it.id not in taken
        ]
    return page(
        "canvases/editors.html", form=form, canvas=canvas, team=canvas.team, days=DAYS,
        here=[it for it in rows if it.is_open(at)],
        before=[it for it in rows if not it.is_open(at)], mentors=mentors,
        may_invite=bool(can(actor, "invite", canvas)), label=INVITED.label,
    )


@doors.page("/canvases/<canvas>/editors", verb="invite", things=CANVAS, methods=["POST"])
def invite(actor: Actor, canvas: Canvas) -> Any:
    """Invite a mentor of the team to edit."""
    limits.count("invite", actions.INVITATIONS, actor.person_id)
    found = {it.public_id: it for it in queries.mentors(canvas, now())}
    form = InviteForm()
    form.person.choices = [(key, it.name) for key, it in found.items()]
    if form.validate_on_submit():
        with refusals(form):
            person = found[form.person.data]
            actions.invite(actor, canvas, person, form.until.data, now())
            return go(".editors", _("%(name)s is invited.", name=person.name),
                      canvas=canvas.public_id)
    return _editors(actor, canvas, form)


@doors.page("/canvases/<canvas>/editors/<invited>/acceptance", verb="accept", things=ONE,
            methods=["POST"])
def accept(actor: Actor, canvas: Canvas, invited: InvitedEditor) -> Any:
    """Begin to edit."""
    actions.accept(actor, invited, now())
    return go("canvases.list_view", _("You can edit now. What you add is for the team and its "
                                      "mentors."), canvas=canvas.public_id)


@doors.page("/canvases/<canvas>/editors/<invited>/end", verb="end", things=ONE, methods=["POST"])
def end(actor: Actor, canvas: Canvas, invited: InvitedEditor) -> Any:
    """Take an invitation back, decline it, or stop editing."""
    actions.end(actor, invited, now())
    if invited.person_id == actor.person_id:
        return go("canvases.list_view", _("You no longer edit this canvas."),
                  canvas=canvas.public_id)
    return go(".editors", _("%(name)s no longer edits this canvas.", name=invited.person.name),
              canvas=canvas.public_id)
