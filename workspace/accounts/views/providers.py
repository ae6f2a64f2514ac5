"""Signing in with a university or company account, and linking one."""

from __future__ import annotations

from typing import Any

from flask import request
from flask import session as cookie
from flask_babel import get_locale

from workspace.accounts import actions, identities, openid, queries, sessions
from workspace.accounts.arrival import arrive
from workspace.accounts.doors import DOORS
from workspace.accounts.forms import SignInForm
from workspace.accounts.models import Identity
from workspace.accounts.rules import is_within
from workspace.accounts.views.second_factor import sign_in_page
from workspace.accounts.views.security import security_page
from workspace.foundation import limits
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.errors import HouseError, Refused
from workspace.foundation.providers import Provider
from workspace.foundation.text import _
from workspace.foundation.unit import write
from workspace.foundation.web import go, local_path, page

JOURNEY = "journey"


@DOORS.page(
    "/providers/<int:number>/start",
    public="people who sign in with their university or company",
    methods=["POST"],
    writes=None,
)
def provider_start(actor: Actor, number: int) -> Any:
    """Off to the provider. A page in between, because forms may be sent to this house alone."""
    return _off(number, "in", target=local_path(request.form.get("next")) or "")


@DOORS.page(
    "/settings/security/providers/<int:number>/link",
    own=True,
    methods=["POST"],
    writes=None,
    fresh=True,
)
def provider_link(actor: Actor, number: int) -> Any:
    """Off to the provider, to link the account there with this one."""
    return _off(number, "link")


@DOORS.page("/confirm-it-is-you/<int:number>", own=True, methods=["POST"], writes=None)
def provider_again(actor: Actor, number: int) -> Any:
    """Off to the provider, which asks anew who it is."""
    return _off(number, "again")


def _off(number: int, purpose: str, target: str = "") -> Any:
    to = openid.provider(number)
    limits.count("provider", "60 per 15 minutes", limits.address())
    here = sessions.present()
    url, journey = openid.begin(
        to, purpose, target=target, sign_in_id=here.id if here is not None else 0
    )
    cookie[JOURNEY] = journey.sealed()
    return page("accounts/provider_off.html", url=url, provider=to)


@DOORS.page(
    "/providers/callback",
    public="identity providers send people back here; state and nonce are this browser's",
    methods=["GET"],
    writes=None,
)
def provider_callback(actor: Actor) -> Any:
    """Back from the provider: sign in, link, or confirm."""
    journey = openid.journey_in(cookie.pop(JOURNEY, None))
    if journey is None:
        return _refuse(_("That took too long, or it began in another browser. Start again."))
    limits.count("provider", "60 per 15 minutes", limits.address())
    try:
        to = openid.provider(journey.provider)
        claims = openid.finish(to, journey, request.url)
        if journey.purpose != "in":
            return _for_signed_in(actor, journey, claims)
        with write():
            person = identities.known(claims, now())
            known = person is not None
            if person is None and _may_enter(claims, to):
                locale = get_locale()
                person = identities.newcomer(claims, locale.language if locale else "", now())
        if person is None:
            return _stranger(claims, to.label, journey.target)
        if not person.active or person.confirmed_at is None:
            raise Refused(_("This account is closed. Ask the person who runs your workspace."))
        message = None if known else _("Your account is made. Welcome.")
        return arrive(person, "provider", local_path(journey.target), message)
    except HouseError as refusal:
        return _refuse(refusal.reason)


def _may_enter(claims: openid.Claims, to: Provider) -> bool:
    """Whether somebody without an account gets one: at the provider's own domains."""
    return (
        bool(claims.email)
        and is_within(claims.email, to.domains)
        and queries.by_address(claims.email) is None
    )


def _for_signed_in(actor: Actor, journey: openid.Journey, claims: openid.Claims) -> Any:
    here = sessions.present()
    if here is None or here.id != journey.sign_in_id:
        raise Refused(_("Your session has ended. Sign in again."))
    with write():
        person = queries.own(actor)
        if journey.purpose == "link":
            identities.link(person, claims, now())
        elif identities.known(claims, now()) == person:
            actions.prove_again(actor, "provider", now())
        else:
            raise Refused(_("That was another account. Confirm with your own."))
    if journey.purpose == "link":
        return go("accounts.security", _("The account is linked."))
    return page("accounts/confirmed_elsewhere.html")


def _stranger(claims: openid.Claims, label: str, target: str) -> Any:
    """Nobody is linked. An address that the provider has proved may be linked after one sign-in."""
    form = SignInForm(formdata=None)
    form.next.data = local_path(target) or ""
    if claims.email and queries.by_address(claims.email) is not None:
        identities.wait_for_sign_in(claims)
        form.email.data = claims.email
        form.refuse(
            _(
                "There is an account with this address. Sign in once as before: then it is linked "
                "with %(provider)s.",
                provider=label,
            )
        )
    else:
        form.refuse(
            _(
                "No account here is linked with the one at %(provider)s. Sign in another way and "
                "link it in your settings, or ask for an invitation.",
                provider=label,
            )
        )
    return sign_in_page(form)


def _refuse(reason: str) -> Any:
    form = SignInForm(formdata=None)
    form.refuse(reason)
    return sign_in_page(form)


@DOORS.page(
    "/settings/security/identities/<identity>/unlink",
    verb="end",
    things={"identity": Identity},
    methods=["POST"],
    fresh=True,
)
def unlink(actor: Actor, identity: Identity) -> Any:
    """No longer come in that way."""
    try:
        identities.unlink(queries.own(actor), identity)
    except Refused as refusal:
        return security_page(actor, refusal.reason, 422)
    return go("accounts.security", _("The account is unlinked."))
