"""The form of evidence."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from canvases.boards import patterns
from workspace.foundation.forms import SHORT, Form, title_field
from workspace.foundation.text import lazy


class EvidenceForm(Form):
    """What speaks for or against a note."""

    stance = RadioField(
        lazy("It speaks"),
        choices=[
            SelectChoice("for", lazy("for the note")),
            SelectChoice("against", lazy("against the note")),
        ],
        default="for",
    )
    finding = title_field(lazy("What you found"), required=False, maximum=SHORT * 4)
    url = title_field(lazy("Link"), required=False, maximum=1000)
    file = FileField(lazy("File"))
    strength = SelectField(
        lazy("How strong it is"),
        coerce=int,
        default=2,
        choices=[
            SelectChoice(at, f"{at}: {label}")
            for at, label in enumerate(patterns.built_in().evidence_strength, 1)
        ],
    )

    @staticmethod
    def words() -> dict[int, str]:
        """Words of the strengths 1 to 5."""
        return dict(enumerate(patterns.built_in().evidence_strength, 1))
