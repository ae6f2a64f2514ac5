"""The examples of the wire, from the server's side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgpack  # type: ignore[import-untyped]
import pytest

from canvases.boards import wire
from canvases.boards.line import read_packet
from canvases.boards.order import KEY, between, scattered
from canvases.boards.reader import (
    Unreadable,
    read_state_vector,
    read_update,
    write_state_vector,
)

WIRE = Path(__file__).parents[2] / "wire"


def _examples(name: str) -> list[Any]:
    return [_bytes(each) for each in json.loads((WIRE / name).read_text("utf-8"))]


def _bytes(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"hex"}:
            return bytes.fromhex(value["hex"])
        return {key: _bytes(each) for key, each in value.items()}
    return [_bytes(each) for each in value] if isinstance(value, list) else value


def _parse(event: str, values: list[Any]) -> Any:
    if event == "join":
        return wire.parse_join(values[0])
    parse: Any = {"u": wire.parse_update, "aw": wire.parse_place, "leave": wire.parse_room}[event]
    return parse(tuple(values))


@pytest.mark.parametrize("example", _examples("up.json"))
def test_good_messages_are_read_and_others_are_malformed(example: dict[str, Any]) -> None:
    if not example["good"]:
        with pytest.raises(wire.Malformed):
            _parse(example["event"], example["values"])
        return
    read = _parse(example["event"], example["values"])
    if example["event"] == "join":
        assert read == wire.Join(**example["values"][0])
    elif example["event"] == "aw":
        assert read == (7, example["client"], wire.Place(**example["place"]))
    elif example["event"] == "u":
        assert list(read) == example["values"]


@pytest.mark.parametrize("example", _examples("frames.json"))
def test_frames_go_both_ways(example: dict[str, Any]) -> None:
    acks = [(session, seq) for session, seq in example["acks"]]
    frame = wire.Frame(example["room"], acks, example["others"], example["update"])
    assert frame.encode() == example["frame"]
    assert wire.Frame.decode(example["frame"]) == frame


@pytest.mark.parametrize("example", _examples("order.json"))
def test_order_keys_are_those_of_the_browser(example: dict[str, str]) -> None:
    assert between(example["low"], example["high"]) == example["key"]


def test_order_keys_stay_short_and_in_order() -> None:
    keys = [between("", "")]
    for _ in range(500):
        keys.append(scattered(between(keys[-1], "")))
    for _ in range(500):
        keys.insert(0, scattered(between("", keys[0])))
    for _ in range(200):
        keys.insert(500, scattered(between(keys[499], keys[500])))
    assert keys == sorted(keys) and len(set(keys)) == len(keys)
    assert all(KEY.fullmatch(key) for key in keys)


@pytest.mark.parametrize("example", _examples("updates.json"))
def test_the_reader_takes_honest_updates_only(example: dict[str, Any]) -> None:
    data = bytes.fromhex(example["bytes"])
    if example["honest"]:
        read_update(data)
    else:
        with pytest.raises(Unreadable):
            read_update(data)


def test_state_vectors_are_read_strictly() -> None:
    state = {1: 5, (1 << 53) - 1: (1 << 31) - 1}
    assert read_state_vector(write_state_vector(state)) == state
    for bad in ("f9d0a949", "01", "", "0001", "02010101 01".replace(" ", ""), "ffffffff0f"):
        with pytest.raises(Unreadable):
            read_state_vector(bytes.fromhex(bad))


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"\xc1",
        "text",
        b"\x90" * 1000,
        b"x" * (wire.MOST_FRAME + 1),
        msgpack.packb([1, 2]),
        msgpack.packb({"type": 2, "nsp": "/", "data": ["join"]}),
        msgpack.packb({"type": 2, "nsp": "/rt", "data": []}),
        msgpack.packb({"type": 2, "nsp": "/rt", "data": "join"}),
        msgpack.packb({"type": "2", "nsp": "/rt", "data": ["join"]}),
        msgpack.packb({"type": 2, "nsp": "/rt", "data": ["u", *range(9)]}),
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
    ],
)
def test_packets_that_no_client_sends_are_malformed(packet: object) -> None:
    with pytest.raises(wire.Malformed):
        read_packet(packet)
