"""The shape of what people type about themselves."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from flask import current_app
from wtforms import BooleanField, EmailField, Field, HiddenField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import PasswordInput

from workspace.accounts.rules import LONGEST_PASSWORD, THEMES, as_address, is_address
from workspace.foundation.forms import SHORT, Form, text_field, title_field
from workspace.foundation.languages import offered, own_name
from workspace.foundation.text import _, lazy


class SecretField(Field):
    """A password: every character counts, none is cut off, and it is never sent back."""

    widget = PasswordInput(hide_value=True)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed as it is."""
        self.data = valuelist[0] if valuelist else ""

    def _value(self) -> str:
        return ""

    def pre_validate(self, form: object) -> None:
        """Refuse what cannot be hashed, and texts nobody types."""
        text = self.data or ""
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise ValidationError(
                lazy("This text holds a character that cannot be shown. Delete it and try again.")
            ) from None
        if "\0" in text or len(text) > LONGEST_PASSWORD * 4:
            raise ValidationError(lazy("Use at most %(count)d characters.", count=LONGEST_PASSWORD))


def email_field(label: Any = None) -> Any:
    """One e-mail address; it comes out in its one spelling."""
    return EmailField(
        label or lazy("Email"),
        validators=[
            InputRequired(lazy("Write your email address.")),
            Length(max=254, message=lazy("This address is too long.")),
            _is_address,
        ],
        filters=[lambda text: as_address(text) if isinstance(text, str) else text],
    )


def _is_address(_form: object, field: Any) -> None:
    if field.data and not is_address(field.data):
        raise ValidationError(lazy("Write the address like name@university.org."))


def secret_field(label: Any, missing: Any = None) -> Any:
    """One password."""
    return SecretField(label, validators=[InputRequired(missing or lazy("Write your password."))])


class SignInForm(Form):
    """Who are you?"""

    email = email_field()
    password = secret_field(lazy("Password"))
    next = HiddenField()


class RegisterForm(Form):
    """A new account."""

    name = title_field(lazy("Your name"))
    email = email_field()
    password = secret_field(lazy("Password"), lazy("Choose a password."))
    next = HiddenField()
    invitation = HiddenField()


class EmailForm(Form):
    """An address to which a letter goes."""

    email = email_field()


class ConfirmForm(Form):
    """The password that was chosen when the account was made."""

    password = secret_field(lazy("Password"))


class SecondFactorForm(Form):
    """A code of the app or a recovery code; or a passkey's answer."""

    code = StringField(lazy("Code"), validators=[Length(max=40)])
    credential = HiddenField()


class PasskeyForm(Form):
    """What a browser answers for a passkey."""

    credential = HiddenField()
    name = StringField(lazy("Name of the passkey"), validators=[Length(max=100)])
    next = HiddenField()


class AppForm(Form):
    """The first code of an authenticator app."""

    code = StringField(
        lazy("Code that the app shows"),
        validators=[InputRequired(lazy("Type the six digits.")), Length(max=20)],
    )
    setup = HiddenField()


class EraseForm(Form):
    """The last question."""

    sure = BooleanField(
        lazy("I have read what goes and what stays. It cannot be undone."),
        validators=[InputRequired(lazy("Tick this to erase your account."))],
    )


class AddressForm(Form):
    """Another address."""

    email = email_field(lazy("New email"))


class ConfirmPersonForm(Form):
    """A fresh proof of who it is: any one of these; and what waits for it."""

    password = SecretField(lazy("Password"))
    code = StringField(lazy("Code of your authenticator"), validators=[Length(max=20)])
    credential = HiddenField()
    next = HiddenField()
    kept = HiddenField()


class NewPasswordForm(Form):
    """A password to have from now on."""

    password = secret_field(lazy("New password"), lazy("Choose a password."))


class ChangePasswordForm(Form):
    """From the present password to another."""

    current = secret_field(lazy("Present password"), lazy("Write your present password."))
    password = secret_field(lazy("New password"), lazy("Choose a password."))


class ProfileForm(Form):
    """What others of the same teams and organisations read."""

    name = title_field(lazy("Your name"))
    headline = title_field(lazy("In one line"), required=False)
    about = text_field(lazy("About you"), required=False, maximum=5000)
    skills = StringField(lazy("Skills"), validators=[Length(max=4 * SHORT)])
    interests = StringField(lazy("Interests"), validators=[Length(max=4 * SHORT)])


class DisplayForm(Form):
    """Language, time zone, colours and keys."""

    language = SelectField(lazy("Language"))
    zone = SelectField(lazy("Time zone"))
    theme = SelectField(lazy("Colours"))
    shortcuts = BooleanField(lazy("Single-letter keys work on boards"))

    def __init__(self, *args: Any, house_zone: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [
            SelectChoice("", _("As this browser")),
            *(SelectChoice(it, own_name(it)) for it in offered(current_app.config["INNOCORE"])),
        ]
        self.zone.choices = [
            SelectChoice("", _("As the workspace (%(zone)s)", zone=house_zone)),
            *(SelectChoice(name, name.replace("_", " ")) for name in zones()),
        ]
        words = (_("As this device"), _("Light"), _("Dark"))
        self.theme.choices = [
            SelectChoice(theme, word) for theme, word in zip(THEMES, words, strict=True)
        ]


def zones() -> list[str]:
    """The time zones to choose from: places, without the old names."""
    regions = (
        "Africa/",
        "America/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    return ["UTC", *sorted(it for it in available_timezones() if it.startswith(regions))]
