"""Making an account and proving its address."""

from __future__ import annotations

from typing import Any

from flask import request
from flask import session as cookie
from flask_babel import get_locale

from workspace.accounts import actions, links, queries, security
from workspace.accounts.doors import DOORS
from workspace.accounts.forms import ConfirmForm, RegisterForm
from workspace.accounts.rules import check_password, is_within
from workspace.accounts.views.sign_in import NEXT, PENDING, PENDING_EMAIL
from workspace.foundation import limits
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.errors import Refused
from workspace.foundation.features import house
from workspace.foundation.text import _
from workspace.foundation.unit import write
from workspace.foundation.web import go, go_to, local_path, page, refusals


@DOORS.page(
    "/register", public="people who have no account yet", methods=["GET", "POST"], writes=None
)
def register(actor: Actor) -> Any:
    """A new account, for addresses of organisations that are open, or with an invitation.

    The answer is the same whether or not the address already has an account.
    """
    form = RegisterForm()
    places = queries.open_places()
    target = local_path(form.next.data or request.args.get("next"))
    if request.method == "GET":
        if not actor.is_visitor:
            return go_to(target or "/")
        form.next.data = target or ""
        form.invitation.data = request.args.get("invitation", "")
        return page("accounts/register.html", form=form, places=places)
    if form.validate():
        with refusals(form):
            check_password(form.password.data, about=(form.name.data, form.email.data))
            _check_place(form, places)
    if form.errors:
        return page("accounts/register.html", form=form, places=places)
    limits.count("register", "60 per hour", limits.address())
    limits.count("confirm letter", "3 per hour", form.email.data)
    password_hash = security.hashed(form.password.data)
    language = get_locale().language if get_locale() else ""
    with write():
        actions.register(
            actions.Registration(form.name.data, form.email.data, password_hash, language), now()
        )
    wait_for(form.email.data, password_hash, target)
    return go("accounts.waiting")


def _check_place(form: RegisterForm, places: list[tuple[str, tuple[str, ...]]]) -> None:
    """Raise Refused when neither the address nor an invitation opens the door."""
    if any(is_within(form.email.data, domains) for _name, domains in places):
        return
    secret = form.invitation.data or ""
    if secret:
        limits.count("invitation", "60 per hour", limits.address())
        if any(offer(secret, form.email.data) for offer in house().offered("invited")):
            return
        raise Refused(
            _(
                "This invitation does not fit this address, or it has ended. Use the address that "
                "the invitation was sent to, or ask for a new one."
            ),
            field="email",
        )
    if places:
        raise Refused(
            _("Use your address at one of the organisations below, or ask for an invitation."),
            field="email",
        )
    raise Refused(
        _("You need an invitation to make an account here. Ask the person who runs your programme.")
    )


def wait_for(email: str, password_hash: str, target: str | None) -> None:
    """Remember in this browser whose address is to be proved, and where to go then."""
    cookie[PENDING] = actions.fingerprint(password_hash)
    cookie[PENDING_EMAIL] = email
    cookie[NEXT] = target or ""


@DOORS.page("/confirm", public="people whose address is not proved yet", methods=["GET", "POST"])
def waiting(actor: Actor) -> Any:
    """What to do now: open the letter. Sends it again when asked."""
    email = cookie.get(PENDING_EMAIL)
    if not isinstance(email, str):
        return go("accounts.sign_in")
    if request.method == "POST":
        limits.count("confirm letter", "3 per hour", email)
        actions.ask_confirmation_again(email)
        return go("accounts.waiting", _("The letter is on its way again."))
    return page("accounts/waiting.html", email=email)


@DOORS.page(
    "/confirm/<token>",
    public="people with a link from a letter",
    methods=["GET", "POST"],
    writes=None,
)
def confirm(actor: Actor, token: str) -> Any:
    """Looking changes nothing, so a mail scanner cannot use the link up; the button does."""
    link = links.find(token, links.CONFIRM, now())
    if link is None:
        return page("accounts/link_ended.html", status=404, purpose="confirm")
    person, form = link.person, ConfirmForm()
    same_browser = cookie.get(PENDING) == actions.fingerprint(person.password or "")
    if request.method == "GET":
        return page("accounts/confirm.html", form=form, ask=not same_browser)
    if not same_browser:
        limits.count("confirm", "10 per 15 minutes", person.id, limits.address())
        if form.validate() and not security.is_password(person, form.password.data):
            form.refuse(
                _(
                    "This is not the password that was chosen with the account. If you did not "
                    "choose it yourself, set a new one: that confirms your address too."
                ),
                "password",
            )
        if form.errors:
            return page("accounts/confirm.html", form=form, ask=True)
    target = local_path(cookie.get(NEXT))
    with refusals(form), write():
        actions.sign_in(actions.confirm(link, now()), now(), way="link")
    if form.errors:
        return page("accounts/link_ended.html", status=404, purpose="confirm")
    return go_to(target or "/", _("Your address is confirmed."))
