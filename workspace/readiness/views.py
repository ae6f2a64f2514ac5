"""The page door of readiness."""

from __future__ import annotations

from typing import Any

from flask import request
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from workspace.foundation.access import Actor, can
from workspace.foundation.clock import now
from workspace.foundation.errors import Missing
from workspace.foundation.forms import Form, text_field
from workspace.foundation.text import _, lazy
from workspace.foundation.web import Doors, go, page, refusals
from workspace.readiness import actions, definitions, queries, rules
from workspace.readiness.models import ReadinessClaim
from workspace.teams.models import Team

doors = Doors("readiness")


class ClaimForm(Form):
    """One claim."""

    scale = SelectField(lazy("Scale"), choices=[])
    level = IntegerField(
        lazy("Level"),
        validators=[InputRequired(lazy("Choose a level from 1 to 9.")),
                    NumberRange(1, 9, lazy("Choose a level from 1 to 9."))],
    )
    evidence = text_field(lazy("What shows it?"), maximum=5000)
    link = StringField(lazy("Link"), validators=[
        Optional(), Length(max=500, message=lazy("This is too long."))])


class AnswerForm(Form):
    """Confirm or send back."""

    remark = text_field(lazy("Remark"), required=False, maximum=5000)


def _page(actor: Actor, team: Team, form: Any = None, wrong: ReadinessClaim | None = None) -> Any:
    found = definitions.built_in()
    standings = queries.standings(team)
    gate = queries.gate_ahead(team)
    names = {it.id: it for it in found.scales}
    claim_form = form if isinstance(form, ClaimForm) else ClaimForm(formdata=None)
    claim_form.scale.choices = [(it.id, f"{it.abbreviation}: {it.title}") for it in found.scales]
    claims = queries.claims_of(team)
    newest = {it.id for it in {it.scale: it for it in claims}.values()}
    return page(
        "readiness/of_team.html", form=form, claim_form=claim_form, team=team, scales=found.scales,
        axes=[
            {"label": names[it.scale].title, "short": names[it.scale].abbreviation,
             "value": it.confirmed, "before": it.claimed} for it in standings
        ],
        standings={it.scale: it for it in standings}, gate=gate,
        shortfalls=[(it, it.sentence(names[it.scale].abbreviation))
                    for it in rules.compare(gate, standings)] if gate else [],
        claims=list(reversed(claims)), names=names, label=rules.CLAIM.label,
        may_claim=bool(can(actor, "claim-level", team)),
        may_answer=lambda it: it.id in newest and it.state == "claimed"
        and bool(can(actor, "answer", it)),
        wrong=wrong, remark_form=form if isinstance(form, AnswerForm) else None,
    )


@doors.page("/teams/<team>/readiness", verb="read", things={"team": Team})
def of_team(actor: Actor, team: Team) -> Any:
    """Radar, gate and claims."""
    return _page(actor, team)


@doors.page("/teams/<team>/readiness/claims", verb="claim-level", things={"team": Team},
            methods=["POST"])
def claim(actor: Actor, team: Team) -> Any:
    """Claim a level."""
    form = ClaimForm()
    form.scale.choices = [(it.id, it.title) for it in definitions.built_in().scales]
    if form.validate_on_submit():
        with refusals(form):
            actions.claim(
                actor, team,
                actions.ClaimDraft(form.scale.data, form.level.data or 0, form.evidence.data,
                                   form.link.data or ""),
                now(),
            )
            return go(".of_team", _("Claimed. A mentor or the transfer office confirms it."),
                      team=team.public_id)
    return _page(actor, team, form)


@doors.page("/readiness-claims/<claim>/answer", verb="answer", things={"claim": ReadinessClaim},
            methods=["POST"])
def answer(actor: Actor, claim: ReadinessClaim) -> Any:
    """Confirm or send back."""
    step = request.form.get("step", "")
    if step not in {"confirm", "return"}:
        raise Missing
    form = AnswerForm()
    if form.validate_on_submit():
        with refusals(form):
            actions.answer(actor, claim, step, form.remark.data or "", now())
            return go(".of_team", _("Confirmed.") if step == "confirm" else _("Sent back."),
                      team=claim.team.public_id)
    return _page(actor, claim.team, form, claim)
