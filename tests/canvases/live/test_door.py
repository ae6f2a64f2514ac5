"""The socket door, by a bare WebSocket: who is let in, what ends a connection, who is shown out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import msgpack  # type: ignore[import-untyped]
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from canvases.boards import live, wire
from canvases.boards.document import Document
from canvases.boards.models import Canvas, NoteRow
from tests import builders, servers
from tests.canvases.live.websocket import Ended, Rejected, WebSocket
from tests.cast import Cast
from workspace.accounts import sessions
from workspace.accounts.models import Person, SignIn
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.settings import Settings
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.tokens import actions as tokens
from workspace.tokens.models import AccessToken
from workspace.tokens.rules import Place, Scope, Verb

CONNECT, DISCONNECT, EVENT, ERROR = 0, 1, 2, 4


@dataclass
class Caller:
    """A WebSocket that speaks packets."""

    socket: WebSocket
    heard: list[Any] = field(default_factory=list)

    def send(self, kind: int, data: Any, namespace: str = "/rt") -> None:
        self.socket.send(msgpack.packb({"type": kind, "nsp": namespace, "data": data}))

    def event(self, *values: Any) -> None:
        self.send(EVENT, list(values))

    def until(self, holds: Callable[[Any], bool], seconds: float = 5.0) -> Any:
        """The next packet for which something holds; heartbeats are answered."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            data = self.socket.receive(max(0.01, end - time.monotonic()))
            if data == "2":
                self.socket.send("3")
            elif isinstance(data, bytes):
                packet = msgpack.unpackb(data)
                self.heard.append(packet)
                if holds(packet):
                    return packet
        raise AssertionError(self.heard)

    def told(self, event: str, seconds: float = 5.0) -> Any:
        """The payload of the next event of that name."""
        found = self.until(
            lambda packet: packet["type"] == EVENT and packet["data"][0] == event, seconds
        )
        return found["data"][1]

    def is_hung_up(self) -> bool:
        """Wait for the end of the connection."""
        try:
            for _ in range(100):
                if self.socket.receive(5) is None:
                    return False
        except Ended:
            return True
        return False


@dataclass
class House:
    """A running server and keys to it."""

    app: Flask
    cast: Cast
    canvas: Canvas
    port: int

    def cookie(self, seat: str) -> str:
        with self.app.test_request_context():
            with write():
                sessions.begin(self.cast.person(seat), now())
            from flask import session as cookie

            response = self.app.make_response("")
            self.app.session_interface.save_session(self.app, cookie, response)
        return response.headers["Set-Cookie"].split(";")[0]

    def call(self, cookie: str | None, origin: str | None = "own") -> Caller:
        headers = {} if cookie is None else {"Cookie": cookie}
        if origin is not None:
            headers["Origin"] = f"http://localhost:{self.port}" if origin == "own" else origin
        path = "/socket.io/?EIO=4&transport=websocket"
        caller = Caller(WebSocket(self.port, path, headers))
        opened = caller.socket.receive(5)
        assert isinstance(opened, str) and opened.startswith("0")
        return caller

    def enter(self, seat: str) -> Caller:
        caller = self.call(self.cookie(seat))
        caller.send(CONNECT, {"v": wire.PROTOCOL})
        caller.until(lambda packet: packet["type"] == CONNECT)
        return caller

    def join(self, caller: Caller, document: Document | None = None) -> dict[str, Any]:
        document = document or Document()
        client = document.doc.client_id
        asked = {"canvas": self.canvas.public_id, "vector": document.vector(), "row": 0}
        caller.event("join", asked | {"client": client})
        found: dict[str, Any] = caller.told("joined")
        return found


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, base_url=f"http://localhost:{servers.free_port()}")


@pytest.fixture
def house(context: Flask, cast: Cast, canvas: Canvas, settings: Settings) -> Iterator[House]:
    port = urlsplit(settings.base_url).port
    assert port is not None
    server = make_server("127.0.0.1", port, context, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield House(context, cast, canvas, port)
    live.door().stop(2)
    server.shutdown()
    thread.join(5)


one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@one_database
def test_a_page_of_another_origin_is_refused_before_anything_is_made(house: House) -> None:
    with pytest.raises(Rejected):
        house.call(house.cookie("lead"), "https://evil.example")
    assert live.door().callers == {}


@one_database
@pytest.mark.parametrize(
    ("origin", "signed_in", "auth", "word"),
    [
        (None, True, {"v": 1}, "origin"),
        ("own", False, {"v": 1}, "session"),
        ("own", True, {"v": 99}, "protocol"),
        ("own", True, None, "protocol"),
    ],
)
def test_who_is_refused_hears_one_word(
    house: House, origin: str | None, signed_in: bool, auth: Any, word: str
) -> None:
    caller = house.call(house.cookie("lead") if signed_in else None, origin)
    caller.send(CONNECT, auth)
    told = caller.until(lambda packet: packet["type"] == ERROR)["data"]
    assert told["message"] == word
    ours = {"v": wire.PROTOCOL, "schema": wire.SCHEMA}
    assert told.get("data") == (ours if word == "protocol" else None)


@one_database
@pytest.mark.parametrize(
    "packet",
    [
        b"\xc1",
        b"\x90" * 5000,
        msgpack.packb({"type": 2, "nsp": "/rt", "data": ["exec", 1]}),
        msgpack.packb({"type": 2, "nsp": "/rt", "data": ["u", "a", "b", "c"]}),
        msgpack.packb({"type": 2, "nsp": "/rt", "data": ["join", {"canvas": 1}]}),
        msgpack.packb({"type": 2, "nsp": "/rt", "data": ["aw", 1, (
            b'{"client": 1, "note": "\\ud800", "block": null, "typing": true}'
        )]}),
        msgpack.packb({"type": 2, "nsp": "/", "data": ["join"]}),
        msgpack.packb({"type": 9, "nsp": "/rt", "data": ["join"]}),
        msgpack.packb({"type": 0, "nsp": "/rt", "data": {"v": 1}}),
        "4hello",
    ],
)
def test_a_malformed_packet_ends_the_connection_with_one_line(
    house: House, packet: bytes | str, caplog: pytest.LogCaptureFixture
) -> None:
    caller = house.enter("lead")
    caller.socket.send(packet)
    assert caller.is_hung_up()
    lines = [record for record in caplog.records if record.name.startswith("canvases")]
    assert len(lines) == 1 and lines[0].exc_info is None


@one_database
def test_a_worker_that_leaves_lets_nobody_in_who_comes_back(house: House) -> None:
    half = house.call(house.cookie("lead"))
    house.app.extensions["innocore.leaving"] = True
    half.send(CONNECT, {"v": wire.PROTOCOL})
    assert half.is_hung_up() and half.heard == []
    with pytest.raises((Rejected, Ended, AssertionError)):
        house.call(house.cookie("lead"))
    assert live.door().callers == {} and not live.door().server.eio.sockets


@one_database
@pytest.mark.parametrize("frame", ["", "hello", "9", "\x00", "ř" * 300])
def test_a_text_frame_of_no_kind_ends_the_connection_without_a_traceback(
    house: House, frame: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caller = house.enter("lead")
    caller.socket.send(frame)
    assert caller.is_hung_up()
    assert not [record for record in caplog.records if record.exc_info]
    assert "Traceback" not in capfd.readouterr().err


def test_an_edit_over_a_socket_is_acknowledged_and_stored(house: House) -> None:
    caller = house.enter("lead")
    document = Document()
    joined = house.join(caller, document)
    document.add_note(block="bmc-channels", author="", text="By hand")
    caller.event("u", joined["room"], 1, document.state())

    def acknowledged(packet: Any) -> bool:
        if packet["type"] != EVENT or packet["data"][0] != "s":
            return False
        return (joined["session"], 1) in wire.Frame.decode(packet["data"][1]).acks

    caller.until(acknowledged)
    session().rollback()
    assert session().scalars(select(NoteRow.text)).all() == ["By hand"]


@one_database
def test_a_stranger_hears_what_somebody_hears_of_no_canvas(house: House) -> None:
    caller = house.enter("rival")
    vector = {"vector": b"\x00", "row": 0, "client": 1}
    caller.event("join", {"canvas": house.canvas.public_id} | vector)
    hidden = caller.told("nack")
    caller.event("join", {"canvas": "A" * 22} | vector)
    absent = caller.told("nack")
    assert hidden | {"canvas": ""} == absent | {"canvas": ""}
    assert hidden["code"] == wire.MISSING


@one_database
def test_a_session_has_ten_sockets(house: House) -> None:
    cookie = house.cookie("lead")
    kept = []
    for number in range(wire.MOST_SOCKETS + 1):
        caller = house.call(cookie)
        kept.append(caller)
        caller.send(CONNECT, {"v": wire.PROTOCOL})
        answer = caller.until(lambda packet: packet["type"] in (CONNECT, ERROR))
        assert answer["type"] == (CONNECT if number < wire.MOST_SOCKETS else ERROR)


@one_database
def test_joins_and_updates_have_a_rate(house: House) -> None:
    caller = house.enter("lead")
    joined = house.join(caller)
    for seq in range(1, 80):
        caller.event("u", joined["room"], seq, b"\x00\x00")
    assert caller.told("nack")["code"] == wire.RATE
    asked = {"canvas": "A" * 22, "vector": b"\x00", "row": 0, "client": 1}
    for _ in range(70):
        caller.event("join", asked)
    caller.until(lambda packet: packet["data"][0] == "nack" and not packet["data"][1]["room"]
                 and packet["data"][1]["code"] == wire.RATE)


@one_database
def test_the_end_of_a_session_is_heard_within_two_seconds(house: House) -> None:
    caller = house.enter("lead")
    joined = house.join(caller)
    with write():
        row = session().scalars(select(SignIn)).one()
        sessions.end(row, row.person_id, now())
    assert caller.told("bye", 2.0)["reason"] == wire.SESSION_ENDED
    document = Document()
    document.add_note(block="bmc-channels", author="", text="Too late")
    caller.event("u", joined["room"], 1, document.state())
    assert live.look(house.canvas, lambda board: board.read()) == []


@one_database
def test_an_ended_session_opens_no_board_again_on_the_line_that_it_left(house: House) -> None:
    caller = house.enter("lead")
    house.join(caller)
    with write():
        row = session().scalars(select(SignIn)).one()
        sessions.end(row, row.person_id, now())
    caller.told("bye", 2.0)
    asked = {"canvas": house.canvas.public_id, "vector": b"\x00", "row": 0, "client": 7}
    caller.event("join", asked)
    assert caller.told("bye", 2.0)["reason"] == wire.SESSION_ENDED
    assert "joined" not in [packet["data"][0] for packet in caller.heard[-2:]]


@one_database
def test_a_session_that_ended_in_another_worker_opens_no_board(house: House) -> None:
    caller = house.enter("lead")
    with write():
        session().scalars(select(SignIn)).one().ended_at = now()  # nothing is told here
    asked = {"canvas": house.canvas.public_id, "vector": b"\x00", "row": 0, "client": 7}
    caller.event("join", asked)
    caller.until(lambda packet: packet["type"] == EVENT)
    assert [packet["data"][0] for packet in caller.heard if packet["type"] == EVENT] == ["bye"]


@one_database
def test_the_end_of_a_membership_is_heard_within_two_seconds(house: House) -> None:
    caller = house.enter("member")
    house.join(caller)
    member, team = house.cast.person("member"), house.cast.team
    with write():
        grants.end(builders.NOBODY, member.id, ("team-member",), "team", team.id, now())
    assert caller.told("bye", 2.0)["reason"] == wire.REMOVED


def key_of(house: House, seat: str, *scopes: Scope, days: int = 30) -> str:
    """A new access token of somebody."""
    with write():
        draft = tokens.TokenDraft("A program", scopes, now() + timedelta(days=days))
        return tokens.make(builders.actor(house.cast.person(seat)), draft, now())[1]


def come(house: House, key: str, *, cookie: str | None = None) -> Caller:
    """A program comes with a token and says no origin."""
    caller = house.call(cookie, None)
    caller.send(CONNECT, {"v": wire.PROTOCOL, "token": key})
    return caller


EVERYWHERE = Scope(Verb.LIVE, Place.EVERYTHING)


@one_database
def test_a_program_with_a_token_for_it_edits_live(house: House) -> None:
    caller = come(house, key_of(house, "member", EVERYWHERE))
    caller.until(lambda packet: packet["type"] == CONNECT)
    document = Document()
    joined = house.join(caller, document)
    assert joined["role"] == "editor"
    document.add_note(block="bmc-channels", author=house.cast.person("member").public_id,
                      text="By a program")
    caller.event("u", joined["room"], 1, document.state())
    caller.until(lambda packet: packet["data"][0] == "s"
                 and bool(wire.Frame.decode(packet["data"][1]).acks))
    assert [it.text for it in live.look(house.canvas, lambda board: board.read())] == [
        "By a program"
    ]


@one_database
@pytest.mark.parametrize("verb", [Verb.READ, Verb.WRITE, Verb.REVIEW])
def test_a_token_for_something_else_is_not_heard(house: House, verb: Verb) -> None:
    key = key_of(house, "lead", Scope(verb, Place.EVERYTHING))
    for sent in (key, key + "x", "", 5):
        caller = house.call(house.cookie("lead"), None)
        caller.send(CONNECT, {"v": wire.PROTOCOL, "token": sent})
        refused = caller.until(lambda packet: packet["type"] == ERROR)
        assert refused["data"]["message"] == "token"


@one_database
def test_a_token_in_the_address_opens_nothing(house: House) -> None:
    key = key_of(house, "lead", EVERYWHERE)
    path = f"/socket.io/?EIO=4&transport=websocket&token={key}"
    caller = Caller(WebSocket(house.port, path, {"Authorization": f"Bearer {key}"}))
    caller.socket.receive(5)
    caller.send(CONNECT, {"v": wire.PROTOCOL})
    refused = caller.until(lambda packet: packet["type"] == ERROR)
    assert refused["data"]["message"] == "origin"


@one_database
def test_a_token_for_another_place_finds_no_board(house: House) -> None:
    team = house.cast.team
    for place, opens in ((Scope(Verb.LIVE, Place.TEAM, house.cast.rival_team.id), False),
                         (Scope(Verb.LIVE, Place.PROGRAMME, team.edition.programme_id), True),
                         (Scope(Verb.LIVE, Place.TEAM, team.id), True)):
        caller = come(house, key_of(house, "lead", place, Scope(Verb.WRITE, Place.EVERYTHING)))
        caller.until(lambda packet: packet["type"] == CONNECT)
        asked = {"canvas": house.canvas.public_id, "vector": b"\x00", "row": 0, "client": 7}
        caller.event("join", asked)
        if opens:
            caller.told("joined")
        else:
            assert caller.told("nack")["code"] == wire.MISSING


@one_database
@pytest.mark.parametrize("end", ["revoked", "elsewhere", "over", "closed", "idle"])
def test_the_end_of_a_token_closes_its_lines_within_two_seconds(house: House, end: str) -> None:
    caller = come(house, key_of(house, "member", EVERYWHERE))
    caller.until(lambda packet: packet["type"] == CONNECT)
    if end != "idle":
        house.join(caller)
    with write():
        row = session().scalars(select(AccessToken)).one()
        if end in {"revoked", "idle"}:
            tokens.revoke(builders.actor(house.cast.person("member")), row, now())
        elif end == "elsewhere":  # as another worker does it: nothing is told here
            row.revoked_at = now()
        elif end == "over":
            row.expires_at = now()
        else:
            session().get_one(Person, row.person_id).active = False
    began = time.monotonic()
    assert caller.is_hung_up()
    assert time.monotonic() - began < 2.0
