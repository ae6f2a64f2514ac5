"""Codes of an authenticator app: RFC 6238 with SHA-1, six digits, thirty seconds."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from markupsafe import Markup

STEP = 30
"""Seconds for which a code stands."""
DIGITS = 6
DRIFT = 1
"""Codes of so many steps before and after count, because clocks differ."""
ISSUER = "InnoCore workspace"


def new_secret() -> bytes:
    """160 random bits, as RFC 4226 asks for."""
    return secrets.token_bytes(20)


def step_at(at: datetime) -> int:
    """Number of the thirty seconds in which the instant lies."""
    return int(at.timestamp()) // STEP


def code_of(secret: bytes, step: int) -> str:
    """The code of that step."""
    return _app(secret).generate(step * STEP).decode("ascii")


def matching_step(secret: bytes, typed: str, at: datetime, after: int) -> int | None:
    """The step whose code was typed, None when it fits none.

    Only steps later than `after` count, the last one that was used: no code counts twice.
    """
    code = "".join(typed.split())
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    here = step_at(at)
    fitting = [
        step
        for step in range(here - DRIFT, here + DRIFT + 1)
        if hmac.compare_digest(code_of(secret, step), code) and step > after
    ]
    return min(fitting, default=None)


def address(secret: bytes, email: str) -> str:
    """The `otpauth:` address that an app reads from the drawing."""
    return _app(secret).get_provisioning_uri(email, ISSUER)


def spelled(secret: bytes) -> str:
    """The secret for people who type it into their app, in groups of four."""
    text = base64.b32encode(secret).decode("ascii").rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def drawing(uri: str) -> Markup:
    """The address as a QR code: SVG without size, dark on white in every theme."""
    made = segno.make(uri, error="m", micro=False)
    drawn = made.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr")
    return Markup(drawn)  # noqa: S704 - drawn by segno from bits alone


def _app(secret: bytes) -> TOTP:
    # Apps read no other hash reliably; HMAC with SHA-1 is not weakened by its collisions.
    return TOTP(secret, DIGITS, SHA1(), STEP)  # noqa: S303
