"""One's own account: profile, language and colours, password, sessions."""

from __future__ import annotations

from typing import Any

from flask import current_app, request
from flask import session as cookie

from workspace.accounts import actions, queries, security, sessions
from workspace.accounts.doors import DOORS
from workspace.accounts.forms import ChangePasswordForm, DisplayForm, NewPasswordForm, ProfileForm
from workspace.accounts.models import Person, SignIn
from workspace.accounts.rules import as_words, check_password, device
from workspace.foundation import limits
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.errors import Missing, Refused
from workspace.foundation.text import _
from workspace.foundation.unit import write
from workspace.foundation.web import go, page, refusals, require_fresh


@DOORS.page("/settings", own=True, methods=["GET", "POST"])
def settings(actor: Actor) -> Any:
    """Profile: what people of the same teams and organisations read."""
    person = queries.own(actor)
    form = ProfileForm(
        name=person.name,
        headline=person.headline,
        about=person.about,
        skills=", ".join(person.skills),
        interests=", ".join(person.interests),
    )
    if request.method == "POST" and form.validate():
        draft: dict[str, object] = {
            "name": form.name.data,
            "headline": form.headline.data or "",
            "about": form.about.data or "",
        }
        for name in ("skills", "interests"):
            try:
                draft[name] = as_words(form[name].data or "")
            except Refused as refusal:
                form.refuse(refusal.reason, name)
        if not form.errors:
            actions.change_profile(actor, person, draft)
            return go("accounts.settings", _("Your profile is saved."))
    return page("accounts/settings_profile.html", form=form, person=person)


@DOORS.page("/settings/display", own=True, methods=["GET", "POST"])
def display(actor: Actor) -> Any:
    """Language, time zone, colours, and whether single letters are keys."""
    person = queries.own(actor)
    form = DisplayForm(
        language=person.language,
        zone=person.zone,
        theme=person.theme,
        shortcuts=person.shortcuts,
        house_zone=current_app.config["INNOCORE"].zone,
    )
    if request.method == "POST" and form.validate():
        actions.change_profile(
            actor,
            person,
            {name: form[name].data for name in ("language", "zone", "theme", "shortcuts")},
        )
        for name in ("language", "theme"):
            cookie[name] = form[name].data
        return go("accounts.display", _("Saved."))
    return page("accounts/settings_display.html", form=form)


@DOORS.page("/settings/password", own=True, methods=["GET", "POST"], writes=None)
def password(actor: Actor) -> Any:
    """Change the password; other devices are signed out."""
    person = queries.own(actor)
    if person.password is None:
        return _first_password(actor, person)
    form = ChangePasswordForm()
    if request.method == "GET" or not form.validate():
        return page("accounts/settings_password.html", form=form, person=person)
    limits.count("password", "10 per 15 minutes", person.id)
    if not security.is_password(person, form.current.data):
        form.refuse(
            _("This is not your present password. Try again, or set a new one by mail."), "current"
        )
    with refusals(form):
        check_password(form.password.data, about=(person.name, person.email))
    if not form.errors and security.normal(form.current.data) == security.normal(
        form.password.data
    ):
        form.refuse(_("This is the password that you have. Choose another one."), "password")
    if form.errors:
        return page("accounts/settings_password.html", form=form, person=person)
    password_hash = security.hashed(form.password.data)
    with write():
        actions.change_password(actor, person, password_hash, now())
    return go("accounts.password", _("Your password is changed. Other sessions are ended."))


def _first_password(actor: Actor, person: Person) -> Any:
    """Set a password where there is none yet, after a fresh proof by another way."""
    require_fresh()
    form = NewPasswordForm()
    if request.method == "POST" and form.validate():
        with refusals(form):
            check_password(form.password.data, about=(person.name, person.email))
        if not form.errors:
            password_hash = security.hashed(form.password.data)
            with write():
                actions.change_password(actor, queries.own(actor), password_hash, now())
            return go("accounts.security", _("Your password is set. Other sessions are ended."))
    return page("accounts/settings_password.html", form=form, person=person)


@DOORS.page("/settings/sessions", own=True, name="sessions")
def session_list(actor: Actor) -> Any:
    """Where one is signed in."""
    here = sessions.present()
    rows = [
        {"row": row, "device": device(row.agent), "here": here is not None and row.id == here.id}
        for row in queries.sessions_of(actor)
        if sessions.is_good(row, now())
    ]
    return page("accounts/settings_sessions.html", rows=rows)


@DOORS.page(
    "/settings/sessions/<sign_in>/end", verb="end", things={"sign_in": SignIn}, methods=["POST"]
)
def end_session(actor: Actor, sign_in: SignIn) -> Any:
    """Sign one device out."""
    here = sessions.present()
    if here is not None and here.id == sign_in.id:
        actions.sign_out(sign_in, now())
        return go("accounts.sign_in", _("You are signed out."))
    actions.end_session(actor, sign_in, now())
    return go("accounts.sessions", _("That session is ended."))


@DOORS.page("/settings/sessions/end-others", own=True, methods=["POST"])
def end_others(actor: Actor) -> Any:
    """Sign all other devices out."""
    here = sessions.present()
    if actor.person_id is None or here is None:
        raise Missing
    sessions.end_all(actor.person_id, actor.person_id, now(), but=here.id)
    return go("accounts.sessions", _("All other sessions are ended."))


@DOORS.page("/session", own=True, methods=["POST"])
def extend(actor: Actor) -> Any:
    """Stay signed in; answers the instant at which the session ends now."""
    ends = sessions.extend()
    if ends is None:
        raise Missing
    return current_app.response_class(ends.isoformat(), mimetype="text/plain")
