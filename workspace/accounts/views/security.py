"""Sign-in and security: password, second factors, recovery codes, providers, all on one page."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, jsonify, request

from workspace.accounts import queries
from workspace.accounts.doors import DOORS
from workspace.accounts.factors import holding, passkeys, recovery, totp
from workspace.accounts.factors.sealing import opened, seal
from workspace.accounts.forms import AppForm, PasskeyForm
from workspace.accounts.models import Passkey, Person
from workspace.accounts.rules import device
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.errors import Missing, Refused
from workspace.foundation.text import _
from workspace.foundation.web import go, go_to, local_path, page, refusals, require_fresh

SETUP = "set up an app"
SETUP_SECONDS = 900


@DOORS.page("/settings/security", own=True)
def security(actor: Actor) -> Any:
    """By what one signs in, and what protects it."""
    return security_page(actor)


def security_page(actor: Actor, refusal: str = "", status: int | None = None) -> Any:
    """The page, perhaps with a refusal on top."""
    person = queries.own(actor)
    return page(
        "accounts/settings_security.html",
        status=status,
        refusal=refusal,
        person=person,
        app=holding.app_of(person.id),
        keys=holding.passkeys_of(person.id),
        codes=holding.codes_left(person.id),
        passkeys=passkeys.are_possible(),
        needed=holding.must_have(person.id, now()),
        change=queries.open_email_change(person.id, now()),
        identities=queries.identities_of(person.id),
        providers=current_app.config["INNOCORE"].providers,
    )


@DOORS.page("/settings/security/set-up", own=True)
def set_up_second_factor(actor: Actor) -> Any:
    """Where somebody comes whose role waits for a second factor."""
    target = local_path(request.args.get("next"))
    if holding.has_any(actor.person_id or 0):
        return go_to(target or "/")
    return page("accounts/set_up.html", target=target, passkeys=passkeys.are_possible())


# --- authenticator app ----------------------------------------------------------------------


@DOORS.page("/settings/security/app", own=True, methods=["GET", "POST"], fresh=True)
def authenticator(actor: Actor) -> Any:
    """Scan the drawing, type the first code. The secret is kept once the code fits."""
    require_fresh()
    person, form = queries.own(actor), AppForm()
    secret = None
    if request.method == "POST":
        secret = _in_setup(person, form.setup.data or "")
        if secret is None:
            form.refuse(_("That took too long. Scan the new drawing."))
        elif form.validate():
            with refusals(form):
                holding.add_app(person, secret, form.code.data or "", now())
            if not form.errors:
                return _done(person)
    if secret is None:
        secret = totp.new_secret()
    form.setup.data = seal(f"{SETUP} {person.public_id}", secret)
    return page(
        "accounts/settings_app.html",
        form=form,
        drawing=totp.drawing(totp.address(secret, person.email)),
        spelled=totp.spelled(secret),
    )


def _in_setup(person: Person, setup: str) -> bytes | None:
    return opened(f"{SETUP} {person.public_id}", setup, seconds=SETUP_SECONDS)


def _done(person: Person) -> Any:
    """After setting up: the first time recovery codes are made at once."""
    if holding.codes_left(person.id):
        return go("accounts.security", _("Your second factor is set up."))
    return _codes(person)


@DOORS.page("/settings/security/app/remove", own=True, methods=["POST"], fresh=True)
def remove_authenticator(actor: Actor) -> Any:
    """Do without the app."""
    try:
        holding.remove_app(queries.own(actor), now())
    except Refused as refusal:
        return security_page(actor, refusal.reason, 422)
    return go("accounts.security", _("The authenticator app is removed."))


# --- passkeys -------------------------------------------------------------------------------


@DOORS.page("/settings/security/passkeys/question", own=True, methods=["POST"], fresh=True)
def new_passkey_question(actor: Actor) -> Any:
    """The question for `navigator.credentials.create`."""
    person = queries.own(actor)
    return jsonify(passkeys.to_make(person, list(holding.passkeys_of(person.id))))


@DOORS.page("/settings/security/passkeys/new", own=True, methods=["GET", "POST"], fresh=True)
def new_passkey(actor: Actor) -> Any:
    """Have this device or a security key make a passkey."""
    require_fresh()
    if not passkeys.are_possible():
        raise Missing
    person, form = queries.own(actor), PasskeyForm()
    suggested = " ".join(it for it in device(request.user_agent.string or "") if it)
    if request.method == "POST" and form.validate():
        with refusals(form):
            name = form.name.data or suggested or _("Passkey")
            holding.add_passkey(
                person, name[:100], passkeys.made(form.credential.data or ""), now()
            )
        if not form.errors:
            return _done(person)
    if request.method == "GET":
        form.name.data = suggested
    return page("accounts/settings_passkey.html", form=form)


@DOORS.page(
    "/settings/security/passkeys/<passkey>/remove",
    verb="end",
    things={"passkey": Passkey},
    methods=["POST"],
    fresh=True,
)
def remove_passkey(actor: Actor, passkey: Passkey) -> Any:
    """Do without one passkey."""
    try:
        holding.remove_passkey(queries.own(actor), passkey, now())
    except Refused as refusal:
        return security_page(actor, refusal.reason, 422)
    return go("accounts.security", _("The passkey is removed."))


# --- recovery codes -------------------------------------------------------------------------


@DOORS.page("/settings/security/codes", own=True, methods=["POST"], fresh=True)
def recovery_codes(actor: Actor) -> Any:
    """New codes, shown this once; those from before are void."""
    person = queries.own(actor)
    if not holding.has_any(person.id):
        return security_page(actor, _("Set up an authenticator app or a passkey first."), 422)
    try:
        holding.check_shown(person)
    except Refused as refusal:
        return security_page(actor, refusal.reason, 422)
    return _codes(person)


def _codes(person: Person) -> Any:
    return page("accounts/recovery_codes.html", codes=holding.new_codes(person))


@DOORS.page("/settings/security/codes/file", own=True, methods=["POST"])
def recovery_file(actor: Actor) -> Any:
    """The codes that the page shows, as a file; nothing but the person's own codes comes back."""
    codes = request.form.getlist("codes")
    if len(codes) > recovery.HOW_MANY or not holding.are_codes_of(queries.own(actor), codes):
        raise Missing
    made = Response("\n".join(codes) + "\n", mimetype="text/plain")
    made.headers["Content-Disposition"] = 'attachment; filename="innocore-recovery-codes.txt"'
    return made
