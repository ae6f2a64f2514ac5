"""The contribution log: who contributed what, for inventors and authors."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from sqlalchemy import select

from workspace.foundation.access import Actor, can
from workspace.foundation.clock import now
from workspace.foundation.db import new_public_id, session
from workspace.foundation.errors import Missing
from workspace.foundation.text import _
from workspace.foundation.web import go, page, refusals
from workspace.teams import agreements, queries
from workspace.teams.forms import ContributionForm
from workspace.teams.models import Contribution, Team
from workspace.teams.views.door import crumbs, doors, tabs


def _line(team: Team, public_id: str) -> Contribution | None:
    return session().scalar(
        select(Contribution).where(
            Contribution.public_id == public_id, Contribution.team_id == team.id
        )
    )


@doors.page("/<team>/log", verb="read", things={"team": Team})
def log(actor: Actor, team: Team) -> Any:
    """The log, newest first."""
    return _log(actor, team, None)


def _log(actor: Actor, team: Team, form: ContributionForm | None) -> Any:
    number = request.args.get("shown", "")
    shown = min(int(number), 2000) if number.isdecimal() and len(number) < 6 else queries.LOG_PAGE
    lines, total = queries.log_of(team.id, shown)
    here = {it.person_id for it in queries.present(team.id)}
    is_member = bool(can(actor, "edit", team))
    wanted = request.args.get("corrects", "")
    corrected = None
    if form is not None and form.corrects.data:
        corrected = _line(team, form.corrects.data)
    elif wanted:
        corrected = _line(team, wanted[:22])
    if form is None and is_member:
        form = ContributionForm(formdata=None, data={
            "key": new_public_id(), "corrects": corrected.public_id if corrected else "",
        })
    more = None
    if len(lines) < total:
        more = url_for(".log", team=team.public_id, shown=shown + queries.LOG_PAGE)
    leads = bool(can(actor, "lead", team))
    return page(
        "teams/log.html", form=form, team=team, lines=lines, total=total, more=more, here=here,
        originals=queries.contributions_by_id([it.corrects_id for it in lines if it.corrects_id]),
        corrected=corrected, is_member=is_member,
        crumbs=crumbs(team, (_("Contribution log"), None)),
        tabs=tabs(team, "log", reads=True, leads=leads),
    )


@doors.page("/<team>/log/lines", verb="edit", things={"team": Team}, methods=["POST"])
def add_line(actor: Actor, team: Team) -> Any:
    """Add a line, or a correction of one."""
    form = ContributionForm()
    if form.validate():
        with refusals(form):
            corrects = None
            if form.corrects.data:
                corrects = _line(team, form.corrects.data)
                if corrects is None:
                    raise Missing
            agreements.log_contribution(
                actor, team, form.text.data, now(), from_outside=bool(form.from_outside.data),
                corrects=corrects, key=form.key.data or None,
            )
            return go(".log", _("Written down."), team=team.public_id)
    return _log(actor, team, form)
