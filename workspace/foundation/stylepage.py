"""Every component on one page, for those who build pages. Served in development only."""

from __future__ import annotations

from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    IntegerField,
    MultipleFileField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from workspace.foundation.access import Actor
from workspace.foundation.forms import Form
from workspace.foundation.text import lazy
from workspace.foundation.web import Doors, page

doors = Doors("style", "/style")
ANSWERS = [
    SelectChoice("yes", lazy("Yes")), SelectChoice("no", lazy("No")),
    SelectChoice("unknown", lazy("I don't know")),
]


class Sample(Form):
    """One field of each kind."""

    title = StringField(
        lazy("Challenge title"),
        validators=[InputRequired(lazy("Give the challenge a title.")), Length(max=80)],
    )
    problem = TextAreaField(
        lazy("What is the problem, and for whom?"), validators=[Length(max=2000)]
    )
    readers = SelectField(
        lazy("Who may read it"),
        validators=[InputRequired()],
        choices=[SelectChoice("nda", lazy("Teams under agreement"))],
    )
    seats = IntegerField(lazy("Teams at most"), validators=[Optional()])
    closes = DateField(lazy("Applications close"), validators=[Optional()])
    opens = DateTimeLocalField(lazy("Office hour"), validators=[Optional()])
    secret = PasswordField(lazy("Password"), validators=[InputRequired()])
    files = MultipleFileField(lazy("Data and documents"), validators=[Optional()])
    outside = RadioField(lazy("Did anyone outside contribute?"), choices=ANSWERS)
    template = RadioField(
        lazy("Phases"),
        choices=[
            SelectChoice("semester", lazy("One semester")),
            SelectChoice("sprint", lazy("Weekend sprint")),
        ],
    )
    level = RadioField(
        lazy("Problem and evidence"), choices=[SelectChoice(str(n)) for n in range(1, 6)]
    )
    topics = SelectMultipleField(
        lazy("Topics"),
        choices=[SelectChoice("device", lazy("Devices")), SelectChoice("data", lazy("Data"))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    agree = BooleanField(lazy("I have read the terms"))


def sample() -> Sample:
    """The form, filled in and with two errors."""
    form = Sample(
        MultiDict(
            {
                "problem": "Dry ice is delayed at customs.",
                "outside": "yes",
                "level": "4",
                "template": "semester",
                "topics": "data",
                "readers": "nda",
            }
        )
    )
    form.validate()
    form.closes.data = date(2026, 12, 20)
    form.refuse(
        lazy("The closing date is after the evidence gate. Choose an earlier date."), "closes"
    )
    return form


@doors.page("", public="a page of examples, served in development only")
def index(_actor: Actor) -> Any:
    """All components; the status is 200 although the sample form has errors."""
    return page("style/index.html", form=sample(), status=200, day=date(2026, 12, 14))
