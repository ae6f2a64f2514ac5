"""The second step of signing in, and passkeys, which are both steps in one."""

from __future__ import annotations

from typing import Any

from flask import current_app, jsonify, request
from flask import session as cookie

from workspace.accounts import actions, personas
from workspace.accounts.arrival import HALFWAY, come_in, halfway, wanted
from workspace.accounts.doors import DOORS
from workspace.accounts.factors import holding, passkeys
from workspace.accounts.forms import PasskeyForm, SecondFactorForm, SignInForm
from workspace.accounts.models import Person
from workspace.foundation import limits
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.errors import Refused
from workspace.foundation.text import _
from workspace.foundation.unit import write
from workspace.foundation.web import go, local_path, page

TRIES = "10 per 15 minutes"


@DOORS.page(
    "/sign-in/second",
    public="people who have shown their first factor",
    methods=["GET", "POST"],
    writes=None,
)
def second_factor(actor: Actor) -> Any:
    """A code of the app, a recovery code, or a passkey."""
    found = halfway(now())
    if found is None:
        cookie.pop(HALFWAY, None)
        return go("accounts.sign_in", _("That took too long. Sign in again."))
    person, way = found
    form = SecondFactorForm()
    if request.method == "GET" or not form.validate():
        return _page(form, person)
    limits.count("second factor", TRIES, person.id)
    shown = prove(person, form.code.data or "", form.credential.data or "", form)
    if shown is None:
        with write():
            holding.note_failure(person, "passkey" if form.credential.data else "code")
        return _page(form, person)
    limits.forget("second factor", TRIES, person.id)
    message = None
    if shown == "recovery":
        left = holding.codes_left(person.id)
        message = _(
            "You used a recovery code; %(left)d are left. Make new ones before they end.", left=left
        )
    return come_in(person, way, shown, wanted(), message)


def prove(person: Person, code: str, credential: str, form: Any) -> str | None:
    """The factor of the person that was shown; None, with a word in the form, when none was."""
    try:
        with write():
            if credential:
                if holding.holder(credential, now()) == person:
                    return "passkey"
                raise Refused(_("This passkey belongs to no account here. Choose another one."))
            shown = holding.is_shown(person, code, now())
    except Refused as refusal:
        form.refuse(refusal.reason)
        return None
    if shown is None:
        form.refuse(
            _("This code does not fit, or it was used before. Wait for the next one."), "code"
        )
    return shown


def _page(form: SecondFactorForm, person: Person) -> Any:
    return page(
        "accounts/second_factor.html",
        form=form,
        has_app=holding.app_of(person.id) is not None,
        has_passkey=bool(holding.passkeys_of(person.id)) and passkeys.are_possible(),
    )


@DOORS.page(
    "/sign-in/passkey/question",
    public="what a browser must sign to show a passkey",
    methods=["POST"],
    writes=None,
)
def passkey_question(actor: Actor) -> Any:
    """The question for `navigator.credentials.get`."""
    limits.count("passkey", "60 per 15 minutes", limits.address())
    return jsonify(passkeys.to_show())


@DOORS.page(
    "/sign-in/passkey", public="people who sign in with a passkey", methods=["POST"], writes=None
)
def passkey_sign_in(actor: Actor) -> Any:
    """Sign in whoever holds the passkey: the device has asked for finger, face or number."""
    form = PasskeyForm()
    limits.count("passkey", "60 per 15 minutes", limits.address())
    target = local_path(form.next.data)
    again = SignInForm(formdata=None)
    again.next.data = target or ""
    person: Person | None = None
    try:
        with write():
            person = holding.holder(form.credential.data or "", now())
    except Refused as refusal:
        again.refuse(refusal.reason)
    if person is None and not again.errors:
        again.refuse(_("This passkey belongs to no account here. Choose another one."))
    if person is None or person.confirmed_at is None:
        with write():
            actions.note_failure("passkey")
        return sign_in_page(again)
    return come_in(person, "passkey", "passkey", target)


def sign_in_page(form: SignInForm) -> Any:
    """The page of picture 17: address and password, and every other way in."""
    settings = current_app.config["INNOCORE"]
    return page(
        "accounts/sign_in.html",
        form=form,
        personas=personas.offered(),
        providers=settings.providers,
        passkeys=passkeys.are_possible(),
    )
