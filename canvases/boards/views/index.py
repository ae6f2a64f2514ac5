"""A team's canvases: see, make, rename, put away, bring back."""

from __future__ import annotations

from typing import Any

from canvases.boards import actions, patterns, queries
from canvases.boards.forms import NewCanvasForm, TitleForm
from canvases.boards.glance import glyphs_of
from canvases.boards.models import Canvas
from canvases.boards.views.door import CANVAS, TEAM, doors
from workspace.foundation.access import Actor, can
from workspace.foundation.clock import now
from workspace.foundation.text import _
from workspace.foundation.web import go, page, refusals
from workspace.teams.models import Team


@doors.page("/teams/<team>/canvases", verb="read", things=TEAM)
def index(actor: Actor, team: Team) -> Any:
    """All canvases of a team, each with its glyph."""
    canvases = queries.canvases_of(actor, team)
    archived = queries.canvases_of(actor, team, archived=True)
    return page(
        "canvases/index.html",
        team=team,
        canvases=canvases,
        archived=archived,
        glyphs=glyphs_of(canvases),
        template_of=queries.template_of,
        may_edit=bool(can(actor, "edit", team)),
    )


@doors.page("/teams/<team>/canvases/new", verb="edit", things=TEAM, methods=["GET", "POST"])
def new(actor: Actor, team: Team) -> Any:
    """Make a canvas from one of the templates."""
    form = NewCanvasForm()
    if form.validate_on_submit():
        with refusals(form):
            made = actions.make_canvas(
                actor, team, form.template.data, form.title.data or "", now()
            )
            return go(".board", _("Canvas made"), canvas=made.public_id)
    return page("canvases/new.html", team=team, form=form, templates=patterns.built_in().templates)


@doors.page("/canvases/<canvas>/rename", verb="keep", things=CANVAS, methods=["GET", "POST"])
def rename(actor: Actor, canvas: Canvas) -> Any:
    """Give a canvas another title."""
    form = TitleForm(title=canvas.title)
    if form.validate_on_submit():
        with refusals(form):
            actions.rename(actor, canvas, form.title.data)
            return go(".index", _("Canvas renamed"), team=canvas.team.public_id)
    return page("canvases/rename.html", canvas=canvas, team=canvas.team, form=form)


@doors.page("/canvases/<canvas>/archive", verb="keep", things=CANVAS, methods=["POST"])
def archive(actor: Actor, canvas: Canvas) -> Any:
    """Put a canvas away."""
    actions.archive(actor, canvas, now())
    return go(
        ".index", _("“%(title)s” was put away", title=canvas.title), team=canvas.team.public_id
    )


@doors.page("/canvases/<canvas>/revive", verb="keep", things=CANVAS, methods=["POST"])
def revive(actor: Actor, canvas: Canvas) -> Any:
    """Bring a canvas back."""
    actions.revive(actor, canvas)
    return go(".index", _("“%(title)s” is back", title=canvas.title), team=canvas.team.public_id)
