"""The strict reader in front of the CRDT library.

pycrdt panics or allocates hundreds of megabytes on hostile input of a few bytes, so nothing that
came over a line reaches it unread. The format is the update format (version 1) of Yjs:
https://github.com/yjs/yjs/blob/main/INTERNALS.md and `lib0/encoding`. Everything the board's
document never contains (arrays, XML, formats, embeds, binaries, sub-documents, nested values) is
refused here, before it costs anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_CLOCK = 1 << 31
MOST_CLIENT = 1 << 53
ROOTS = (b"notes", b"meta")
MOST_KEY = 64
"""Bytes of a map key: note ids and field names."""

_GC, _DELETED, _STRING, _TYPE, _ANY, _SKIP = 0, 1, 4, 7, 8, 10
_MAP, _TEXT = 1, 2
_ORIGIN, _RIGHT_ORIGIN, _PARENT_SUB = 0x80, 0x40, 0x20


class Unreadable(ValueError):
    """The bytes are not an update or state vector that an honest client of ours makes."""


@dataclass(slots=True)
class Reading:
    """What an update contains, without its text.

    `runs` are (client, from clock, to clock) without holes, in the order of the bytes; `needs` is
    the highest clock of each client that the update leans on (origins, parents, deletions),
    `makes` whether it may bring a new note.
    """

    runs: list[tuple[int, int, int]] = field(default_factory=list)
    needs: dict[int, int] = field(default_factory=dict)
    makes: bool = False
    deletes: bool = False

    def is_new_to(self, state: dict[int, int]) -> bool:
        """False when a document in `state` gains nothing; deletions always count as new."""
        return self.deletes or any(end > state.get(client, 0) for client, _, end in self.runs)

    def advance(self, state: dict[int, int]) -> dict[int, int] | None:
        """The clocks that move when applied to `state`: client -> new clock. None: a gap.

        A gap means that the update leans on something that `state` does not hold, so that the
        library would keep it pending.
        """
        moved: dict[int, int] = {}
        for client, start, end in self.runs:
            held = moved.get(client)
            if held is None:
                held = state.get(client, 0)
            if start > held:
                return None
            if end > held:
                moved[client] = end
        for client, clock in self.needs.items():
            if clock >= (moved.get(client) or state.get(client, 0)):
                return None
        return moved


def read_update(data: bytes) -> Reading:
    """Read an update of at most the length that the caller allows.

    Raises Unreadable. Costs a few microseconds for a typical edit.
    """
    try:
        return _read_update(data)
    except IndexError:
        raise Unreadable("it ends too early") from None
    except UnicodeDecodeError:
        raise Unreadable("a string is not UTF-8") from None


def read_state_vector(data: bytes) -> dict[int, int]:
    """Read a state vector into client -> clock. Raises Unreadable."""
    size = len(data)
    try:
        count, pos = _uint(data, 0)
        if count > size // 2:
            raise Unreadable("more entries than bytes")
        state: dict[int, int] = {}
        for _ in range(count):
            # A vector names everybody who ever wrote, and every turn reads one.
            client = data[pos]
            pos += 1
            if client >= 0x80:
                client, pos = _uint(data, pos - 1)
            clock = data[pos]
            pos += 1
            if clock >= 0x80:
                clock, pos = _uint(data, pos - 1)
            if client >= MOST_CLIENT or clock >= MOST_CLOCK or client in state:
                raise Unreadable("a client or clock is out of range")
            state[client] = clock
    except IndexError:
        raise Unreadable("it ends too early") from None
    if pos != size:
        raise Unreadable("bytes are left over")
    return state


def write_state_vector(state: dict[int, int]) -> bytes:
    """The bytes of a state vector."""
    out = bytearray()
    _put(out, len(state))
    for client, clock in state.items():
        _put(out, client)
        _put(out, clock)
    return bytes(out)


def _put(out: bytearray, value: int) -> None:
    while value > 127:
        out.append(0x80 | (value & 0x7F))
        value >>= 7
    out.append(value)


def _uint(data: bytes, pos: int) -> tuple[int, int]:
    byte = data[pos]
    pos += 1
    if byte < 0x80:
        return byte, pos
    value = byte & 0x7F
    shift = 7
    while True:
        byte = data[pos]
        pos += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, pos
        shift += 7
        if shift > 49:
            raise Unreadable("a number is too long")


def _read_update(data: bytes) -> Reading:
    size = len(data)
    reading = Reading()
    runs = reading.runs
    clients, pos = _uint(data, 0)
    if clients > size:
        raise Unreadable("more clients than bytes")
    seen: set[int] = set()
    for _ in range(clients):
        count, pos = _uint(data, pos)
        client, pos = _uint(data, pos)
        clock, pos = _uint(data, pos)
        if not 0 < count <= size - pos:
            raise Unreadable("more structs than bytes")
        if client >= MOST_CLIENT or client in seen:
            raise Unreadable("a client is out of range or comes twice")
        seen.add(client)
        start = clock
        for _ in range(count):
            info = data[pos]
            pos += 1
            kind = info & 0x1F
            if kind in (_GC, _SKIP):
                if info & 0xE0:
                    raise Unreadable("a gap with item flags")
                length, pos = _uint(data, pos)
            else:
                length, pos = _read_item(data, pos, size, info, client, clock, reading)
            if length == 0:
                raise Unreadable("an empty struct")
            if kind == _SKIP:
                if clock > start:
                    runs.append((client, start, clock))
                start = clock + length
            clock += length
            if clock >= MOST_CLOCK:
                raise Unreadable("a clock is out of range")
        if clock == start:
            raise Unreadable("a skip at the end")
        runs.append((client, start, clock))
    pos = _read_deletes(data, pos, size, reading)
    if pos != size:
        raise Unreadable("bytes are left over")
    return reading


def _read_item(
    data: bytes, pos: int, size: int, info: int, own: int, clock: int, reading: Reading
) -> tuple[int, int]:
    needs = reading.needs
    if info & 0xC0:
        # Parent and key are copied from the neighbour, whose id comes first.
        if info & _ORIGIN:
            client, pos = _uint(data, pos)
            at, pos = _uint(data, pos)
            if client == own:
                if at >= clock:
                    raise Unreadable("an item leans on its own future")
            elif needs.get(client, -1) < at:
                needs[client] = _id(client, at)
        if info & _RIGHT_ORIGIN:
            client, pos = _uint(data, pos)
            at, pos = _uint(data, pos)
            if client == own:
                if at >= clock:
                    raise Unreadable("an item leans on its own future")
            elif needs.get(client, -1) < at:
                needs[client] = _id(client, at)
    else:
        by_name, pos = _uint(data, pos)
        root = False
        if by_name == 1:
            length, pos = _uint(data, pos)
            if data[pos : pos + length] not in ROOTS:
                raise Unreadable("an unknown root")
            pos += length
            root = True
        elif by_name == 0:
            client, pos = _uint(data, pos)
            at, pos = _uint(data, pos)
            if client == own:
                if at >= clock:
                    raise Unreadable("an item leans on its own future")
            elif needs.get(client, -1) < at:
                needs[client] = _id(client, at)
        else:
            raise Unreadable("an unknown parent")
        if info & _PARENT_SUB:
            length, pos = _uint(data, pos)
            if not 0 < length <= MOST_KEY or length > size - pos:
                raise Unreadable("a key is empty or too long")
            # PostgreSQL keeps no NUL, and the commits of all boards would wait for such a name.
            if "\x00" in data[pos : pos + length].decode():
                raise Unreadable("a key that no database keeps")
            pos += length
        elif root:
            raise Unreadable("a root is no list")
    return _read_content(data, pos, size, info & 0x1F, reading)


def _read_content(
    data: bytes, pos: int, size: int, kind: int, reading: Reading
) -> tuple[int, int]:
    if kind == _STRING:
        length, pos = _uint(data, pos)
        if length > size - pos:
            raise Unreadable("a string is longer than the bytes")
        text = data[pos : pos + length]
        pos += length
        if text.isascii():
            return length, pos
        # Clocks count UTF-16 units: four-byte characters are two.
        return len(text.decode().encode("utf-16-le")) // 2, pos
    if kind == _ANY:
        count, pos = _uint(data, pos)
        if count > size - pos:
            raise Unreadable("more values than bytes")
        for _ in range(count):
            pos = _read_value(data, pos, size)
        return count, pos
    if kind == _DELETED:
        return _uint(data, pos)
    if kind == _TYPE:
        ref, pos = _uint(data, pos)
        if ref == _MAP:
            reading.makes = True
        elif ref != _TEXT:
            raise Unreadable("an unknown type")
        return 1, pos
    raise Unreadable("an unknown kind of content")


def _read_value(data: bytes, pos: int, size: int) -> int:
    """Step over one plain value: text, number, yes or no, nothing. Lists and objects are none."""
    tag = data[pos]
    pos += 1
    if tag == 119:
        length, pos = _uint(data, pos)
        if length > size - pos:
            raise Unreadable("a string is longer than the bytes")
        data[pos : pos + length].decode()
        return pos + length
    if tag == 125:
        # A signed number: six bits and a sign in the first byte, then seven bits a byte.
        for _ in range(8):
            byte = data[pos]
            pos += 1
            if byte < 0x80:
                return pos
        raise Unreadable("a number is too long")
    if tag in (120, 121, 126, 127):
        return pos
    if tag == 123:
        pos += 8
    elif tag == 124:
        pos += 4
    else:
        raise Unreadable("an unknown kind of value")
    if pos > size:
        raise Unreadable("it ends too early")
    return pos


def _read_deletes(data: bytes, pos: int, size: int, reading: Reading) -> int:
    needs = reading.needs
    clients, pos = _uint(data, pos)
    if clients > size - pos:
        raise Unreadable("more clients than bytes")
    seen: set[int] = set()
    for _ in range(clients):
        client, pos = _uint(data, pos)
        count, pos = _uint(data, pos)
        if count > (size - pos) // 2 or client >= MOST_CLIENT or client in seen:
            raise Unreadable("a deletion is out of range")
        seen.add(client)
        for _ in range(count):
            clock, pos = _uint(data, pos)
            length, pos = _uint(data, pos)
            last = clock + length - 1
            if length == 0 or last >= MOST_CLOCK:
                raise Unreadable("a deletion is out of range")
            if needs.get(client, -1) < last:
                needs[client] = last
            reading.deletes = True
    return pos


def _id(client: int, clock: int) -> int:
    if client >= MOST_CLIENT or clock >= MOST_CLOCK:
        raise Unreadable("an id is out of range")
    return clock
