"""OpenID Connect: authorization code with PKCE; what a provider says is compared, not believed."""

from __future__ import annotations

import base64
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.parameters import (
    parse_authorization_code_response,
    prepare_grant_uri,
)
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import current_app
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from workspace.accounts.factors.sealing import opened, seal
from workspace.accounts.rules import as_address, is_address
from workspace.foundation.errors import Missing, Refused
from workspace.foundation.outgoing import NoAnswer, ask
from workspace.foundation.paths import path_to
from workspace.foundation.providers import Provider
from workspace.foundation.text import lazy

PURPOSE = "openid journey"
PATIENCE = 600
"""Seconds for the way to the provider and back."""
LEEWAY = 60
KEPT_METADATA = 3600
AUTH_AGE = 120


@dataclass(frozen=True)
class Journey:
    """Somebody on the way to a provider and back; kept sealed in her own browser."""

    provider: int
    state: str
    nonce: str
    verifier: str
    purpose: str
    """`in`, `link` or `again`."""
    target: str = ""
    sign_in_id: int = 0
    """The session that asked, for `link` and `again`."""
    began: int = 0

    def sealed(self) -> str:
        """For the cookie."""
        return seal(PURPOSE, json.dumps(self.__dict__).encode())


def journey_in(sealed: object) -> Journey | None:
    """The journey that this browser is on."""
    content = opened(PURPOSE, sealed, seconds=PATIENCE) if isinstance(sealed, str) else None
    return Journey(**json.loads(content)) if content is not None else None


@dataclass(frozen=True)
class Claims:
    """What a provider says of somebody, after every check."""

    issuer: str
    subject: str
    email: str
    """Proved by the provider; empty when it is not."""
    name: str
    label: str
    auth_time: int


def provider(number: int) -> Provider:
    """The provider with this number. Raises Missing."""
    found: tuple[Provider, ...] = current_app.config["INNOCORE"].providers
    if not 0 <= number < len(found):
        raise Missing
    return found[number]


def _callback() -> str:
    base: str = current_app.config["INNOCORE"].base_url
    return base.rstrip("/") + path_to("accounts.provider_callback")


def begin(
    to: Provider, purpose: str, *, target: str = "", sign_in_id: int = 0
) -> tuple[str, Journey]:
    """The address at the provider, and the journey to keep. Must not be called inside a unit."""
    journey = Journey(
        provider=to.number,
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        purpose=purpose,
        target=target,
        sign_in_id=sign_in_id,
        began=int(time.time()),
    )
    more = {"prompt": "login", "max_age": "0"} if purpose == "again" else {}
    url = prepare_grant_uri(
        _metadata(to)["authorization_endpoint"],
        client_id=to.client_id,
        response_type="code",
        redirect_uri=_callback(),
        scope="openid email profile",
        state=journey.state,
        nonce=journey.nonce,
        code_challenge=create_s256_code_challenge(journey.verifier),
        code_challenge_method="S256",
        **more,
    )
    return str(url), journey


def finish(to: Provider, journey: Journey, came: str) -> Claims:
    """Who came back, by the address `came` that the provider sent the browser to.

    Raises Refused with a reason for people when anything does not fit. Must not be called inside a
    unit.
    """
    metadata = _metadata(to)
    try:
        answer = parse_authorization_code_response(came, journey.state)
    except OAuth2Error:
        raise Refused(
            lazy("%(provider)s did not let you in. Try again.", provider=to.label)
        ) from None
    issuer = answer.get("iss")
    names_itself = metadata.get("authorization_response_iss_parameter_supported") is True
    if issuer != to.issuer and (issuer is not None or names_itself):
        raise _unfit(to)  # RFC 9207: an answer of another provider
    token = _exchange(to, metadata, answer["code"], journey.verifier)
    return checked(to, journey, token, _keys(to, metadata))


def _exchange(to: Provider, metadata: dict[str, Any], code: str, verifier: str) -> str:
    basic = base64.b64encode(
        f"{quote(to.client_id, safe='')}:{quote(to.client_secret, safe='')}".encode()
    ).decode()
    status, body = ask(
        metadata["token_endpoint"],
        trusted=_trusted(to),
        body=urlencode(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": _callback(),
                "code_verifier": verifier,
            }
        ).encode(),
        headers={
            "Authorization": f"Basic {basic}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        },
    )
    found = _read(body) if status == 200 else {}
    token = found.get("id_token")
    if not isinstance(token, str):
        raise _unfit(to)
    return token


def checked(to: Provider, journey: Journey, token: str, keys: KeySet) -> Claims:
    """The claims of an ID token (OpenID Connect Core 1.0, 3.1.3.7). Raises Refused."""
    try:
        read = jwt.decode(token, keys, algorithms=[to.algorithm])
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": to.issuer},
            aud={"essential": True, "value": to.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": journey.nonce},
        ).validate(read.claims)
    except (JoseError, ValueError, TypeError):
        raise _unfit(to) from None
    claims = read.claims
    audience, party = claims["aud"], claims.get("azp")
    if (isinstance(audience, list) and len(audience) > 1 and party is None) or (
        party is not None and party != to.client_id
    ):
        raise _unfit(to)
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise _unfit(to)
    at = claims.get("auth_time")
    auth_time = at if isinstance(at, int) else 0
    if journey.purpose == "again" and auth_time < journey.began - AUTH_AGE:
        raise Refused(
            lazy("%(provider)s did not ask you anew. Confirm another way.", provider=to.label)
        )
    email = as_address(str(claims.get("email") or ""))
    proved = claims.get("email_verified") is True and is_address(email)
    return Claims(
        issuer=to.issuer,
        subject=subject,
        email=email if proved else "",
        name=str(claims.get("name") or "").strip()[:200],
        label=(email if is_address(email) else subject)[:200],
        auth_time=auth_time,
    )


def _unfit(to: Provider) -> Refused:
    return Refused(lazy("The answer of %(provider)s does not fit. Start again.", provider=to.label))


def _metadata(to: Provider) -> dict[str, Any]:
    """What the provider says of itself (OpenID Connect Discovery 1.0); kept for an hour."""
    kept = current_app.extensions.setdefault("innocore.openid", {})
    at, found = kept.get(to.issuer, (0.0, None))
    if found is None or at < time.monotonic() - KEPT_METADATA:
        url = to.issuer.rstrip("/") + "/.well-known/openid-configuration"
        status, body = ask(url, trusted=_trusted(to))
        found = _read(body) if status == 200 else {}
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if found.get("issuer") != to.issuer or not all(
            isinstance(found.get(name), str) for name in names
        ):
            raise NoAnswer
        scheme = urlsplit(to.issuer).scheme
        if urlsplit(found["authorization_endpoint"]).scheme not in {"https", scheme}:
            raise NoAnswer
        kept[to.issuer] = (time.monotonic(), found)
    return dict(found)


def _keys(to: Provider, metadata: dict[str, Any]) -> KeySet:
    status, body = ask(metadata["jwks_uri"], trusted=_trusted(to))
    read: Any = _read(body) if status == 200 else {}
    try:
        return KeySet.import_key_set(read)
    except (JoseError, ValueError, KeyError, TypeError):
        raise NoAnswer from None


def _trusted(to: Provider) -> frozenset[str]:
    return frozenset({urlsplit(to.issuer).hostname or ""})


def _read(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
