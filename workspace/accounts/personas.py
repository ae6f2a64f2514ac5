"""The people of a demonstration, with one click each; nowhere else."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, request

from workspace.foundation.errors import Missing
from workspace.foundation.settings import LOOPBACK

EXTENSION = "innocore.personas"
"""Where the demonstration puts its list of `{role, name, email, note}`."""


@dataclass(frozen=True)
class Persona:
    """Somebody to look around as."""

    number: int
    role: str
    name: str
    email: str
    note: str


def offered() -> list[Persona]:
    """Everybody to choose from; nobody outside a demonstration or away from this machine."""
    settings = current_app.config["INNOCORE"]
    if not settings.demo or not asked_on_loopback():
        return []
    rows: Sequence[Mapping[str, Any]] = current_app.extensions.get(EXTENSION, ())
    return [
        Persona(number, str(row["role"]), row["name"], row["email"], str(row.get("note", "")))
        for number, row in enumerate(rows)
    ]


def chosen(number: int) -> Persona:
    """The persona with this number. Raises Missing, as if there were no such address."""
    found = offered()
    if not 0 <= number < len(found):
        raise Missing
    return found[number]


def asked_on_loopback() -> bool:
    """Whether the request was made to, and comes from, this very machine.

    A page elsewhere that points its own name at 127.0.0.1 sends that name as host, so the name
    is checked too.
    """
    host = (request.host or "").rsplit(":", 1)[0].strip("[]").lower()
    return host in LOOPBACK and _is_loopback(request.remote_addr or "")


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def for_menu() -> list[tuple[str, str, int]]:
    """Role, name and number of everybody to choose from, for the account menu."""
    return [(it.role, it.name, it.number) for it in offered()]
