"""What templates may call without importing: `ui`, every macro of the house, and `address`."""

from __future__ import annotations

from typing import Any

from flask import url_for
from jinja2 import Environment
from werkzeug.routing import BuildError

BOOK = "_parts/ui.html"


class Parts:
    """The macros of `templates/_parts/`: `ui.field(...)`, `ui.button(...)`; see docs/design.md.

    Looked up at the first use, when the environment has all its globals, and so that a block that
    is rendered alone has them as well.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def __getattr__(self, name: str) -> Any:
        return getattr(self._environment.get_template(BOOK).module, name)


def address(endpoint: str, **values: Any) -> str | None:
    """The path of an endpoint, or None in a house that was built without that feature."""
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return None
