"""Identity providers that the house trusts, as the settings name them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"})
"""Signatures with a public key; a shared secret or none is never accepted."""
FIELDS = frozenset({"issuer", "client_id", "client_secret", "label", "domains", "algorithm"})
DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


@dataclass(frozen=True)
class Provider:
    """One OpenID Connect provider."""

    number: int
    issuer: str
    client_id: str
    client_secret: str
    label: str
    domains: tuple[str, ...] = ()
    """Mail domains whose proved addresses may get a new account; none: only existing accounts."""
    algorithm: str = "RS256"
    """The one signature that its tokens bear."""


def read(text: str, *, plain_hosts: frozenset[str]) -> tuple[Provider, ...]:
    """The providers in the JSON list `text`. Raises ValueError that says what is wrong.

    An issuer must be reached over TLS unless its host is one of `plain_hosts`.
    """
    if not text.strip():
        return ()
    try:
        rows = json.loads(text)
    except ValueError:
        raise ValueError("must be a JSON list") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("must be a JSON list of objects")
    found = tuple(_one(number, row, plain_hosts) for number, row in enumerate(rows))
    if len({it.issuer for it in found}) != len(found):
        raise ValueError("names one issuer twice")
    return found


def _one(number: int, row: dict[str, Any], plain_hosts: frozenset[str]) -> Provider:
    unknown = sorted(row.keys() - FIELDS)
    if unknown:
        raise ValueError(f"{number + 1}: there is no field {unknown[0]}")
    for name in ("issuer", "client_id", "client_secret", "label"):
        if not isinstance(row.get(name), str) or not row[name].strip():
            raise ValueError(f"{number + 1}: {name} is missing")
    issuer = urlsplit(row["issuer"])
    if issuer.scheme != "https" and not (
        issuer.scheme == "http" and issuer.hostname in plain_hosts
    ):
        raise ValueError(f"{number + 1}: issuer must be an https address")
    if not issuer.hostname or issuer.query or issuer.fragment or issuer.username:
        raise ValueError(f"{number + 1}: issuer must be a plain address")
    domains = row.get("domains", [])
    if not isinstance(domains, list) or not all(
        isinstance(it, str) and DOMAIN.fullmatch(it.lower()) for it in domains
    ):
        raise ValueError(f"{number + 1}: domains must be a list of mail domains")
    algorithm = row.get("algorithm", "RS256")
    if algorithm not in ALGORITHMS:
        raise ValueError(f"{number + 1}: algorithm must be one of {', '.join(sorted(ALGORITHMS))}")
    return Provider(
        number=number,
        issuer=row["issuer"],
        client_id=row["client_id"],
        client_secret=row["client_secret"],
        label=row["label"].strip(),
        domains=tuple(it.lower() for it in domains),
        algorithm=algorithm,
    )
