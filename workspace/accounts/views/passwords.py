"""A forgotten password, and setting a new one by a link from a letter."""

from __future__ import annotations

from typing import Any

from flask import request

from workspace.accounts import actions, links, security
from workspace.accounts.doors import DOORS
from workspace.accounts.forms import EmailForm, NewPasswordForm
from workspace.accounts.rules import check_password
from workspace.foundation import limits
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.text import _
from workspace.foundation.unit import write
from workspace.foundation.web import go, page, refusals


@DOORS.page("/forgot", public="people who forgot their password", methods=["GET", "POST"])
def forgot(actor: Actor) -> Any:
    """The same answer for every address; what follows is decided by a job."""
    form = EmailForm()
    if request.method == "GET" or not form.validate():
        return page("accounts/forgot.html", form=form, sent_to=None)
    limits.count("reset", "3 per hour", form.email.data)
    limits.count("reset by one", "60 per hour", limits.address())
    actions.ask_reset(form.email.data)
    return page("accounts/forgot.html", form=form, sent_to=form.email.data)


@DOORS.page(
    "/reset/<token>",
    public="people with a link from a letter",
    methods=["GET", "POST"],
    writes=None,
)
def reset(actor: Actor, token: str) -> Any:
    """Looking changes nothing; the form sets the password and uses the link up."""
    link = links.find(token, links.RESET, now())
    if link is None:
        return page("accounts/link_ended.html", status=404, purpose="reset")
    form, person = NewPasswordForm(), link.person
    if request.method == "GET":
        return page("accounts/reset.html", form=form, email=person.email)
    if form.validate():
        with refusals(form):
            check_password(form.password.data, about=(person.name, person.email))
    if form.errors:
        return page("accounts/reset.html", form=form, email=person.email)
    password_hash = security.hashed(form.password.data)
    with refusals(form), write():
        actions.reset_password(link, password_hash, now())
    if form.errors:
        return page("accounts/link_ended.html", status=404, purpose="reset")
    return go("accounts.sign_in", _("The new password is set. Sign in with it."))
