"""Language, zone and how dates are written for the person who reads."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from babel import Locale
from flask import Flask, has_request_context, request
from flask import session as cookie
from flask_babel import (
    Babel,
    format_date,
    format_datetime,
    format_decimal,
    format_time,
    get_locale,
)

from workspace.foundation.settings import LANGUAGES, PSEUDO_LANGUAGE, Settings

TRANSLATIONS = Path(__file__).parent.parent.parent / "translations"


class PseudoLocale(Locale):
    """English whose sentences come from the pseudo-language catalogue."""

    _named = False

    def __init__(self) -> None:
        super().__init__("en")
        self._named = True  # Babel looks itself up by name while it is made

    def __str__(self) -> str:
        return PSEUDO_LANGUAGE if self._named else super().__str__()


PSEUDO = PseudoLocale()


def install(app: Flask, settings: Settings) -> None:
    """Choose language and zone per request: the person's, the cookie's, the browser's, ours."""
    app.config.update(
        BABEL_DEFAULT_LOCALE=settings.language,
        BABEL_DEFAULT_TIMEZONE=settings.zone,
        BABEL_TRANSLATION_DIRECTORIES=str(TRANSLATIONS),
    )
    Babel(
        app,
        locale_selector=lambda: _language(settings),
        timezone_selector=lambda: _zone(settings),
    )
    app.jinja_env.globals.update(
        format_date=format_date, format_datetime=day_and_time, format_number=format_decimal,
        get_locale=get_locale, day_month=day_month,
    )


def known(language: str | None, settings: Settings) -> bool:
    """Whether the house speaks it."""
    return language in LANGUAGES or (settings.pseudo_language and language == PSEUDO_LANGUAGE)


def _language(settings: Settings) -> str | Locale:
    if not has_request_context():
        return settings.language
    from workspace.foundation.web import current_actor

    for choice in (current_actor().language, cookie.get("language")):
        if known(choice, settings):
            return PSEUDO if choice == PSEUDO_LANGUAGE else str(choice)
    return request.accept_languages.best_match(LANGUAGES) or settings.language


def _zone(settings: Settings) -> str:
    if not has_request_context():
        return settings.zone
    from workspace.foundation.web import current_actor

    return current_actor().zone or settings.zone


def day_and_time(at: datetime, pattern: str | None = None, **options: Any) -> str:
    """`14 Dec 2026, 23:59` in the reader's language and zone: nobody plans by seconds."""
    if pattern is not None:
        return str(format_datetime(at, pattern, **options))
    frame = str((get_locale() or Locale("en")).datetime_formats["medium"]).replace("'", "")
    return frame.replace("{0}", str(format_time(at, "short", **options))).replace(
        "{1}", str(format_date(at, "medium", **options)))


def day_month(at: datetime, **options: Any) -> str:
    """`14 Dec` in the reader's language and zone."""
    return str(format_date(at, "d MMM", **options))
