"""What dishonest clients cost: spoilt updates, malformed frames, nasty files; honest people go on.

100 000 spoilt updates and state vectors meet a board in this process; 5 000 malformed frames and
500 nasty files meet a served house, while somebody honest edits. Nothing may crash, answer 5xx or
keep an honest edit waiting, and memory may grow by 200 MB at most. Everything is seeded.

python3 run.py bench hostile [--updates 100000] [--frames 5000] [--files 500]
"""

from __future__ import annotations

import argparse
import collections
import random
import resource
import secrets
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import msgpack  # type: ignore[import-untyped]
import psutil
from wsproto.utilities import LocalProtocolError

from benchmarks import _house
from benchmarks._browser import Browser
from benchmarks._report import Report
from canvases.boards import wire
from canvases.boards.document import Document
from canvases.boards.guarded import Broken, Contribution, Guarded
from canvases.boards.reader import Unreadable, read_state_vector, read_update
from canvases.boards.schema import Misfit
from tests import builders, servers
from tests.canvases.live.test_reader import _spoil as spoil
from tests.canvases.live.websocket import Ended, Rejected, WebSocket
from tests.cast import gathered
from tests.files import made
from workspace.foundation.unit import write

SEED = 20261124
BLOCKS = frozenset({"bmc-channels"})
MEMORY = 200.0


HONEST, DISHONEST = 77, 78
"""Yjs client ids. A room takes new changes under an id from its own person only."""


def growing(dice: random.Random) -> tuple[list[bytes], list[bytes]]:
    """Updates of two people who work on one board in turn."""
    made: dict[int, list[bytes]] = {HONEST: [], DISHONEST: []}
    documents = {it: Document(client_id=it) for it in made}
    watching = [
        (it.doc, it.doc.observe(lambda event, into=made[who]: into.append(event.update)))
        for who, it in documents.items()
    ]
    for turn in range(400):
        for who, document in documents.items():
            notes = [it for it in document.read() if it.author == str(who)]
            if len(notes) < 5 or dice.random() < 0.2:
                document.add_note(block="bmc-channels", author=str(who), text=f"Žluť 😀 {turn}")
            else:
                note = dice.choice(notes)
                words = note.text[: dice.randrange(9)] + "😎é" + note.text[3:]
                document.set_text(note.id, words)
    for doc, subscription in watching:
        doc.unobserve(subscription)
    length = min(map(len, made.values()))  # a text may be set to what it is
    return made[HONEST][:length], made[DISHONEST][:length]


def updates(report: Report, count: int) -> None:
    """Spoilt copies of one person's updates, in every state of a growing board, and vectors."""
    dice = random.Random(SEED)
    honest, theirs = growing(dice)
    guarded = Guarded([], BLOCKS)
    kept: list[bytes] = []
    counts: collections.Counter[str] = collections.Counter()
    panics = refused = 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def offer(data: bytes, who: int) -> bool:
        nonlocal guarded, panics
        try:
            reading = read_update(data)
        except Unreadable:
            counts["unreadable"] += 1
            return False
        moved = reading.advance(guarded.state)
        if moved is None or any(client != who for client in moved):
            counts["gap" if moved is None else "not theirs"] += 1
            return False
        try:
            change = guarded.apply([Contribution(str(who), data, reading)])
        except (Misfit, Broken) as error:
            counts["misfit" if isinstance(error, Misfit) else "broken"] += 1
            panics += isinstance(error, Broken) and "panic" in str(error).lower()
            guarded.close()
            guarded = Guarded(kept, BLOCKS)
            return False
        counts["taken"] += 1
        kept.extend(it for it in (change.update, change.correction) if it)  # as the log does
        return True

    each = max(1, count // len(honest))
    for turn, data in enumerate(honest):
        for _ in range(each):
            offer(spoil(dice.choice(theirs[: turn + 2]), dice), DISHONEST)
            try:
                read_state_vector(spoil(b"\x01\x4d" + bytes([dice.randrange(256)]), dice))
            except Unreadable:
                counts["vectors refused"] += 1
        offer(theirs[turn], DISHONEST)
        refused += not offer(data, HONEST)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    report.say(f"updates: {dict(counts)}")
    report.at_least("spoilt updates and vectors offered", 2 * each * len(honest), count, "")
    report.exactly("updates: panics", panics, 0)
    report.exactly("updates: honest ones refused", refused, 0)
    report.exactly("updates: what is kept opens to the same",
                   Guarded(kept, BLOCKS).state == guarded.state, True)
    report.at_most("updates: memory", grown, MEMORY, "MB")


class Line:
    """A WebSocket that speaks packets, honest or not."""

    def __init__(self, port: int, cookie: str, origin: str) -> None:
        self.socket = WebSocket(port, "/socket.io/?EIO=4&transport=websocket",
                                {"Cookie": cookie, "Origin": origin})

    def send(self, kind: int, data: Any) -> None:
        """One packet."""
        self.socket.send(msgpack.packb({"type": kind, "nsp": wire.NAMESPACE, "data": data}))

    def until(self, event: str, seconds: float = 10.0) -> Any:
        """The payload of the next event of that name; heartbeats are answered."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            data = self.socket.receive(max(0.01, end - time.monotonic()))
            if data == "2":
                self.socket.send("3")
            elif isinstance(data, bytes):
                packet = msgpack.unpackb(data)
                if packet["type"] == 0 and event == "connect":
                    return packet["data"]
                if packet["type"] == 2 and packet["data"][0] == event:
                    return packet["data"][1]
        raise TimeoutError(event)


def malformed(dice: random.Random) -> bytes | str:
    """A frame that no client of ours sends."""
    shape = dice.randrange(9)
    if shape == 0:
        return secrets.token_bytes(dice.randint(0, 400))
    if shape == 1:
        return "".join(chr(dice.randrange(32, 0x2000)) for _ in range(dice.randint(0, 80)))
    if shape == 2:
        return str(dice.randrange(9)) * dice.randint(1, 9)
    event = dice.choice(["join", "u", "aw", "leave", "nothing", "", "x" * 300, "__proto__"])
    value: Any = dice.choice([
        None, True, -1, 1 << 60, 1.5, float("nan"), "x" * 5000, b"\xf9\xd0\xa9\x49", [], {},
        [[[[[[[[[]]]]]]]]], {"canvas": 1, "vector": b"", "row": -1, "client": "x"},
        {"canvas": "A" * 22, "vector": b"\xff" * 17_000, "row": 0, "client": 1},
    ])
    packet: dict[str, Any] = {"type": dice.choice([2, 2, 2, 3, 5, 9, -1]),
                              "nsp": dice.choice(["/rt", "/rt", "/", "/nowhere", "x" * 200]),
                              "data": [event, *[value] * dice.randrange(5)]}
    if shape == 3:
        packet.pop(dice.choice(list(packet)))
    if shape == 4:
        packet["attachments"] = 1 << 30
    data = bytearray(msgpack.packb(packet))
    if shape >= 7 and data:
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


def frames(report: Report, count: int, port: int, boards: _house.Boards) -> None:
    """Malformed frames from many lines, while somebody honest edits."""
    dice = random.Random(SEED)
    asked = answered = 0
    slowest = 0.0
    stop = threading.Event()

    def honest() -> None:
        nonlocal asked, answered, slowest
        line = Line(port, boards.cookies[0], boards.url)
        line.send(0, {"v": wire.PROTOCOL})
        line.until("connect")
        document = Document()
        made_now: list[bytes] = []
        watching = document.doc.observe(lambda event: made_now.append(event.update))
        line.send(2, ["join", {"canvas": boards.canvases[0], "vector": document.vector(), "row": 0,
                               "client": document.doc.client_id}])
        joined = line.until("joined")
        seq = 0
        while not stop.is_set():
            document.add_note(block="bmc-channels", author="", text=f"honest {seq}")
            seq += 1
            began = time.monotonic()
            line.send(2, ["u", joined["room"], seq, made_now.pop()])
            asked += 1
            while time.monotonic() - began < 10:
                frame = wire.Frame.decode(line.until("s"))
                if (joined["session"], seq) in frame.acks:
                    answered += 1
                    slowest = max(slowest, time.monotonic() - began)
                    break
            stop.wait(0.05)
        document.doc.unobserve(watching)
        line.socket.close()

    worker = threading.Thread(target=honest)
    worker.start()
    sent = lines = 0
    while sent < count:
        try:
            line = Line(port, dice.choice(boards.cookies[1:]), boards.url)
            lines += 1
            if dice.random() < 0.8:
                line.send(0, {"v": wire.PROTOCOL})
            for _ in range(3):
                line.socket.send(malformed(dice))
                sent += 1
                line.socket.receive(0.004)
            line.socket.close()
        except (Ended, Rejected, OSError, LocalProtocolError):
            sent += 1  # the house has hung up, as it should
    stop.set()
    worker.join(15)
    report.at_least("malformed frames sent", sent, count, "")
    report.at_least("frames: honest edits meanwhile", asked, 20, "")
    report.exactly("frames: honest edits without an answer", asked - answered, 0)
    report.at_most("frames: slowest answer to somebody honest", slowest, 2.0, "s")


def nasty(dice: random.Random) -> tuple[str, bytes]:
    """A file that hurts somewhere."""
    seeds = [
        ("deck.pdf", made.pdf(2)), ("deck.pdf", made.endless_pdf()), ("x.png", made.image("PNG")),
        ("x.png", made.image_bomb()), ("x.docx", made.office("docx")),
        ("x.pptx", made.lying_office()), ("x.docx", made.linked_office()), ("x.wav", made.wav()),
    ]
    name, data = dice.choice(seeds)
    shape = dice.randrange(6)
    if shape == 0:
        data = data[: dice.randrange(len(data) + 1)]
    elif shape == 1:
        spoilt = bytearray(data)
        for _ in range(dice.randint(1, 60)):
            spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
        data = bytes(spoilt)
    elif shape == 2:
        data = dice.choice([b"MZ", b"<svg onload=alert(1)>", b"PK\x03\x04", b"%PDF-1.7"]) + data
    elif shape == 3:
        name = dice.choice(["deck.pdf", "a.html", "b.svg", "c.exe", "../../x.pdf", "x\0.pdf",
                            "‮fdp.exe", "n" * 400 + ".pdf", ""])
    elif shape == 4:
        data = secrets.token_bytes(dice.randint(0, 4000))
    return name, data


def files(report: Report, count: int, browsers: list[Browser], address: str) -> None:
    """Nasty files at the upload of a deck; everybody may send sixty an hour."""
    dice = random.Random(SEED)
    codes: collections.Counter[int] = collections.Counter()
    slowest = 0.0
    for number in range(count):
        name, data = nasty(dice)
        began = time.monotonic()
        codes[browsers[number // 55].upload(address, "deck", name, data)] += 1
        slowest = max(slowest, time.monotonic() - began)
        if number % 100 == 99:
            report.say(f"files: {dict(codes)}")
    report.at_least("nasty files sent", sum(codes.values()), count, "")
    report.exactly("files: answers of 5xx", sum(it for code, it in codes.items() if code >= 500), 0)
    report.at_most("files: slowest answer", slowest, 25, "s")


def main() -> int:
    """All three, then whether the house still stands."""
    parser = argparse.ArgumentParser(prog="bench hostile")
    parser.add_argument("--updates", type=int, default=100_000)
    parser.add_argument("--frames", type=int, default=5_000)
    parser.add_argument("--files", type=int, default=500)
    chosen = parser.parse_args()
    report = Report()
    updates(report, chosen.updates)
    folder = Path(tempfile.mkdtemp(prefix="innocore-hostile-"))
    models = servers.SqliteDatabases(folder)
    port = servers.free_port()
    url = f"http://localhost:{port}"
    with models.fresh(cast=True) as database:
        with _house.furnished(database, folder / "data", url, 1, 60) as boards:
            with boards.app.app_context(), write():
                team = gathered().team
                crowd = [builders.person(f"Member {it}") for it in range(chosen.files // 55 + 1)]
                for person in crowd:
                    builders.join(team, person)
            keys = [_house.cookie_of(boards.app, it.id) for it in crowd]
        with _house.gunicorn(port, database, folder / "data") as (started, log):
            def memory() -> float:
                family = [psutil.Process(started.pid)]
                family += family[0].children(recursive=True)
                return float(sum(it.memory_info().rss for it in family)) / 1e6

            before = memory()
            frames(report, chosen.frames, port, boards)
            report.at_most("frames: memory", memory() - before, MEMORY, "MB")
            browsers = [Browser(url, it) for it in keys]
            address = browsers[0].begin_pitch(team.public_id)
            files(report, chosen.files, browsers, address)
            report.at_most("files: memory", memory() - before, MEMORY, "MB")
            report.exactly("the house still answers", browsers[0].ask("/settings")[0], 200)
        written = "".join(log)
        report.say(written[-700:])
        report.exactly("tracebacks in the log", written.count("Traceback"), 0)
        if "Traceback" in written:
            report.say(written[written.index("Traceback"):][:3000])
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
