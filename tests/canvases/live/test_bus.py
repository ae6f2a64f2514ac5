"""The line between workers on a real server: what is said is heard once, and nobody else speaks."""

from __future__ import annotations

import hmac
import logging
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from canvases.boards import sealed
from canvases.boards.bus import HOUSE, RedisBus
from canvases.boards.sealed import ASKEW, LONGEST, Gate, Sealer, Unsealed, mark

SECRET = "only-for-tests-of-the-line-" + "x" * 20
KEY = hmac.digest(SECRET.encode(), b"innocore between workers", "sha256")
CHANNEL = b"innocore:x:7"
AT = 1_800_000_000_000


# --- the seal -------------------------------------------------------------------------------


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(KEY)


@pytest.fixture
def gate() -> Gate:
    return Gate(KEY, AT - 3_600_000)


def test_a_message_is_opened_once(sealer: Sealer, gate: Gate) -> None:
    sent = sealer.seal(CHANNEL, b"one", AT)
    assert gate.open(CHANNEL, sent, AT) == b"one"
    with pytest.raises(Unsealed, match="heard before"):
        gate.open(CHANNEL, sent, AT)
    assert gate.open(CHANNEL, sealer.seal(CHANNEL, b"two", AT), AT) == b"two"
    with pytest.raises(Unsealed, match="heard before"):
        gate.open(CHANNEL, sent, AT)


def test_an_earlier_one_that_was_held_back_is_not_taken_after_a_later(
    sealer: Sealer, gate: Gate
) -> None:
    held, later = sealer.seal(b"a", b"", AT), sealer.seal(b"b", b"", AT)
    gate.open(b"b", later, AT)
    with pytest.raises(Unsealed):
        gate.open(b"a", held, AT)


@pytest.mark.parametrize("age", [0, ASKEW, LONGEST])
def test_it_counts_for_half_a_minute(sealer: Sealer, gate: Gate, age: int) -> None:
    assert gate.open(CHANNEL, sealer.seal(CHANNEL, b"x", AT), AT + age) == b"x"
    with pytest.raises(Unsealed, match="too old"):
        gate.open(CHANNEL, sealer.seal(CHANNEL, b"x", AT), AT + LONGEST + 1)


def test_clocks_may_differ_a_little(sealer: Sealer, gate: Gate) -> None:
    assert gate.open(CHANNEL, sealer.seal(CHANNEL, b"x", AT + ASKEW), AT) == b"x"
    with pytest.raises(Unsealed, match="fast"):
        gate.open(CHANNEL, sealer.seal(CHANNEL, b"x", AT + ASKEW + 1), AT)


def test_a_worker_that_has_just_begun_takes_nothing_from_before(sealer: Sealer) -> None:
    early = sealer.seal(CHANNEL, b"x", AT - ASKEW - 1)
    with pytest.raises(Unsealed, match="too old"):
        Gate(KEY, AT).open(CHANNEL, early, AT)


def test_a_message_belongs_to_its_channel(sealer: Sealer, gate: Gate) -> None:
    with pytest.raises(Unsealed, match="mark"):
        gate.open(b"innocore:x:8", sealer.seal(CHANNEL, b"x", AT), AT)


@pytest.mark.parametrize("place", [0, 15, 16, 24, 32, 40, -1])
def test_no_byte_may_change(sealer: Sealer, gate: Gate, place: int) -> None:
    sent = bytearray(sealer.seal(CHANNEL, b"body", AT))
    sent[place] ^= 1
    with pytest.raises(Unsealed, match="mark"):
        gate.open(CHANNEL, bytes(sent), AT)


@pytest.mark.parametrize("length", [0, 1, 16, 39])
def test_less_than_a_seal_is_nothing(gate: Gate, length: int) -> None:
    with pytest.raises(Unsealed, match="mark"):
        gate.open(CHANNEL, bytes(length), AT)
    short = bytes(length)
    with pytest.raises(Unsealed, match="mark"):
        gate.open(CHANNEL, mark(KEY, CHANNEL, short) + short if length < 24 else short, AT)


def test_another_house_is_not_heard(gate: Gate) -> None:
    with pytest.raises(Unsealed, match="mark"):
        gate.open(CHANNEL, Sealer(b"another key").seal(CHANNEL, b"x", AT), AT)


def test_a_new_connection_is_a_new_sender(sealer: Sealer, gate: Gate) -> None:
    gate.open(CHANNEL, sealer.seal(CHANNEL, b"x", AT), AT)
    sealer.renew()
    assert gate.open(CHANNEL, sealer.seal(CHANNEL, b"y", AT), AT) == b"y"


def test_memory_is_bounded_and_forgets_only_what_is_too_old(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed, "MOST_SENDERS", 3)
    first = Sealer(KEY)
    old = first.seal(CHANNEL, b"x", AT)
    gate.open(CHANNEL, old, AT)
    for _ in range(2):
        gate.open(CHANNEL, Sealer(KEY).seal(CHANNEL, b"x", AT), AT)
    with pytest.raises(Unsealed, match="more senders"):
        gate.open(CHANNEL, Sealer(KEY).seal(CHANNEL, b"x", AT), AT)
    gate.open(CHANNEL, first.seal(CHANNEL, b"x", AT), AT)  # those that are known go on
    late = AT + LONGEST + 1
    gate.open(CHANNEL, Sealer(KEY).seal(CHANNEL, b"x", late), late)
    with pytest.raises(Unsealed, match="too old"):
        gate.open(CHANNEL, old, late)


# --- the line -------------------------------------------------------------------------------


@pytest.fixture
def begin(valkey_url: str) -> Iterator[Callable[..., RedisBus]]:
    """`begin()`: the line of one more worker, there when it is given."""
    made: list[RedisBus] = []

    def start(secret: str = SECRET) -> RedisBus:
        bus = RedisBus(valkey_url, secret)
        made.append(bus)
        there = threading.Event()
        bus.on_return.append(there.set)
        bus.start()
        assert there.wait(10)
        return bus

    yield start
    for bus in made:
        bus.stop()


@pytest.fixture
def wire(valkey_url: str) -> Iterator[Any]:
    """Somebody else at the server, who may listen and write."""
    import redis

    with redis.Redis.from_url(valkey_url) as line:
        yield line


def hearing(bus: RedisBus, number: int) -> queue.Queue[bytes]:
    heard: queue.Queue[bytes] = queue.Queue()
    bus.enter(number, heard.put)
    return heard


def overheard(wire: Any, bus: RedisBus, number: int) -> Any:
    """A subscription that is sure to hear what is said next."""
    listener = wire.pubsub()
    listener.subscribe(bus._name(number))
    assert listener.get_message(timeout=10)["type"] == "subscribe"
    return listener


def test_a_worker_hears_another_and_a_replay_is_not_heard(
    begin: Callable[..., RedisBus], wire: Any
) -> None:
    one, two = begin(), begin()
    heard = hearing(two, 7)
    spy = overheard(wire, one, 7)
    one.tell(7, b"the first")
    assert heard.get(timeout=10) == b"the first"
    taken = spy.get_message(timeout=10)["data"]
    for _ in range(20):
        wire.publish(one._name(7), taken)
    wire.publish(one._name(7), b"made up, without any mark, and long enough to hold one")
    one.tell(7, b"the last")
    assert heard.get(timeout=10) == b"the last"
    assert heard.empty()


def test_a_message_to_the_house_is_not_heard_again_by_a_worker_that_began_later(
    begin: Callable[..., RedisBus], wire: Any
) -> None:
    """Its sender has spoken since, if only to itself: what it said before that is past."""
    one, two = begin(), begin()
    heard = hearing(two, HOUSE)
    spy = overheard(wire, one, HOUSE)
    one.tell(HOUSE, b"rights changed")
    assert heard.get(timeout=10) == b"rights changed"
    said: list[bytes] = []
    while not any(b"rights changed" in it for it in said):
        said.append(spy.get_message(timeout=10)["data"])
    late = begin()
    again = hearing(late, HOUSE)
    one.tell(HOUSE, b"something new")
    assert again.get(timeout=10) == b"something new"
    for each in said:
        wire.publish(one._name(HOUSE), each)
    one.tell(HOUSE, b"the last")
    assert again.get(timeout=10) == b"the last"
    assert again.empty()


def test_order_is_kept_when_much_is_said_at_once(begin: Callable[..., RedisBus]) -> None:
    one, two = begin(), begin()
    heard = hearing(two, 7)
    for number in range(2_000):
        one.tell(7, str(number).encode())
    assert [heard.get(timeout=10) for _ in range(2_000)] == [
        str(it).encode() for it in range(2_000)
    ]


def test_houses_do_not_hear_each_other(begin: Callable[..., RedisBus]) -> None:
    one, two, stranger = begin(), begin(), begin("another-secret-" + "y" * 30)
    heard, elsewhere = hearing(two, 7), hearing(stranger, 7)
    one.tell(7, b"for us")
    assert heard.get(timeout=10) == b"for us"
    assert elsewhere.empty()


def test_a_flood_of_strange_messages_is_a_line_of_the_log_and_no_more(
    begin: Callable[..., RedisBus], wire: Any, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = begin(), begin()
    heard = hearing(two, 7)
    with caplog.at_level(logging.WARNING, "canvases.boards.bus"):
        for _ in range(500):
            wire.publish(one._name(7), b"z" * 64)
        one.tell(7, b"after the flood")
        assert heard.get(timeout=10) == b"after the flood"
    assert len([it for it in caplog.records if "were dropped" in it.message]) == 1
