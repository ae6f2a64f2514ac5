"""What travels on the live line: names, limits, the frame. Examples are in `tests/wire/`.

The browser's side is `frontend/src/board/sync/protocol.ts`; both are held to the same examples.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any, Final

PROTOCOL: Final = 1
SCHEMA: Final = 1
"""The document's own number: grows when notes hold something that older pages do not know."""
NAMESPACE: Final = "/rt"

MOST_FRAME: Final = 1 << 20
MOST_UPDATE: Final = 64 * 1024
MOST_MERGE: Final = 1_000_000
MOST_VECTOR: Final = 16 * 1024
MOST_PLACE: Final = 1024
CHUNK: Final = 256 * 1024
MOST_ROOMS: Final = 20
MOST_SOCKETS: Final = 10

READONLY: Final = "readonly"
TOO_LARGE: Final = "too_large"
BAD_UPDATE: Final = "bad_update"
RATE: Final = "rate"
GAP: Final = "gap"
MISSING: Final = "missing"
"""The answer to `join` for a canvas that is unknown or not for this person: one answer."""

REMOVED: Final = "removed"
SESSION_ENDED: Final = "session_ended"
DELETED: Final = "deleted"
MOVED: Final = "moved"
RESTART: Final = "restart"


class Malformed(ValueError):
    """A packet that no client of ours sends: the connection ends."""


@dataclass(frozen=True, slots=True)
class Join:
    """`join`, up."""

    canvas: str
    vector: bytes
    row: int
    client: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is on the board: the part of awareness that the client may say itself."""

    note: str | None = None
    block: str | None = None
    typing: bool = False

    def plain(self) -> dict[str, Any]:
        """As it travels."""
        return {"note": self.note, "block": self.block, "typing": self.typing}


@dataclass(slots=True)
class Frame:
    """`s`, down: acknowledgements, awareness and one merged update in one blob."""

    room: int
    acks: list[tuple[int, int]] = field(default_factory=list)
    """(session, seq)"""
    others: list[dict[str, Any]] = field(default_factory=list)
    """Changed awareness; an entry with `gone` left."""
    update: bytes = b""

    def encode(self) -> bytes:
        """varuint room, n, n x (session, seq), length of awareness, awareness as JSON, update."""
        out = bytearray()
        put(out, self.room)
        put(out, len(self.acks))
        for session, seq in self.acks:
            put(out, session)
            put(out, seq)
        aware = b""
        if self.others:
            aware = json.dumps(self.others, ensure_ascii=False, separators=(",", ":")).encode()
        put(out, len(aware))
        out += aware
        out += self.update
        return bytes(out)

    @classmethod
    def decode(cls, data: bytes) -> Frame:
        """The other way; for tests and for clients in Python. Raises Malformed."""
        try:
            room, pos = take(data, 0)
            count, pos = take(data, pos)
            acks = []
            for _ in range(min(count, len(data))):
                session, pos = take(data, pos)
                seq, pos = take(data, pos)
                acks.append((session, seq))
            length, pos = take(data, pos)
            others = json.loads(data[pos : pos + length]) if length else []
        except (IndexError, ValueError) as error:
            raise Malformed("a frame") from error
        return cls(room, acks, others, data[pos + length :])


def pieces(diff: bytes) -> list[bytes]:
    """The parts in which a diff travels; at least one."""
    return [diff[at : at + CHUNK] for at in range(0, len(diff), CHUNK)] or [b""]


def put(out: bytearray, value: int) -> None:
    """Append an unsigned number of 7 bits a byte, lowest first."""
    while value > 127:
        out.append(0x80 | (value & 0x7F))
        value >>= 7
    out.append(value)


def take(data: bytes, pos: int) -> tuple[int, int]:
    """Read such a number; the answer is (number, next position)."""
    value = shift = 0
    while True:
        byte = data[pos]
        pos += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, pos
        shift += 7
        if shift > 49:
            raise Malformed("a number is too long")


def parse_join(payload: object) -> Join:
    """Check the shape and size of `join`. Raises Malformed."""
    if not isinstance(payload, dict) or payload.keys() != {"canvas", "vector", "row", "client"}:
        raise Malformed("join")
    canvas, vector = payload["canvas"], payload["vector"]
    if not isinstance(canvas, str) or not 0 < len(canvas) <= 40 or not canvas.isascii():
        raise Malformed("join: canvas")
    if not isinstance(vector, bytes) or len(vector) > MOST_VECTOR:
        raise Malformed("join: vector")
    return Join(canvas, vector, _count(payload["row"]), _count(payload["client"]))


def parse_update(payload: tuple[object, ...]) -> tuple[int, int, bytes]:
    """Check the shape of `u`: (room, seq, update). The size is the room's to refuse."""
    if len(payload) != 3 or not isinstance(payload[2], bytes):
        raise Malformed("u")
    return _count(payload[0]), _count(payload[1]), payload[2]


def parse_place(payload: tuple[object, ...]) -> tuple[int, int, Place]:
    """Check the shape and size of `aw`: (room, client, place)."""
    if len(payload) != 2 or not isinstance(payload[1], bytes) or len(payload[1]) > MOST_PLACE:
        raise Malformed("aw")
    try:
        said = json.loads(payload[1])
    except (ValueError, RecursionError) as error:
        raise Malformed("aw: not JSON") from error
    if not isinstance(said, dict) or said.keys() != {"client", "note", "block", "typing"}:
        raise Malformed("aw: fields")
    if not isinstance(said["typing"], bool):
        raise Malformed("aw: typing")
    place = Place(_name(said["note"]), _name(said["block"]), said["typing"])
    return _count(payload[0]), _count(said["client"]), place


def parse_room(payload: tuple[object, ...]) -> int:
    """Check the shape of `leave`."""
    if len(payload) != 1:
        raise Malformed("leave")
    return _count(payload[0])


def _count(value: object) -> int:
    # JavaScript numbers beyond 32 bits may arrive as floats.
    if type(value) is float and math.isfinite(value) and value == int(value):
        value = int(value)
    if type(value) is not int or not 0 <= value < 1 << 53:
        raise Malformed("a number")
    return value


def _name(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 64:
        raise Malformed("aw: a name")
    # JSON can say half a character, which no frame to the others could carry.
    if any("\ud800" <= each <= "\udfff" for each in value):
        raise Malformed("aw: half a character")
    return value
