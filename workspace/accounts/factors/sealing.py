"""Secrets at rest: encrypted and hashed with keys that are made of the settings' secret."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


def _key(purpose: str) -> bytes:
    """32 bytes that are good for one purpose alone (RFC 5869)."""
    secret = current_app.config["INNOCORE"].secret().encode()
    return HKDF(SHA256(), 32, salt=None, info=f"innocore {purpose}".encode()).derive(secret)


def seal(purpose: str, content: bytes) -> str:
    """Encrypt and sign; only `opened` with the same purpose reads it."""
    return Fernet(base64.urlsafe_b64encode(_key(purpose))).encrypt(content).decode("ascii")


def opened(purpose: str, sealed: str, *, seconds: int | None = None) -> bytes | None:
    """What was sealed; None when it was changed, is of another purpose or older than `seconds`."""
    box = Fernet(base64.urlsafe_b64encode(_key(purpose)))
    try:
        return box.decrypt(sealed.encode("ascii", "replace"), ttl=seconds)
    except InvalidToken:
        return None


def keyed_digest(purpose: str, text: str) -> str:
    """A hash that nobody can try out without the settings' secret, as hex."""
    return hmac.new(_key(purpose), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
