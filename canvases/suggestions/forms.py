"""Suggesting a status."""

from __future__ import annotations

from wtforms import RadioField
from wtforms.validators import InputRequired

from canvases.boards.forms import STATUS_WORDS
from canvases.suggestions.rules import LONGEST_REASON
from workspace.foundation.forms import Form, text_field
from workspace.foundation.text import lazy


class SuggestForm(Form):
    """Which status, and why."""

    status = RadioField(lazy("It should be"), choices=[],
                        validators=[InputRequired(lazy("Choose a status."))])
    reason = text_field(lazy("Why?"), maximum=LONGEST_REASON)


def choices(present: str) -> list[tuple[str, str]]:
    """Every status but the one that the note has."""
    return [(key, str(word)) for key, word in STATUS_WORDS.items() if key != present]


def status_form(present: str) -> SuggestForm:
    """An empty form for a note of this status."""
    form = SuggestForm(formdata=None)
    form.status.choices = choices(present)
    return form
