"""Asking other machines: only hosts that were configured, no detours, little time, few bytes."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from workspace.foundation.errors import Unavailable
from workspace.foundation.text import lazy

SECONDS = 5.0
MOST_BYTES = 1024 * 1024


class NoAnswer(Unavailable):
    """The other machine did not answer as it should; the reason is for people."""

    def __init__(self) -> None:
        super().__init__(lazy("The other service does not answer. Try again soon."))


def ask(
    url: str,
    *,
    trusted: Collection[str],
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, bytes]:
    """Status and body of a GET, or of a POST with `body`. Redirects are answers, not followed.

    Hosts in `trusted` may lie on any address and be asked without TLS; every other host must lie
    on public addresses and be asked over TLS. Raises NoAnswer after 5 s, beyond 1 MB, and when the
    address is not allowed. Must not be called inside a unit of work.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    known = host in trusted
    if (
        not host
        or parts.username
        or parts.scheme not in ({"https", "http"} if known else {"https"})
    ):
        raise NoAnswer
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = _address(host, port, anywhere=known)
        line = _line(parts.scheme, host, port, address)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            line.request("POST" if body is not None else "GET", path, body, dict(headers or {}))
            came = line.getresponse()
            content = came.read(MOST_BYTES + 1)
        finally:
            line.close()
    except (OSError, http.client.HTTPException, ValueError):
        raise NoAnswer from None
    if len(content) > MOST_BYTES:
        raise NoAnswer
    return came.status, content


def _address(host: str, port: int, *, anywhere: bool) -> str:
    """The address to connect to: checked and used in one, so that no second answer can differ."""
    found = [str(it[4][0]) for it in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not anywhere and not all(ipaddress.ip_address(it).is_global for it in found):
        raise NoAnswer
    return found[0]


def _line(scheme: str, host: str, port: int, address: str) -> http.client.HTTPConnection:
    line = http.client.HTTPConnection(host, port, timeout=SECONDS)
    line.sock = socket.create_connection((address, port), SECONDS)
    if scheme == "https":
        line.sock = ssl.create_default_context().wrap_socket(line.sock, server_hostname=host)
    return line
