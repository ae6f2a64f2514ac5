"""The charter: one text in versions, signed by all."""

from __future__ import annotations

from typing import Any

from workspace.foundation.access import Actor, can
from workspace.foundation.clock import now
from workspace.foundation.errors import Missing, Refused
from workspace.foundation.text import _
from workspace.foundation.web import go, page, refusals
from workspace.teams import actions, agreements, queries
from workspace.teams.forms import CharterForm, SignCharterForm
from workspace.teams.models import Team
from workspace.teams.rules import CHARTER, TEAM
from workspace.teams.views.door import crumbs, doors, tabs


@doors.page("/<team>/charter", verb="read", things={"team": Team})
def charter(actor: Actor, team: Team) -> Any:
    """The text as it stands, who has signed, and what is missing for the team to be formed."""
    return _charter(actor, team, None)


def _charter(actor: Actor, team: Team, form: SignCharterForm | None) -> Any:
    here = queries.present(team.id)
    signed = queries.signed_at(team.id, team.charter_version) if team.charter_version else {}
    is_member = bool(can(actor, "edit", team))
    signs = is_member and team.charter_version > 0 and actor.person_id not in signed
    objections: tuple[str, ...] = ()
    if team.state == "forming":
        objections = TEAM.objections(team.state, "sign-charter", actions.facts_of(team, now()))
    leads = bool(can(actor, "lead", team))
    return page(
        "teams/charter.html", form=form, team=team, members=here, signed=signed,
        sign_form=(form or SignCharterForm(
            formdata=None, data={"version": str(team.charter_version)}
        )) if signs else None,
        leads=leads, is_member=is_member, objections=objections, parts=CHARTER,
        versions=queries.charter_versions(team.id),
        crumbs=crumbs(team, (_("Charter"), None)),
        tabs=tabs(team, "charter", reads=True, leads=leads),
    )


@doors.page("/<team>/charter/edit", verb="lead", things={"team": Team}, methods=["GET", "POST"])
def write_charter(actor: Actor, team: Team) -> Any:
    """Write the next version."""
    form = CharterForm(data={"text": team.charter, "seen": str(team.charter_version)})
    if form.is_submitted() and form.validate():
        with refusals(form):
            agreements.write_charter(actor, team, form.text.data, now(),
                                     seen=int(form.seen.data or 0))
            return go(".charter", _("Saved. Everybody signs this version."), team=team.public_id)
    return page("teams/charter_edit.html", form=form, team=team, parts=CHARTER,
                crumbs=crumbs(team, (_("Charter"), None)))


@doors.page("/<team>/charter/signature", verb="edit", things={"team": Team}, methods=["POST"],
            fresh=True)
def sign_charter(actor: Actor, team: Team) -> Any:
    """Sign the version that was read."""
    form = SignCharterForm()
    if form.validate():
        with refusals(form):
            if not form.agreed.data:
                raise Refused(_("Tick the box to sign."), field="agreed")
            formed = agreements.sign_charter(actor, team, int(form.version.data or 0), now())
            said = _("Signed. Your team is formed.") if formed else _("Signed.")
            return go(".charter", said, team=team.public_id)
    return _charter(actor, team, form)


@doors.page("/<team>/charter/<version>", verb="read", things={"team": Team})
def charter_version(actor: Actor, team: Team, version: str) -> Any:
    """An older version, as it was signed."""
    found = None
    if version.isdecimal() and len(version) < 7:
        found = queries.charter_version(team.id, int(version))
    if found is None:
        raise Missing
    return page(
        "teams/charter_version.html", team=team, version=found,
        signed=queries.signed_at(team.id, found.version),
        people={it.person_id: it.person.name for it in
                (*queries.gone(team.id), *queries.present(team.id))},
        crumbs=crumbs(team, (_("Charter"), None)),
    )
