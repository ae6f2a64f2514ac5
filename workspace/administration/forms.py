"""The shape of what administrators type."""

from __future__ import annotations

from wtforms import EmailField
from wtforms.validators import Email, InputRequired, Length

from workspace.foundation.forms import SHORT, Form, text_field, title_field
from workspace.foundation.text import lazy


class GlassForm(Form):
    """Which team, and why."""

    team = title_field(
        lazy("Address of the team's page"), maximum=300,
        description=lazy("Somebody of the team, or the person who asked you for help, can copy it "
                         "from the browser."),
    )
    reason = text_field(
        lazy("Why you must read it"), maximum=SHORT,
        description=lazy("The team reads this sentence at once. It stays in the record."),
    )


class AdministratorForm(Form):
    """Who else administrates."""

    email = EmailField(
        lazy("Email address of the account"),
        validators=[
            InputRequired(lazy("Fill this in.")), Length(max=254),
            Email(lazy("Write an address such as name@university.example.")),
        ],
    )
