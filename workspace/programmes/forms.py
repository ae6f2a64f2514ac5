"""What people type while they set up an edition."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from wtforms import (
    DateField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from workspace.foundation.db import new_public_id
from workspace.foundation.forms import Form, text_field, title_field
from workspace.foundation.text import lazy
from workspace.programmes.actions import NameDraft, PhaseDates

LANGUAGE_NAMES = (
    ("en", "English"), ("it", "Italiano"), ("es", "Español"), ("pt", "Português"),
    ("cs", "Čeština"),
)
ZONES = sorted(it for it in available_timezones() if "/" in it and not it.startswith("Etc"))
NEEDED = lazy("Fill this in.")
DAY = lazy("Choose a day.")
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
ENDS = {"starts_at": "first", "ends_at": "last"}


def sensible(_form: object, field: Any) -> None:
    """A year that calendars of this century know."""
    if field.data is not None and not EARLIEST <= field.data <= LATEST:
        raise ValidationError(lazy("Choose a year from 2000 to 2100."))


class NameForm(Form):
    """Step one."""

    title = title_field(lazy("Name of the programme"))
    summary = text_field(lazy("What it is about"), required=False, maximum=2000)
    languages = SelectMultipleField(
        lazy("Languages"), choices=[SelectChoice(*it) for it in LANGUAGE_NAMES],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(), default=["en"],
    )
    zone = SelectField(lazy("Time zone of deadlines"), choices=[SelectChoice(it) for it in ZONES])

    def validate_languages(self, field: SelectMultipleField) -> None:
        """At least one."""
        if not field.data:
            raise ValidationError(lazy("Choose at least one language."))

    def draft(self) -> NameDraft:
        """What the action takes."""
        return NameDraft(
            self.title.data, self.summary.data or "", tuple(self.languages.data or ()),
            self.zone.data,
        )


class NewForm(NameForm):
    """Step one of a new programme: also whose it is."""

    organisation = SelectField(lazy("Organisation"))
    key = HiddenField(default=new_public_id, validators=[Regexp(r"[A-Za-z0-9_-]{22}\Z")])
    """Random name of what is made: the form sent twice makes one programme."""


class TemplateForm(Form):
    """Step two: phases from a template."""

    template = RadioField(
        lazy("Template"), validators=[InputRequired(lazy("Choose a template."))],
        validate_choice=True,
    )
    starts_on = DateField(lazy("First day"), validators=[InputRequired(DAY), sensible])


class PhaseForm(Form):
    """The dates of one phase."""

    key = HiddenField()
    title = title_field(lazy("Phase"))
    first = DateField(lazy("First day"), validators=[InputRequired(DAY), sensible])
    last = DateField(lazy("Last day"), validators=[InputRequired(DAY), sensible])


class PhasesForm(Form):
    """The dates of all phases."""

    phases = FieldList(FormField(PhaseForm), max_entries=30)

    def refuse(self, reason: object, field: str | None = None) -> None:
        """Show what the rules say of a phase at the day that is wrong."""
        found = re.fullmatch(r"phases-(\d+)-(starts_at|ends_at)", field or "")
        if found is None or int(found[1]) >= len(self.phases):
            super().refuse(reason, None if field == "phases" else field)
            return
        day = self.phases[int(found[1])].form[ENDS[found[2]]]
        day.errors = [*day.errors, str(reason)]
        self.phases.errors = [it.errors for it in self.phases]

    def dates(self) -> list[PhaseDates]:
        """What the action takes."""
        return [
            PhaseDates(it.key.data, it.title.data, it.first.data, it.last.data)
            for it in self.phases
        ]


class InviteForm(Form):
    """Step four: addresses of people to invite."""

    addresses = text_field(
        lazy("E-mail addresses"), maximum=20_000,
        description=lazy("One a line, or separated by commas. A class list with names works too."),
    )


class CodeForm(Form):
    """A join code."""

    code = title_field(lazy("Code"), maximum=100)
