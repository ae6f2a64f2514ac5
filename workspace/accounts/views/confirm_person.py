"""Proving once more who one is, before what cannot be undone; nothing typed is lost by it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flask import current_app, request, url_for
from werkzeug.wrappers import Response

from workspace.accounts import actions, personas, queries, security, sessions
from workspace.accounts.doors import DOORS
from workspace.accounts.factors import holding, passkeys
from workspace.accounts.forms import ConfirmPersonForm
from workspace.accounts.views.second_factor import prove
from workspace.foundation import limits
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.errors import BadRequest
from workspace.foundation.strict import read_json
from workspace.foundation.text import _
from workspace.foundation.unit import write
from workspace.foundation.web import SAFE, current_actor, go_to, local_path, page, wants_fragment

Fields = Sequence[tuple[str, str]]


def ask_again(kept: Fields) -> Any:
    """The page that asks who it is, for whatever request was refused; it holds what was sent."""
    asked = request.full_path.rstrip("?")
    if wants_fragment():
        here = local_path(request.headers.get("HX-Current-URL", "").partition(request.host)[2])
        response = Response("", 403)
        response.headers["HX-Redirect"] = url_for("accounts.confirm_person", next=here)
        return response
    if request.method in SAFE:
        return go_to(url_for("accounts.confirm_person", next=local_path(asked)))
    form = ConfirmPersonForm(formdata=None)
    form.next.data, form.kept.data = local_path(asked) or "", json.dumps(list(kept))
    return _page(current_actor(), form, status=403)


@DOORS.page("/confirm-it-is-you", own=True, methods=["GET", "POST"], writes=None)
def confirm_person(actor: Actor) -> Any:
    """Ask for the password; afterwards the page that asked goes on."""
    form = ConfirmPersonForm()
    target = local_path(form.next.data or request.args.get("next"))
    form.next.data = target or ""
    kept = _read(form.kept.data)
    if request.method == "GET":
        return _page(actor, form)
    if not sessions.is_fresh():
        way = _proved(actor, form) if form.validate() else None
        if way is None:
            return _page(actor, form)
        with write():
            actions.prove_again(actor, way, now())
    if kept is None:
        return go_to(target or "/")
    return page("accounts/go_on.html", target=target or "/", kept=kept)


def _proved(actor: Actor, form: ConfirmPersonForm) -> str | None:
    """By what the person has proved who she is; None, with a word in the form, when not."""
    limits.count("prove again", "10 per 15 minutes", actor.person_id)
    person = queries.own(actor)
    if request.form.get("persona") and _is_persona(actor):
        return "persona"
    if request.form.get("elsewhere"):
        form.refuse(_("Nothing was confirmed in another tab yet."))
        return None
    if form.credential.data or form.code.data:
        shown = prove(person, form.code.data or "", form.credential.data or "", form)
        if shown is None:
            with write():
                holding.note_failure(person, "again")
        return shown
    if security.is_password(person, form.password.data or ""):
        return "password"
    form.refuse(_("This is not your password. Try again, or set a new one by mail."), "password")
    return None


def _is_persona(actor: Actor) -> bool:
    """In a demonstration on this machine nobody knows the personas' passwords by heart."""
    return any(it.email == actor.email for it in personas.offered())


def _read(text: str | None) -> list[tuple[str, str]] | None:
    """The form that waits; None when a page waits, not a form."""
    if not text:
        return None
    try:
        rows = read_json(text.encode())
        return [(str(name), str(value)) for name, value in rows]
    except (ValueError, TypeError):
        raise BadRequest from None


def _page(actor: Actor, form: ConfirmPersonForm, status: int | None = None) -> Any:
    person = queries.own(actor)
    linked = {it.issuer for it in queries.identities_of(person.id)}
    return page(
        "accounts/confirm_person.html",
        form=form,
        status=status,
        persona=_is_persona(actor),
        person=person,
        has_app=holding.app_of(person.id) is not None,
        has_passkey=bool(holding.passkeys_of(person.id)) and passkeys.are_possible(),
        providers=[it for it in current_app.config["INNOCORE"].providers if it.issuer in linked],
    )
