"""The shape of what people type about organisations."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask_babel import get_locale
from wtforms import BooleanField, SelectField, StringField, URLField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from workspace.foundation.forms import SHORT, Form, text_field, title_field
from workspace.foundation.text import _, lazy
from workspace.organisations.rules import KIND_WORDS


class OrganisationForm(Form):
    """What an organisation says of itself."""

    name = title_field(lazy("Name"))
    kind = SelectField(
        lazy("Kind"),
        choices=[],
        validators=[InputRequired(lazy("Choose what the organisation is."))],
    )
    country = SelectField(lazy("Country"), choices=[], validators=[Optional()])
    city = title_field(lazy("City"), required=False, maximum=100)
    website = URLField(
        lazy("Website"), validators=[Optional(), Length(max=SHORT), lambda _f, f: _is_web(f)]
    )
    about = text_field(lazy("About"), required=False, maximum=5000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [SelectChoice(str(kind), str(it)) for kind, it in KIND_WORDS.items()]
        self.country.choices = [
            SelectChoice("", _("Choose a country")),
            *(SelectChoice(code, name) for code, name in countries()),
        ]


def _is_web(field: Any) -> None:
    try:
        parts = urlsplit(field.data or "")
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in {"http", "https"} or "." not in (parts.hostname or ""):
        raise ValidationError(lazy("Write the whole address, like https://university.org."))


def countries() -> list[tuple[str, str]]:
    """Countries by their code, named and sorted in the reader's language."""
    locale = get_locale()
    names = locale.territories if locale else {}
    found = [
        (code, name)
        for code, name in names.items()
        if len(code) == 2  # continents and the world have numbers
        and code.isalpha()
        and code not in {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
    ]
    return sorted(found, key=lambda it: it[1])


class RegistrationForm(Form):
    """Who may join without an invitation."""

    is_open = BooleanField(lazy("People with an address of ours may join by themselves"))
    domains = StringField(lazy("Mail domains"), validators=[Length(max=4 * SHORT)])
