"""The shape of what people type about roles and invitations."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from workspace.foundation.forms import LONG, Form, text_field
from workspace.foundation.shell import role_word
from workspace.foundation.text import lazy
from workspace.organisations.models import Organisation
from workspace.organisations.rules import ADMIN, MEMBER, OFFICER, roles_of


class CodeForm(Form):
    """A way in."""

    code = StringField(
        lazy("Code or link"),
        validators=[InputRequired(lazy("Write the code from your invitation.")), Length(max=500)],
    )


class InviteForm(Form):
    """Addresses, and what these people will be."""

    addresses = text_field(lazy("Addresses"), maximum=LONG)
    role = SelectField(lazy("Role"))

    def __init__(self, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.role.choices = [SelectChoice(it, role_word(it)) for it in roles_of(organisation.kind)]


class WayForm(Form):
    """What whoever has the link will be."""

    role = SelectField(lazy("Role"), id="way-role", default=MEMBER)

    def __init__(self, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.role.choices = [
            SelectChoice(it, role_word(it))
            for it in roles_of(organisation.kind)
            if it not in {ADMIN, OFFICER}
        ]


class RolesForm(Form):
    """The roles that one person holds in one organisation."""

    roles = SelectMultipleField(
        lazy("Roles"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, choices: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.roles.choices = [SelectChoice(it, role_word(it)) for it in choices]
