"""Inviting a mentor to edit."""

from __future__ import annotations

from wtforms import DateField, SelectField
from wtforms.validators import InputRequired

from workspace.foundation.forms import Form
from workspace.foundation.text import lazy


class InviteForm(Form):
    """Which mentor, and until the end of which day."""

    person = SelectField(lazy("Mentor"), validators=[InputRequired(lazy("Choose a mentor."))])
    until = DateField(lazy("Last day"), validators=[InputRequired(lazy("Choose the last day."))])
