"""What people type in a checklist."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField
from wtforms import RadioField, StringField
from wtforms.validators import Length, Optional

from transfer.checklists.rules import ANSWER_LABELS
from workspace.foundation.forms import Form, text_field
from workspace.foundation.text import lazy


class AnswerForm(Form):
    """The answer of one item."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answer.choices = [(key.value, str(word)) for key, word in ANSWER_LABELS.items()]

    answer = RadioField(
        lazy("Answer"), choices=[],
        validators=[Optional()],
    )
    text = text_field(lazy("Evidence in a few words"), required=False, maximum=20_000)
    link = StringField(lazy("Link"), validators=[
        Optional(), Length(max=1000, message=lazy("This is too long."))])


class EvidenceForm(Form):
    """A file as evidence."""

    file = FileField(lazy("File"))


class ReasonForm(Form):
    """Why an item is sent back, waived or set aside."""

    reason = text_field(lazy("Reason"), maximum=5000)


class ReplyForm(Form):
    """The office answers a question."""

    text = text_field(lazy("Answer"), maximum=5000)
