"""The bell and the inbox page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app, request, url_for

from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.errors import Refused
from workspace.foundation.text import _, ngettext
from workspace.foundation.web import Doors, go, go_to, local_path, page, refusals
from workspace.inbox import actions, queries
from workspace.inbox.forms import SnoozeForm
from workspace.inbox.models import Notice
from workspace.inbox.rules import GROUPS, UNTIL_LABELS, comes_back

doors = Doors("inbox", "/inbox")

MOST = 100
"""Notices that one form may name."""


def _filters() -> dict[str, Any]:
    """Group and state as the address, or the form that came from it, names them."""
    group, show = request.values.get("group"), request.values.get("show")
    return {
        "group": group if group in GROUPS else None,
        "show": show if show in queries.SHOWS else None,
    }


def _instant(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _index(actor: Actor, form: SnoozeForm | None = None) -> Any:
    filters = _filters()
    told, more = queries.told(
        actor, filters["group"], request.args.get("before"), show=filters["show"]
    )
    waiting = queries.waiting(actor)
    changed = _instant(request.args.get("undo"))
    return page(
        "inbox/index.html", fragment="notices", form=form, told=told,
        more=url_for(".index", before=more, **filters) if more else None,
        filters=filters, waiting=waiting, unread=sum(waiting.values()), until=UNTIL_LABELS,
        snooze_form=form or SnoozeForm(formdata=None),
        chosen=set(request.form.getlist("notice")), chosen_until=request.form.get("until"),
        undo=changed.isoformat() if changed is not None else None,
        undone=queries.changed_at(actor, changed) if changed is not None else 0,
    )


@doors.page("", own=True)
def index(actor: Actor) -> Any:
    """What concerns me, newest first; `?group=` and `?show=` filter, `?before=` pages."""
    return _index(actor)


@doors.page("/recent", own=True)
def recent(actor: Actor) -> Any:
    """The bell's short list."""
    told, _more = queries.told(actor, limit=8)
    return page("inbox/recent.html", told=told)


@doors.page("/<notice>/open", verb="view", things={"notice": Notice}, methods=["POST"])
def open_notice(actor: Actor, notice: Notice) -> Any:
    """Mark a notice as read and go where it points."""
    actions.mark_read(actor, now(), notice)
    return go_to(local_path(notice.url) or url_for(".index"))


def _back(at: datetime, count: int) -> Any:
    """To the page the form came from, which offers to take the change back."""
    if not count:
        return go(".index", _("Nothing was changed."), **_filters())
    return go(".index", undo=at.isoformat(), **_filters())


@doors.page("/change", own=True, methods=["POST"])
def change(actor: Actor) -> Any:
    """Mark the chosen ones as read or unread, snooze them, or bring them back."""
    these, at, do = request.form.getlist("notice")[:MOST], now(), request.form.get("do", "")
    form = SnoozeForm()
    with refusals(form):
        if not these:
            raise Refused(_("Choose notices first."))
        if do == "later":
            valid = form.validate()
            zone = actor.zone or current_app.config["INNOCORE"].zone
            if valid:
                until = comes_back(request.form.get("until", ""), form.day.data, at, zone)
                return _back(at, actions.snooze(actor, at, these, until))
        elif do == "read":
            return _back(at, actions.mark_read(actor, at, these=these))
        elif do == "unread":
            return _back(at, actions.mark_unread(actor, at, these))
        elif do == "back":
            return _back(at, actions.bring_back(actor, at, these))
        else:
            raise Refused(_("Choose what to do with them."))
    return _index(actor, form)


@doors.page("/read", own=True, methods=["POST"])
def read_all(actor: Actor) -> Any:
    """Mark everything, or everything of a group, as read."""
    at = now()
    return _back(at, actions.mark_read(actor, at, group=_filters()["group"]))


@doors.page("/undo", own=True, methods=["POST"])
def undo(actor: Actor) -> Any:
    """Take the last change back."""
    at = _instant(request.form.get("at"))
    count = actions.take_back(actor, at) if at is not None else 0
    told = ngettext("%(num)d notice is as before.", "%(num)d notices are as before.", count)
    return go(".index", told if count else _("Nothing was changed."), **_filters())
