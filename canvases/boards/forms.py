"""Forms of canvases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from canvases.boards import patterns
from canvases.boards.queries import NoteLine
from canvases.boards.strings import SENTENCES
from workspace.foundation.forms import SHORT, Form, text_field, title_field
from workspace.foundation.text import lazy
from workspace.releases.rules import Tier

MOST_TEXT = 5000
"""Characters of a note that a form takes: fits the 20 000 bytes of a note in any script."""

STATUS_WORDS = {
    "untested": lazy("Untested"),
    "testing": lazy("Testing"),
    "supported": lazy("Supported"),
    "refuted": lazy("Refuted"),
    "parked": lazy("Parked"),
}


def _choices(words: Mapping[Any, object]) -> list[Any]:
    return [
        SelectChoice(str(key) if isinstance(key, str) else key, word)
        for key, word in words.items()
    ]


class NewCanvasForm(Form):
    """A canvas from a template."""

    template = RadioField(
        lazy("Canvas"),
        choices=[SelectChoice(it.id, it.title) for it in patterns.built_in().templates],
        default=patterns.built_in().templates[0].id,
    )
    title = title_field(lazy("Title"), required=False)


class TitleForm(Form):
    """Another title."""

    title = title_field(lazy("Title"))


class NewNoteForm(Form):
    """One more note in a block."""

    block = HiddenField()
    text = text_field(lazy("Note"), maximum=MOST_TEXT)


class NoteForm(Form):
    """Everything about a note."""

    text = text_field(lazy("Text"), required=False, maximum=MOST_TEXT)
    status = SelectField(lazy("Status"), choices=_choices(STATUS_WORDS))
    weight = SelectField(
        lazy("Importance"),
        coerce=int,
        choices=_choices({it: SENTENCES[f"importance_{it}"] for it in (1, 2, 3, 4, 5)}),
    )
    tier = SelectField(
        lazy("Seen by"),
        choices=_choices({it.value: SENTENCES[f"tier_choice_{it.value}"] for it in Tier}),
    )
    block = SelectField(lazy("Block"))
    place = SelectField(lazy("Place in the block"))
    was = HiddenField()
    seen = HiddenField()
    """What the other fields said when the page was made; see `seen_of`."""

    def chosen(self, name: str) -> Any:
        """What the person chose there; None when she left it, whatever became of it since."""
        if name not in self:
            return None
        field = self[name]
        return None if f"{name}={field.data}" in (self.seen.data or "").split() else field.data


class CommentForm(Form):
    """A remark."""

    comment = text_field(lazy("Your comment"), maximum=SHORT * 4)


class VersionForm(Form):
    """The name of a version."""

    name = title_field(lazy("Name of this version"))


def seen_of(note: NoteLine) -> str:
    """What a form shows of a note besides its text."""
    return f"status={note.status} weight={note.weight} tier={note.tier} block={note.block}"


def note_form(note: NoteLine, blocks: Any, beside: list[NoteLine], mark: str) -> NoteForm:
    """The form of one note, filled with what it says now."""
    form = NoteForm(
        text=note.text,
        status=note.status,
        weight=note.weight,
        tier=note.tier,
        block=note.block,
        place="",
        was=mark,
        seen=seen_of(note),
    )
    form.block.choices = blocks
    places = [("", lazy("Where it is")), ("first", lazy("First")), ("last", lazy("Last"))]
    places += [
        (it.id, lazy("After “%(note)s”", note=shortened(it.text)))
        for it in beside
        if it.id != note.id
    ]
    form.place.choices = places
    return form


def shortened(text: str, most: int = 60) -> str:
    """The beginning of a text in one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
