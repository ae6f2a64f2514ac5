"""Forms of discovery: the fields of an interview, an experiment plan and a learning record."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from canvases.boards.patterns import HypothesisType
from workspace.foundation.definitions import Entry, Names, read

BUILT_IN: Final = Path(__file__).parent / "definitions" / "records.yaml"


@dataclass(frozen=True)
class Field:
    """One field of a record; `choices` only where `input` is a choice."""

    id: str
    title: str
    questions: tuple[str, ...]
    input: str
    choices: tuple[str, ...]
    hint: str | None
    hypothesis_type: HypothesisType | None


@dataclass(frozen=True)
class RecordForm:
    """A form; `credit` stands under it on screen and in every export."""

    id: str
    title: str
    purpose: str
    when_to_use: str
    credit: str
    fields: tuple[Field, ...]
    """In the order in which they are filled."""
    language: str = "en"


INPUTS: Final = (
    "text",
    "longtext",
    "list",
    "date",
    "person-date",
    "choice",
    "scale-1-5",
    "verdicts",
    "block-link",
    "hypothesis-links",
    "experiment-link",
    "checklist-link",
)


def _field(entry: Entry, names: Names) -> Field:
    entry.only("id", "title", "input", "choices", "hypothesis_type", "guiding_questions", "hint")
    kind = entry.choice("input", INPUTS)
    if (kind == "choice") != ("choices" in entry):
        raise entry.error("choices belong to the input choice, and only to it", "input")
    kinds = [one.value for one in HypothesisType]
    return Field(
        id=names.take(entry),
        title=entry.text("title"),
        questions=entry.texts("guiding_questions"),
        input=kind,
        choices=entry.texts("choices", optional=True),
        hint=entry.optional_text("hint"),
        hypothesis_type=None
        if entry.is_null("hypothesis_type")
        else HypothesisType(entry.choice("hypothesis_type", kinds)),
    )


def read_records(source: Path | str | bytes, file: str | None = None) -> tuple[RecordForm, ...]:
    """The forms in a definition file, or in its text. Raises DefinitionError."""
    root = read(source, file)
    head = root.source(1)
    root.only("schema_version", "language", "records")
    names, fields, found = Names("record"), Names("field"), []
    for one in root.entries("records"):
        one.only("id", "title", "purpose", "when_to_use", "credit", "fields")
        found.append(
            RecordForm(
                names.take(one),
                one.text("title"),
                one.text("purpose"),
                one.text("when_to_use", ""),
                one.text("credit"),
                tuple(_field(row, fields) for row in one.entries("fields")),
                head.language,
            )
        )
    return tuple(found)


@cache
def built_in() -> tuple[RecordForm, ...]:
    """The forms that come with the workspace."""
    return read_records(BUILT_IN)
