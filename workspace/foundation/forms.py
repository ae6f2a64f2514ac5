"""The shape of what people type: text is cleaned and bounded before any rule sees it."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from workspace.foundation.errors import BadRequest
from workspace.foundation.text import lazy

SHORT, TITLE, LONG = 500, 200, 20_000


def clean(text: object) -> object:
    """NFC, one kind of line end, no blanks round the text."""
    if not isinstance(text, str):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text  # `readable` refuses it with a sentence
    return unicodedata.normalize("NFC", text)


def readable(_form: object, field: Any) -> None:
    """Refuse characters that no keyboard types: NUL, lone surrogates, other controls."""
    for char in field.data or "":
        if char in "\n\t":
            continue
        if unicodedata.category(char) in {"Cc", "Cs"}:
            raise ValidationError(
                lazy("This text holds a character that cannot be shown. Delete it and try again.")
            )


class Form(FlaskForm):  # type: ignore[misc]
    """A form of the house. The page door has checked the CSRF token before it is made."""

    class Meta:
        csrf = False

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Refuse JSON: its values have types that no field expects."""
            if formdata is not None and request and request.is_json and request.method == "POST":
                raise BadRequest
            return super().wrap_formdata(form, formdata)  # type: ignore[misc]

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Clean every text field, whoever wrote the form."""
            if issubclass(unbound_field.field_class, StringField):
                filters = list(unbound_field.kwargs.get("filters", ()))
                options = options | {"filters": [clean, *filters]}
                checks = list(unbound_field.kwargs.get("validators", ()))
                options["validators"] = [*checks, readable]
            return unbound_field.bind(form=form, **options)

    def refuse(self, reason: object, field: str | None = None) -> None:
        """Show a refusal of a rule: at the field that it names, else on top of the form."""
        if field is not None and field in self:
            self[field].errors = [*self[field].errors, str(reason)]
        else:
            self.form_errors.append(str(reason))


def title_field(label: Any, *, required: bool = True, maximum: int = TITLE, **kwargs: Any) -> Any:
    """One line of text; `maximum` characters."""
    return StringField(label, validators=_bounds(required, maximum), **kwargs)


def text_field(label: Any, *, required: bool = True, maximum: int = LONG, **kwargs: Any) -> Any:
    """Several lines of text; `maximum` characters."""
    return TextAreaField(label, validators=_bounds(required, maximum), **kwargs)


def _bounds(required: bool, maximum: int) -> list[Any]:
    first = InputRequired(lazy("Fill this in.")) if required else Optional()
    too_long = lazy("This is too long: at most %(max)d characters.", max=maximum)
    return [first, Length(max=maximum, message=too_long)]
