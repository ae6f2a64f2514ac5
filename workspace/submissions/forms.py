"""What people type when they apply and hand in."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import DateTimeLocalField, RadioField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional

from workspace.foundation.forms import Form, text_field, title_field
from workspace.foundation.text import lazy
from workspace.submissions.rules import PITCH_LONGEST

CHOOSE = lazy("Choose one.")


class PitchForm(Form):
    """Title, text, canvas and deck of a pitch; may be incomplete while it is a draft."""

    title = title_field(lazy("Title of the pitch"), required=False)
    pitch_text = text_field(lazy("Pitch text"), required=False, maximum=PITCH_LONGEST)
    canvas = RadioField(lazy("Canvas that goes with it"), validators=[Optional()],
                        validate_choice=True)
    deck = FileField(lazy("Deck"))


class EntryForm(Form):
    """Apply to a challenge with one of the teams that the person leads."""

    team = SelectField(lazy("Team"), validators=[InputRequired(CHOOSE)])
    motivation = text_field(lazy("Why does your team want to work on this?"), maximum=5000)


class LateForm(Form):
    """The programme lead's decision."""

    purpose = RadioField(
        lazy("For what?"),
        choices=[
            SelectChoice("pitch-review", lazy("Pitch review")),
            SelectChoice("result", lazy("Result")),
        ],
        default="pitch-review",
    )
    until = DateTimeLocalField(
        lazy("Until when?"), format="%Y-%m-%dT%H:%M",
        validators=[InputRequired(lazy("Choose a day and a time."))],
    )
    reason = text_field(lazy("Why?"), maximum=2000)
