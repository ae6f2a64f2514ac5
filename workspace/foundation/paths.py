"""Addresses of pages where no request is open: in listeners of jobs, in actions under test."""

from __future__ import annotations

from typing import Any

from flask import current_app, has_request_context, url_for


def path_to(endpoint: str, *, anchor: str = "", **values: Any) -> str:
    """The path of a page of this house, e.g. `/releases/x`, with or without an open request."""
    if has_request_context():
        found = url_for(endpoint, **values)
    else:
        found = current_app.url_map.bind("localhost").build(endpoint, values)
    return f"{found}#{anchor}" if anchor else found
