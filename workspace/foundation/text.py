"""The one door for sentences that a person reads: everything goes through gettext."""

from collections.abc import Callable
from typing import Any

import flask_babel

_: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext
lazy: Callable[..., Any] = flask_babel.lazy_gettext
"""For sentences written before the reader is known; `str()` gives them in the reader's language."""

__all__ = ["_", "lazy", "ngettext"]
