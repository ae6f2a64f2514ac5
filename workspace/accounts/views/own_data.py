"""Your data: take it away, or have the account erased."""

from __future__ import annotations

from typing import Any

from flask import request, send_file

from workspace.accounts import own_data, queries, sessions
from workspace.accounts.doors import DOORS
from workspace.accounts.forms import EraseForm
from workspace.accounts.models import DataExport
from workspace.foundation import limits
from workspace.foundation.access import Actor, visible
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.text import _
from workspace.foundation.web import go, page, refusals, require_fresh


@DOORS.page("/settings/data", own=True)
def data(actor: Actor) -> Any:
    """The archives of one's own data, and the way to erase the account."""
    rows = session().scalars(visible(actor, DataExport).order_by(DataExport.id.desc())).all()
    at = now()
    return page(
        "accounts/settings_data.html",
        waiting=any(it.ready_at is None for it in rows),
        rows=[it for it in rows if it.expires_at is not None and it.expires_at > at],
    )


@DOORS.page("/settings/data/export", own=True, methods=["POST"], fresh=True)
def export_data(actor: Actor) -> Any:
    """Have everything packed; a letter says when it is ready."""
    limits.count("export", "10 per hour", actor.person_id)
    own_data.ask_export(actor, now())
    return go("accounts.data", _("Your data is being packed. A letter comes when it is ready."))


@DOORS.page(
    "/settings/data/<data_export>", verb="view", things={"data_export": DataExport}, name="take"
)
def take_data(actor: Actor, data_export: DataExport) -> Any:
    """The archive itself."""
    stream = own_data.take(actor, data_export, now())
    return send_file(
        stream,
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"innocore-data-{data_export.created_at:%Y-%m-%d}.zip",
    )


@DOORS.page("/settings/data/erase", own=True, methods=["GET", "POST"], fresh=True)
def erase_account(actor: Actor) -> Any:
    """What goes, what stays and why; then the account is erased at once."""
    require_fresh()
    form = EraseForm()
    if request.method == "POST" and form.validate():
        with refusals(form):
            own_data.erase(actor, queries.own(actor), now())
        if not form.errors:
            sessions.leave()
            return go("accounts.sign_in", _("Your account is erased."))
    return page("accounts/erase.html", form=form, stays=own_data.what_stays())
