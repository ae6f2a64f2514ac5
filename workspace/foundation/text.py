"""The one door for sentences that a person reads: everything goes through gettext."""

from collections.abc import Callable
from typing import Any

import flask_babel
from babel.numbers import format_decimal
from markupsafe import Markup

_: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext
pgettext: Callable[..., str] = flask_babel.pgettext
"""A word that means two things in English: `pgettext("verb", "Open")` is not the state "Open"."""
lazy: Callable[..., Any] = flask_babel.lazy_gettext
"""For sentences written before the reader is known; `str()` gives them in the reader's language."""


def in_language(text: object, language: str) -> Markup:
    """A piece of another language within a page: markup that says which, so it is read aloud right.

    What the definitions say stays in theirs, whatever the language of the page.
    """
    return Markup('<span lang="{}">{}</span>').format(language, text)


def decimals(value: float, digits: int) -> str:
    """A number with that many digits behind the point, or behind the comma of the language."""
    pattern = "#,##0." + "0" * digits
    return format_decimal(value, format=pattern, locale=flask_babel.get_locale() or "en")


__all__ = ["_", "decimals", "in_language", "lazy", "ngettext", "pgettext"]
