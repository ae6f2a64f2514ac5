"""Where a team is on its way, and pausing, resuming and closing it."""

from __future__ import annotations

from typing import Any

from workspace.foundation.access import Actor, can
from workspace.foundation.clock import now
from workspace.foundation.text import _
from workspace.foundation.web import go, page, refusals
from workspace.teams import actions, queries
from workspace.teams.forms import ReasonForm
from workspace.teams.models import Team
from workspace.teams.rules import TEAM
from workspace.teams.views.door import TONES, crumbs, doors, tabs


@doors.page("/<team>/state", verb="view", things={"team": Team})
def state(actor: Actor, team: Team) -> Any:
    """The state with its history."""
    return _state(actor, team, None, None)


def _state(actor: Actor, team: Team, form: ReasonForm | None, which: str | None) -> Any:
    names = {one.name for one in TEAM.allowed(team.state)}
    reads = bool(can(actor, "read", team))
    oversees = bool(can(actor, "oversee", team))
    return page(
        "teams/state.html", form=form, team=team, label=TEAM.label(team.state),
        tone=TONES[team.state], history=queries.history(team), machine=TEAM,
        steers=bool(can(actor, "steer", team)), names=names, reads=reads,
        shows_reasons=reads or oversees,
        pause_form=form if which == "pause" else ReasonForm(formdata=None, prefix="pause"),
        close_form=form if which == "close" else ReasonForm(formdata=None, prefix="close"),
        crumbs=crumbs(team, (_("State"), None)),
        tabs=tabs(team, "state", reads=reads, leads=bool(can(actor, "lead", team))),
    )


@doors.page("/<team>/pause", verb="steer", things={"team": Team}, methods=["POST"])
def pause(actor: Actor, team: Team) -> Any:
    """Pause with a reason."""
    form = ReasonForm(prefix="pause")
    if form.validate():
        with refusals(form):
            actions.pause(actor, team, form.reason.data, now())
            return go(".state", _("Paused."), team=team.public_id)
    return _state(actor, team, form, "pause")


@doors.page("/<team>/resumption", verb="steer", things={"team": Team}, methods=["POST"])
def resume(actor: Actor, team: Team) -> Any:
    """Go on where the team paused."""
    actions.resume(actor, team, now())
    return go(".state", _("Resumed."), team=team.public_id)


@doors.page("/<team>/closing", verb="steer", things={"team": Team}, methods=["POST"])
def close(actor: Actor, team: Team) -> Any:
    """Close with a reason."""
    form = ReasonForm(prefix="close")
    if form.validate():
        with refusals(form):
            actions.close(actor, team, form.reason.data, now())
            return go(".state", _("Closed."), team=team.public_id)
    return _state(actor, team, form, "close")
