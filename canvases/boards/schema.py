"""What a board's document may contain, and the limits of the live line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from pycrdt import Map, Text

from canvases.boards.order import KEY

STATUSES: Final = ("untested", "testing", "supported", "refuted", "parked")
TIERS: Final = ("team", "mentors", "sponsor", "public")
KINDS: Final = ("", "desirability", "viability", "feasibility")
FIELDS: Final = frozenset(
    {"block", "order", "text", "status", "tier", "kind", "weight", "author", "created"}
)
MOST_NOTES: Final = 2000
MOST_TEXT: Final = 20_000
"""Bytes of UTF-8 in one note."""
MOST_TITLE: Final = 200
MOST_DOCUMENT: Final = 8_000_000
WARN_DOCUMENT: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Note:
    """One note of a board as plain values. `created` is milliseconds since 1970, UTC."""

    id: str
    block: str
    order: str
    text: str
    status: str = "untested"
    tier: str = "team"
    kind: str = ""
    weight: int = 3
    author: str = ""
    created: int = 0

    @property
    def created_at(self) -> datetime:
        """The same instant as an aware datetime."""
        return datetime.fromtimestamp(self.created / 1000, UTC)


class Misfit(ValueError):
    """The document would hold something that a board does not have.

    `code` is the refusal on the line: `too_large` or `bad_update`.
    """

    def __init__(self, why: str, code: str = "bad_update") -> None:
        super().__init__(why)
        self.code = code


def read_note(note_id: str, shared: Any, blocks: frozenset[str] | None) -> Note:
    """The plain values of a shared note. Raises Misfit when it is not one.

    `blocks` are the block ids of the canvas template; None leaves them unchecked.
    """
    if not isinstance(shared, Map):
        raise Misfit("a note is not a map")
    values: dict[str, Any] = dict(shared.items())
    if values.keys() != FIELDS:
        raise Misfit("a note has other fields")
    text = values["text"]
    if not isinstance(text, Text):
        raise Misfit("the text of a note is not a text")
    return check_values(note_id, values, str(text), blocks)


def check_values(
    note_id: str, values: Mapping[str, Any], text: str, blocks: frozenset[str] | None
) -> Note:
    """Make a Note of values that fit. Raises Misfit for those that do not."""
    block, order, author = values["block"], values["order"], values["author"]
    weight, created = values["weight"], values["created"]
    if len(text.encode()) > MOST_TEXT:
        raise Misfit("the text of a note is too long", "too_large")
    if not 0 < len(note_id) <= 40:
        raise Misfit("the id of a note is too long")
    if not isinstance(block, str) or (blocks is not None and block not in blocks):
        raise Misfit("a block is not in the template")
    if not isinstance(order, str) or KEY.fullmatch(order) is None:
        raise Misfit("an order key is none")
    if values["status"] not in STATUSES or values["tier"] not in TIERS:
        raise Misfit("a status or tier is unknown")
    if values["kind"] not in KINDS:
        raise Misfit("a kind is unknown")
    if type(weight) not in (int, float) or weight not in (1, 2, 3, 4, 5):
        raise Misfit("a weight is not 1 to 5")
    if not isinstance(author, str) or len(author) > 40:
        raise Misfit("an author is none")
    if type(created) not in (int, float) or not 0 < created < 4e12:
        raise Misfit("a time of creation is none")
    return Note(
        note_id, block, order, text, values["status"], values["tier"], values["kind"],
        int(weight), author, int(created),
    )  # fmt: skip


def check_title(meta: Any) -> None:
    """Raise Misfit when the document's head holds more than a short title."""
    for key, value in meta.items():
        if key != "title" or not isinstance(value, str):
            raise Misfit("the head of the document has other fields")
        if len(value) > MOST_TITLE:
            raise Misfit("the title is too long", "too_large")
