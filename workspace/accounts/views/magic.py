"""Signing in by a link from a letter."""

from __future__ import annotations

from typing import Any

from flask import request
from flask import session as cookie

from workspace.accounts import actions, links
from workspace.accounts.arrival import TARGET, arrive
from workspace.accounts.doors import DOORS
from workspace.accounts.forms import EmailForm
from workspace.foundation import limits
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.errors import Refused
from workspace.foundation.unit import write
from workspace.foundation.web import local_path, page


@DOORS.page("/magic", public="people who sign in by mail", methods=["GET", "POST"])
def magic(actor: Actor) -> Any:
    """The same answer for every address; what follows is decided by a job."""
    form = EmailForm()
    target = local_path(request.args.get("next"))
    if request.method == "GET" or not form.validate():
        return page("accounts/magic.html", form=form, sent_to=None)
    limits.count("magic", "3 per hour", form.email.data)
    limits.count("magic by one", "60 per hour", limits.address())
    actions.ask_magic(form.email.data)
    cookie[TARGET] = target or ""
    return page("accounts/magic.html", form=form, sent_to=form.email.data)


@DOORS.page(
    "/magic/<token>",
    public="people with a link from a letter",
    methods=["GET", "POST"],
    writes=None,
)
def magic_link(actor: Actor, token: str) -> Any:
    """Looking changes nothing, so a mail scanner cannot use the link up; the button does."""
    link = links.find(token, links.MAGIC, now())
    if link is None:
        return page("accounts/link_ended.html", status=404, purpose="magic")
    if request.method == "GET":
        return page("accounts/magic_link.html", email=link.email)
    try:
        with write():
            person = actions.use_magic(link, now())
    except Refused:
        return page("accounts/link_ended.html", status=404, purpose="magic")
    return arrive(person, "magic", local_path(cookie.get(TARGET)))
