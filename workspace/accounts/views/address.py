"""Another e-mail address: asking for it, and the links that both addresses get."""

from __future__ import annotations

from typing import Any

from flask import request

from workspace.accounts import addresses, queries
from workspace.accounts.doors import DOORS
from workspace.accounts.forms import AddressForm
from workspace.foundation import limits
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.errors import Refused
from workspace.foundation.text import _
from workspace.foundation.unit import abandon
from workspace.foundation.web import go, page, refusals, require_fresh


@DOORS.page("/settings/email", own=True, methods=["GET", "POST"], fresh=True)
def email(actor: Actor) -> Any:
    """Ask for another address; nothing changes before both addresses agree."""
    require_fresh()
    form, person = AddressForm(), queries.own(actor)
    if request.method == "POST" and form.validate():
        limits.count("address", "3 per hour", person.id)
        with refusals(form):
            addresses.ask(actor, person, form.email.data, now())
        if not form.errors:
            return go(
                "accounts.security",
                _("Two letters are on their way: one to each address. Open the links in both."),
            )
    return page("accounts/settings_email.html", form=form, person=person)


@DOORS.page("/settings/email/take-back", own=True, methods=["POST"])
def take_email_back(actor: Actor) -> Any:
    """Do not want the other address any more."""
    change = queries.open_email_change(actor.person_id or 0, now())
    if change is not None:
        addresses.take_back(actor, change, now())
    return go("accounts.security", _("Your address stays as it is."))


@DOORS.page("/address/<token>", public="people with a link from a letter", methods=["GET", "POST"])
def answer_email_change(actor: Actor, token: str) -> Any:
    """Looking changes nothing; the two buttons agree or refuse."""
    found = addresses.find(token, now())
    if found is None:
        return page("accounts/link_ended.html", status=404, purpose="address")
    change, side = found
    if request.method == "GET":
        return page("accounts/address.html", change=change, side=side)
    if request.form.get("answer") == "no":
        addresses.refuse(change, side, now())
        return page("accounts/address_done.html", outcome="refused")
    try:
        done = addresses.agree(change, side, now())
    except Refused as refusal:
        abandon()
        return page("accounts/address_done.html", outcome="failed", why=refusal.reason, status=422)
    return page("accounts/address_done.html", outcome="done" if done else "half")
