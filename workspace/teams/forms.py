"""The shape of what people type about teams."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Email, Optional, Regexp

from workspace.foundation.forms import SHORT, Form, text_field, title_field
from workspace.foundation.text import lazy
from workspace.teams.rules import MEMBER_STATUS_LABELS

KEY = r"^[A-Za-z0-9_-]{22}$"
MOST_WORDS, LONGEST_WORD = 20, 60


def words(text: str | None) -> tuple[str, ...]:
    """What was typed between commas: each once, at most 20 of 60 characters."""
    found: dict[str, str] = {}
    for part in (text or "").replace("\n", ",").split(","):
        word = " ".join(part.split())[:LONGEST_WORD]
        if word:
            found.setdefault(word.casefold(), word)
    return tuple(found.values())[:MOST_WORDS]


def joined(found: Iterable[object]) -> str:
    """Words as the form shows them."""
    return ", ".join(str(it) for it in found)


def key_field() -> HiddenField:
    """The random name that a form carries, so that it does its work once."""
    return HiddenField(validators=[Optional(), Regexp(KEY)])


class PartForm(Form):
    """How somebody takes part."""

    status = RadioField(
        lazy("You take part as"), default="student",
        choices=[SelectChoice(it.value, label) for it, label in MEMBER_STATUS_LABELS.items()],
        description=lazy("It decides who owns what you make. Ask your transfer office if unsure."),
    )
    discipline = title_field(
        lazy("Your discipline"), required=False, maximum=100,
        description=lazy("For example molecular biology or design."),
    )
    organisation = SelectField(lazy("Your institution"), validate_choice=False)


class TeamForm(Form):
    """What the lead says about the team."""

    key = key_field()
    edition = SelectField(lazy("Edition"), validate_choice=False)
    name = title_field(
        lazy("Team name"), maximum=100,
        description=lazy(
            "Other people of the edition may see it. Choose one that tells no secret."
        ),
    )
    title = title_field(
        lazy("Title of the project"), required=False,
        description=lazy("What it is about. Confidential: only your team and its mentors see it."),
    )
    pitch = text_field(
        lazy("Pitch in one line"), required=False, maximum=SHORT,
        description=lazy("For whom, which problem, how. Confidential as well."),
    )
    keywords = title_field(
        lazy("Keywords"), required=False, maximum=SHORT,
        description=lazy("Separate them with commas."),
    )
    home = SelectField(
        lazy("Home institution"), validate_choice=False,
        description=lazy(
            "Its transfer office reads what you make and decides what may be shown. It is fixed "
            "once the team is formed."
        ),
    )


class LookingForm(Form):
    """What strangers of the edition may read."""

    open_to_members = BooleanField(lazy("Show our team to people who look for one"))
    looking_for = title_field(
        lazy("Skills that you look for"), required=False, maximum=SHORT,
        description=lazy("Separate them with commas, for example optics, sales."),
    )
    looking_text = text_field(
        lazy("What should they know?"), required=False, maximum=SHORT,
        description=lazy("Everybody in the edition can read this. Write nothing confidential."),
    )


class InviteForm(Form):
    """A way in."""

    key = key_field()
    email = title_field(
        lazy("Only for this address"), required=False, maximum=254,
        description=lazy("Leave it empty for a code that you hand to somebody yourself."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email.validators = [
            Optional(), Email(lazy("Write an address like name@example.org."))
        ]


class CharterForm(Form):
    """The charter as one text; `seen` is the version that the writer had before her."""

    text = text_field(lazy("Charter"))
    seen = HiddenField(validators=[Optional(), Regexp(r"^\d{1,6}$")])


class SignCharterForm(Form):
    """A member's signature under the version that she read."""

    agreed = BooleanField(lazy("I have read the charter and I agree"))
    version = HiddenField(validators=[Regexp(r"^\d{1,6}$")])


class ContributionForm(Form):
    """A line of the log."""

    key = key_field()
    corrects = HiddenField(validators=[Optional(), Regexp(KEY)])
    text = text_field(
        lazy("What did you contribute?"), maximum=5000,
        description=lazy("An idea, a result, a device, a text. Once written it stays as it is."),
    )
    from_outside = BooleanField(
        lazy("People, money or material from outside the team were part of it")
    )


class MessageForm(Form):
    """A word to the team that one wants to join."""

    message = text_field(
        lazy("Your message"), required=False, maximum=SHORT,
        description=lazy("What you can do and why this team. Its members read it with your name."),
    )


class ReasonForm(Form):
    """One reason, kept in the history."""

    reason = text_field(lazy("Reason"), maximum=2000)


class MentorForm(Form):
    """Whom to ask: somebody who mentors already, or an address."""

    person = SelectField(lazy("A mentor of this programme"), validate_choice=False)
    email = title_field(
        lazy("Or somebody else, by address"), required=False, maximum=254,
        description=lazy("The person needs an account in this workspace."),
    )


class UndertakingForm(Form):
    """A mentor's promise."""

    agreed = BooleanField(lazy("I have read this and I agree"))
