"""What workers tell each other about a canvas, and about who may: a fixed schema in msgpack.

Nothing here is trusted by its shape: every field is checked, and `bus.py` lets through only what
bears the house's own mark.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import msgpack  # type: ignore[import-untyped]

from canvases.boards.ports import LogRow
from canvases.boards.wire import Malformed

VERSION: Final = 1
MOST_BODY: Final = 4 << 20
_SAID, _DONE, _HELLO, _RECHECK, _ENDED, _CLOSED = range(6)
_SHOWN: Final = {"session": int, "person": str, "name": str, "colour": int, "role": str, "at": dict}


@dataclass(frozen=True, slots=True)
class Said:
    """A room applied these rows and is about to store them; who is there moved."""

    voice: int
    """Random, for as long as a room is open in one worker."""
    number: int
    """Counts messages with rows, from 1; one without rows repeats the last."""
    rows: list[LogRow] = field(default_factory=list)
    others: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Done:
    """Everything up to a number is on disk: rows after `before`, up to `row`, are this voice's.

    When `before` is greater, there is more among them than this voice said: read the log.
    """

    voice: int
    number: int
    before: int
    row: int


@dataclass(frozen=True, slots=True)
class Hello:
    """A room opened: whoever has members says so."""

    voice: int


@dataclass(frozen=True, slots=True)
class Recheck:
    """Rights changed, of a person or on a canvas; 0 is everybody, everywhere."""

    person_id: int = 0
    canvas_id: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """A session ended."""

    sign_in_id: int


@dataclass(frozen=True, slots=True)
class Closed:
    """A canvas was deleted or moved."""

    canvas_id: int
    reason: str


Word = Said | Done | Hello | Recheck | Ended | Closed


def pack(word: Word) -> bytes:
    """The bytes of a word."""
    plain: list[Any]
    match word:
        case Said(voice, number, rows, others):
            told = [[r.person_id or 0, r.client, r.clock_from, r.clock_to, r.data] for r in rows]
            plain = [VERSION, _SAID, voice, number, told, others]
        case Done(voice, number, before, row):
            plain = [VERSION, _DONE, voice, number, before, row]
        case Hello(voice):
            plain = [VERSION, _HELLO, voice]
        case Recheck(person_id, canvas_id):
            plain = [VERSION, _RECHECK, person_id, canvas_id]
        case Ended(sign_in_id):
            plain = [VERSION, _ENDED, sign_in_id]
        case Closed(canvas_id, reason):
            plain = [VERSION, _CLOSED, canvas_id, reason]
    packed: bytes = msgpack.packb(plain)
    return packed


def unpack(body: bytes) -> Word:
    """The word in these bytes. Raises Malformed, also for another version's."""
    if len(body) > MOST_BODY:
        raise Malformed("a word that is too long")
    try:
        plain = msgpack.unpackb(body, strict_map_key=True, max_ext_len=1)
    except (ValueError, RecursionError, TypeError) as error:
        raise Malformed("a word that is not msgpack") from error
    if not isinstance(plain, list) or len(plain) < 3 or plain[0] != VERSION:
        raise Malformed("a word of another version")
    kind, values = plain[1], plain[2:]
    if kind == _SAID and len(values) == 4 and isinstance(values[2], list):
        others = values[3]
        if not isinstance(others, list):
            raise Malformed("said: others")
        rows = [_row(each) for each in values[2]]
        return Said(_whole(values[0]), _whole(values[1]), rows, [_shown(it) for it in others])
    makes: dict[Any, tuple[type[Any], int]] = {
        _DONE: (Done, 4), _HELLO: (Hello, 1), _RECHECK: (Recheck, 2), _ENDED: (Ended, 1),
    }  # fmt: skip
    if kind == _CLOSED and len(values) == 2 and isinstance(values[1], str):
        return Closed(_whole(values[0]), values[1][:20])
    make, count = makes.get(kind, (Hello, -1))
    if len(values) != count:
        raise Malformed("a word of no kind")
    word: Word = make(*(_whole(value) for value in values))
    return word


def _row(plain: object) -> LogRow:
    if not isinstance(plain, list) or len(plain) != 5 or not isinstance(plain[4], bytes):
        raise Malformed("said: a row")
    person, client, start, end = (_whole(value) for value in plain[:4])
    return LogRow(person or None, client, start, end, plain[4])


def _shown(plain: object) -> dict[str, Any]:
    if not isinstance(plain, dict):
        raise Malformed("said: somebody")
    if plain.keys() == {"session", "gone"}:
        return {"session": _whole(plain["session"]), "gone": True}
    if plain.keys() != _SHOWN.keys() or not all(
        type(plain[key]) is kind for key, kind in _SHOWN.items()
    ):
        raise Malformed("said: somebody")
    return plain


def _whole(value: object) -> int:
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise Malformed("a number")
    return value
