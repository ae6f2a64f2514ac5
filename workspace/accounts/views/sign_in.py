"""Signing in and out, language and colours: what works before anybody is known."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for
from flask import session as cookie

from workspace.accounts import actions, personas, queries, security, sessions
from workspace.accounts.arrival import arrive
from workspace.accounts.doors import DOORS
from workspace.accounts.forms import SignInForm
from workspace.accounts.rules import THEMES
from workspace.accounts.views.second_factor import sign_in_page
from workspace.foundation import babel, limits
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.errors import Missing
from workspace.foundation.text import _
from workspace.foundation.unit import write
from workspace.foundation.web import go, go_to, local_path

HERE, ANYWHERE = "10 per 15 minutes", "50 per 15 minutes"
"""Tries for one address from one network address, and from all of them."""

PENDING, PENDING_EMAIL, NEXT = "pending", "pending_email", "next"
"""Cookie fields of somebody whose address is not proved yet: fingerprint of the password chosen in
this browser, the address, and the page to go to afterwards."""


@DOORS.page(
    "/sign-in", public="people who have not signed in yet", methods=["GET", "POST"], writes=None
)
def sign_in(actor: Actor) -> Any:
    """Password and address; the same answer whether or not the address is known."""
    form = SignInForm()
    target = local_path(form.next.data or request.args.get("next"))
    if request.method == "GET":
        form.next.data = target or ""
        if not actor.is_visitor and not personas.offered():
            return go_to(target or "/")
        return sign_in_page(form)
    if not form.validate():
        return sign_in_page(form)
    address = form.email.data
    limits.check("sign-in failed", "60 per 15 minutes", limits.address())
    limits.count("sign-in", HERE, address, limits.address())
    limits.count("sign-in anywhere", ANYWHERE, address)
    person = queries.by_address(address)
    right = security.is_password(person, form.password.data)
    if person is None or not right or not person.active:
        limits.note("sign-in failed", "60 per 15 minutes", limits.address())
        with write():
            actions.note_failure("password")
        form.refuse(_("Email and password do not fit each other. Check both and try again."))
        return sign_in_page(form)
    # Counted before the password was looked at, so that many at once cannot slip through.
    limits.forget("sign-in", HERE, address, limits.address())
    limits.forget("sign-in anywhere", ANYWHERE, address)
    if person.confirmed_at is None:
        cookie[PENDING] = actions.fingerprint(person.password or "")
        cookie[PENDING_EMAIL] = address
        cookie[NEXT] = target or ""
        return go("accounts.waiting")
    return arrive(person, "password", target)


@DOORS.page("/login", public="people who type the usual address")
def login(actor: Actor) -> Any:
    """The address that people guess."""
    target = local_path(request.args.get("next"))
    return go_to(url_for("accounts.sign_in", next=target))


@DOORS.page("/sign-out", public="ends whatever session there is", methods=["POST"])
def sign_out(actor: Actor) -> Any:
    """End this browser's session."""
    actions.sign_out(sessions.present(), now())
    return go("accounts.sign_in", _("You are signed out."))


@DOORS.page("/language", public="people choose a language before they sign in", methods=["POST"])
def language(actor: Actor) -> Any:
    """Change the language and stay on the page."""
    wanted = request.form.get("language", "")
    if not babel.known(wanted, current_app.config["INNOCORE"]):
        raise Missing
    cookie["language"] = wanted
    actions.choose(actor, "language", wanted)
    return _back()


@DOORS.page("/theme", public="people choose colours before they sign in", methods=["POST"])
def theme(actor: Actor) -> Any:
    """Change light and dark and stay on the page."""
    wanted = request.form.get("theme", "")
    if wanted not in THEMES:
        raise Missing
    cookie["theme"] = wanted
    actions.choose(actor, "theme", wanted)
    return _back()


def _back() -> Any:
    """The page that the form stood on."""
    return go_to(local_path((request.form.get("next") or "").rstrip("?")) or "/")


@DOORS.page(
    "/personas/<int:number>", public="one-click sign-in of a demonstration", methods=["POST"]
)
def persona(actor: Actor, number: int) -> Any:
    """Look around as somebody of the demonstration; this address exists nowhere else."""
    chosen = personas.chosen(number)
    found = queries.by_address(chosen.email)
    if found is None or not found.active:
        raise Missing
    actions.sign_in(found, now(), way="persona")
    return go_to("/", _("You look around as %(name)s.", name=found.name))
