"""What people type when they ask for a release or decide one."""

from __future__ import annotations

from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional

from workspace.foundation.forms import Form, text_field
from workspace.foundation.text import lazy

CHOOSE = lazy("Choose one.")


class RequestForm(Form):
    """Ask to show one item to one audience from one date."""

    item = RadioField(lazy("What do you want to show?"), validators=[InputRequired(CHOOSE)])
    audience = RadioField(lazy("Who may see it?"), validators=[InputRequired(CHOOSE)])
    show_on = DateField(lazy("From which day?"), validators=[
        InputRequired(lazy("Choose the date from which it is shown."))])
    purpose = text_field(lazy("What is it for?"), maximum=2000)
    disclosure_kind = SelectField(lazy("Kind of occasion"), validators=[Optional()])
    is_enabling = BooleanField(lazy("A skilled person could repeat our result from it"))


class AgainForm(Form):
    """Ask again after edits."""

    item = RadioField(lazy("Which version?"), validators=[InputRequired(CHOOSE)])
    show_on = DateField(lazy("From which day?"), validators=[
        InputRequired(lazy("Choose the date from which it is shown."))])
    purpose = text_field(lazy("What is it for?"), maximum=2000)


class DecisionForm(Form):
    """The officer's decision."""

    decision = RadioField(
        lazy("Decision"),
        choices=[
            SelectChoice("approve", lazy("Approve")),
            SelectChoice("approve-with-edits", lazy("Approve with edits")),
            SelectChoice("hold", lazy("Hold")),
            SelectChoice("refuse", lazy("Refuse")),
        ],
        validators=[InputRequired(lazy("Choose a decision."))],
    )
    text = text_field(lazy("Reason or wanted edits"), required=False, maximum=5000)
    held_until = DateField(lazy("Hold until"), validators=[Optional()])
    seen = HiddenField()
