"""Passkeys (WebAuthn level 2): what the browser is asked, and whether its answer holds."""

from __future__ import annotations

import ipaddress
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask import session as cookie
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from workspace.accounts.models import Passkey, Person
from workspace.foundation import limits
from workspace.foundation.errors import BadRequest, Refused, TooMany
from workspace.foundation.strict import read_json
from workspace.foundation.text import lazy

CHALLENGE = "challenge"
GOOD_FOR = 300
"""Seconds in which a question must be answered."""
LONGEST_ANSWER = 20_000
TRANSPORTS = frozenset({"usb", "nfc", "ble", "internal", "cable", "hybrid", "smart-card"})
NAME = "InnoCore workspace"


@dataclass(frozen=True)
class New:
    """A key that a device has made, as it is to be stored."""

    credential_id: str
    public_key: str
    sign_count: int
    transports: tuple[str, ...]


def are_possible() -> bool:
    """Whether browsers make passkeys for this house: it needs a name, not a number."""
    try:
        ipaddress.ip_address(_host())
    except ValueError:
        return True
    return False


def _host() -> str:
    return urlsplit(current_app.config["INNOCORE"].base_url).hostname or ""


def _origin() -> str:
    address = urlsplit(current_app.config["INNOCORE"].base_url)
    return f"{address.scheme}://{address.netloc}"


def _ask(purpose: str) -> bytes:
    challenge = secrets.token_bytes(32)
    cookie[CHALLENGE] = [purpose, bytes_to_base64url(challenge), int(time.time())]
    return challenge


def _asked(purpose: str) -> bytes:
    """The question that this browser was asked; each is answered once and within five minutes."""
    held = cookie.pop(CHALLENGE, None)
    if not isinstance(held, list) or held[0] != purpose or held[2] < time.time() - GOOD_FOR:
        raise Refused(lazy("That took too long. Try again."))
    try:  # the cookie could be brought back with the same answer
        limits.count("passkey answer", "1 per 10 minutes", held[1])
    except TooMany:
        raise Refused(lazy("That took too long. Try again.")) from None
    return base64url_to_bytes(held[1])


def to_make(person: Person, known: list[Passkey]) -> dict[str, Any]:
    """What `navigator.credentials.create` is asked for one more key of the person."""
    options = generate_registration_options(
        rp_id=_host(),
        rp_name=NAME,
        user_id=person.public_id.encode(),
        user_name=person.email,
        user_display_name=person.name,
        challenge=_ask("make"),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(it.credential_id)) for it in known
        ],
    )
    return dict(json.loads(options_to_json(options)))


def made(answer: str) -> New:
    """The key in the browser's answer. Raises Refused when it does not hold."""
    challenge = _asked("make")
    read = _read(answer)
    try:
        found = verify_registration_response(
            credential=read,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise Refused(lazy("The passkey could not be read. Try again.")) from None
    offered = read.get("response", {}).get("transports") or []
    return New(
        bytes_to_base64url(found.credential_id),
        bytes_to_base64url(found.credential_public_key),
        found.sign_count,
        tuple(sorted({str(it) for it in offered if it in TRANSPORTS})),
    )


def to_show() -> dict[str, Any]:
    """What `navigator.credentials.get` is asked: any key of this house, its holder verified."""
    options = generate_authentication_options(
        rp_id=_host(),
        challenge=_ask("show"),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(json.loads(options_to_json(options)))


def named_in(answer: str) -> str:
    """The id of the key that an answer claims to be made with; empty when there is none."""
    found = _read(answer).get("id", "")
    return found if isinstance(found, str) else ""


def new_count(answer: str, key: Passkey, person: Person) -> int:
    """The key's counter after this answer. Raises Refused when the answer does not hold."""
    challenge = _asked("show")
    read = _read(answer)
    handle = read.get("response", {}).get("userHandle")
    if handle and str(handle).rstrip("=") != bytes_to_base64url(person.public_id.encode()):
        raise Refused(lazy("The passkey could not be read. Try again."))
    try:
        found = verify_authentication_response(
            credential=read,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise Refused(lazy("The passkey could not be read. Try again.")) from None
    return int(found.new_sign_count)


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise Refused(lazy("The passkey could not be read. Try again."))
    try:
        found = read_json(answer.encode())
    except (UnicodeEncodeError, BadRequest):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("response"), dict):
        raise Refused(lazy("The passkey could not be read. Try again."))
    return found
