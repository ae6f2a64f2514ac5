"""The bell and the inbox page."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.text import _
from workspace.foundation.web import Doors, go, go_to, local_path, page
from workspace.inbox import actions, queries
from workspace.inbox.models import Notice

doors = Doors("inbox", "/inbox")


@doors.page("", own=True)
def index(actor: Actor) -> Any:
    """Everything that happened and concerns me, newest first; `?group=` filters."""
    group = request.args.get("group")
    group = group if group in actions.GROUPS else None
    before = request.args.get("before", type=int)
    told, more = queries.told(actor, group, before)
    more_url = url_for(".index", group=group, before=more) if more else None
    return page(
        "inbox/index.html", fragment="notices", told=told, more=more_url, group=group,
        unread=queries.unread(actor),
    )


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


@doors.page("/read", own=True, methods=["POST"])
def read_all(actor: Actor) -> Any:
    """Mark everything as read."""
    actions.mark_read(actor, now())
    return go(".index", _("Everything is marked as read."))
