"""The shape of what people send to their inbox."""

from __future__ import annotations

from wtforms import DateField
from wtforms.validators import Optional

from workspace.foundation.forms import Form
from workspace.foundation.text import lazy


class SnoozeForm(Form):
    """When notices come back; the buttons and the choice are read beside it."""

    day = DateField(
        lazy("Day"), validators=[Optional()], description=lazy("For “On a day”.")
    )


class ChoicesForm(Form):
    """How somebody wants to hear of each topic; the page draws a list of choices a topic."""
