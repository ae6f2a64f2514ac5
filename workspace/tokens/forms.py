"""The shape of a new access token."""

from __future__ import annotations

from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from workspace.foundation.forms import Form, title_field
from workspace.foundation.text import lazy
from workspace.tokens.rules import VERB_LABELS

DAYS = {
    "7": lazy("7 days"),
    "30": lazy("30 days"),
    "90": lazy("90 days"),
    "365": lazy("One year"),
}


class TokenForm(Form):
    """What a token is for, where, and how long."""

    name = title_field(
        lazy("Name"), maximum=100,
        description=lazy("For yourself, for example “Figures for the report”."),
    )
    verb = RadioField(
        lazy("What may it do?"), default="read",
        validators=[InputRequired(lazy("Choose one."))], validate_choice=False,
    )
    place = SelectField(lazy("Where?"), validate_choice=False)
    days = SelectField(lazy("How long?"), default="30", validate_choice=False)

    def offer(self, places: list[tuple[str, str]]) -> None:
        """Fill in what may be chosen."""
        self.verb.choices = [(it.value, label) for it, label in VERB_LABELS.items()]
        self.days.choices = list(DAYS.items())
        self.place.choices = places
