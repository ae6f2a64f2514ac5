"""Language, zone and how dates are written for the person who reads."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from babel import Locale
from babel.dates import format_skeleton
from babel.numbers import format_percent
from flask import Flask, has_request_context, request
from flask import session as cookie
from flask_babel import (
    Babel,
    format_date,
    format_datetime,
    format_decimal,
    format_time,
    get_locale,
    get_timezone,
)

from workspace.foundation import languages
from workspace.foundation.clock import now
from workspace.foundation.languages import TRANSLATIONS, locale_of
from workspace.foundation.settings import PSEUDO_LANGUAGE, Settings
from workspace.foundation.text import in_language


class PseudoLocale(Locale):
    """English whose sentences come from the pseudo-language catalogue."""

    _named = False

    def __init__(self) -> None:
        super().__init__("en", "GB")
        self._named = True  # Babel looks itself up by name while it is made

    def __str__(self) -> str:
        return PSEUDO_LANGUAGE if self._named else super().__str__()


PSEUDO = PseudoLocale()


def install(app: Flask, settings: Settings) -> None:
    """Choose language and zone per request: the person's, the cookie's, the browser's, ours."""
    app.config.update(
        BABEL_DEFAULT_LOCALE=str(locale_of(settings.language)),
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
        days_to=days_to, clock_now=now,
        get_locale=get_locale, day_month=day_month, in_language=in_language,
        languages_offered=lambda: [
            (it, languages.own_name(it)) for it in languages.offered(settings)
        ],
    )


def known(language: str | None, settings: Settings) -> bool:
    """Whether people can choose it."""
    if language == PSEUDO_LANGUAGE:
        return settings.pseudo_language
    return language in languages.offered(settings)


def _language(settings: Settings) -> Locale:
    if not has_request_context():
        return locale_of(settings.language)
    from workspace.foundation.web import current_actor

    for choice in (current_actor().language, cookie.get("language")):
        if known(choice, settings):
            return PSEUDO if choice == PSEUDO_LANGUAGE else locale_of(str(choice))
    wanted = request.accept_languages.best_match(languages.offered(settings))
    return locale_of(wanted or settings.language)


def _zone(settings: Settings) -> str:
    if not has_request_context():
        return settings.zone
    from workspace.foundation.web import current_actor

    return current_actor().zone or settings.zone


def day_and_time(at: datetime, pattern: str | None = None, **options: Any) -> str:
    """`14 Dec 2026, 23:59` in the reader's language and zone: nobody plans by seconds."""
    if pattern is not None:
        return str(format_datetime(at, pattern, **options))
    frame = str(_here().datetime_formats["medium"]).replace("'", "")
    return frame.replace("{0}", str(format_time(at, "short", **options))).replace(
        "{1}", str(format_date(at, "medium", **options)))


def day_month(at: date) -> str:
    """`14 Dec` in the reader's language and zone; `14. pro` where the language has a dot."""
    zone = get_timezone() if isinstance(at, datetime) else None
    return str(format_skeleton("MMMd", at, tzinfo=zone, locale=_here()))


def per_cent(whole: float) -> str:
    """Whole per cent as the reader's language writes them: `12%`, in Czech with a space."""
    return str(format_percent(whole / 100, locale=_here()))


def _here() -> Locale:
    return get_locale() or locale_of(languages.SOURCE)


def days_to(at: datetime) -> int:
    """Nights from today to the day of an instant, in the zone of the reader; negative after it."""
    zone = get_timezone()
    return (at.astimezone(zone).date() - now().astimezone(zone).date()).days
