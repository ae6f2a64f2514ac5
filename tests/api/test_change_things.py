"""Changes: marks, keys of creation, strict bodies, notes through the room."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.cast import Cast
from workspace.challenges.models import Question
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.replays import LEASE, UNDER_WAY, Replay
from workspace.foundation.unit import write

Key = Callable[..., str]
Caller = Callable[[str], Callable[..., Any]]


def test_a_change_needs_the_mark_of_what_was_seen(cast: Cast, key: Key, caller: Caller) -> None:
    call, path = caller(key("lead")), f"/teams/{cast.team.public_id}"
    mark = call("GET", path).headers["ETag"]
    assert call("PATCH", path, json={"pitch": "One"}).status_code == 428
    blind = call("PATCH", path, json={"pitch": "One"}, headers={"If-Match": "*"})
    assert blind.status_code == 428  # whatever there is, nobody has seen it
    first = call("PATCH", path, json={"pitch": "One"}, headers={"If-Match": mark})
    assert first.status_code == 200
    assert first.json["pitch"] == "One"
    late = call("PATCH", path, json={"pitch": "Two"}, headers={"If-Match": mark})
    assert late.status_code == 412
    assert call("GET", path).headers["ETag"] == first.headers["ETag"]
    same = call("GET", path, headers={"If-None-Match": first.headers["ETag"]})
    assert same.status_code == 304


def test_a_creation_under_one_key_is_done_once(app: Flask, cast: Cast, key: Key,
                                               caller: Caller) -> None:
    call, path = caller(key("lead")), f"/challenges/{cast.challenge.public_id}/questions"
    once = {"Idempotency-Key": "first"}
    one = call("POST", path, json={"text": "For homes?"}, headers=once)
    again = call("POST", path, json={"text": "For homes?"}, headers=once)
    assert one.status_code == again.status_code == 201
    assert one.json == again.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert call("POST", path, json={"text": "Other"}, headers=once).status_code == 409
    with app.app_context():
        assert session().scalar(select(func.count()).select_from(Question)) == 1


@pytest.mark.parametrize(("body", "status"), [
    (b'{"text": "a", "text": "b"}', 400), (b'{"text": NaN}', 400), (b'{"text": "\\u0000"}', 400),
    (b'{"text": "\\ud800"}', 400), (b"[" * 40 + b"]" * 40, 400), (b"\xff", 400), (b"", 400),
    (b'{"text": 1e999}', 400), (b'{"text": 5}', 422), (b'{"else": "a"}', 422), (b"[]", 422),
    (b'{"text": "' + b"x" * 1_100_000 + b'"}', 413),
])
def test_bodies_are_read_strictly(cast: Cast, key: Key, caller: Caller, body: bytes,
                                  status: int) -> None:
    path = f"/challenges/{cast.challenge.public_id}/questions"
    answer = caller(key("lead"))("POST", path, data=body, content_type="application/json")
    assert answer.status_code == status
    assert {"error", "message", "request_id"} <= set(answer.json)


def test_a_body_that_is_not_json_is_named(cast: Cast, key: Key, caller: Caller) -> None:
    path = f"/challenges/{cast.challenge.public_id}/questions"
    assert caller(key("lead"))("POST", path, data={"text": "a"}).status_code == 415


def test_notes_join_the_room(cast: Cast, key: Key, caller: Caller) -> None:
    call = caller(key("lead"))
    made = call("POST", f"/teams/{cast.team.public_id}/canvases",
                json={"template": "business-model-canvas", "title": "Ours"})
    assert made.status_code == 201, made.json
    notes = f"/canvases/{made.json['id']}/notes"
    note = call("POST", notes, json={"block": "bmc-customer-segments", "text": "Nurses"},
                headers={"Idempotency-Key": "note"})
    assert note.status_code == 201, note.json
    again = call("POST", notes, json={"block": "bmc-customer-segments", "text": "Nurses"},
                 headers={"Idempotency-Key": "note"})
    assert again.json == note.json
    path = f"{notes}/{note.json['id']}"
    mark = call("GET", path).headers["ETag"]
    changed = call("PATCH", path, json={"text": "Stoma nurses", "status": "supported"},
                   headers={"If-Match": mark})
    assert changed.status_code == 200, changed.json
    assert changed.json["text"] == "Stoma nurses"
    assert call("DELETE", path, headers={"If-Match": mark}).status_code == 412
    mark = call("GET", path).headers["ETag"]
    assert call("DELETE", path, headers={"If-Match": mark}).status_code == 204
    assert call("GET", notes).json == {"items": [], "next": None}


def test_a_stranger_gets_the_answer_of_nothing(cast: Cast, key: Key, caller: Caller) -> None:
    call = caller(key("rival"))
    hidden, absent = (call("GET", f"/teams/{it}") for it in (cast.team.public_id, "A" * 22))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json["message"] == absent.json["message"]


def test_lists_come_in_pages(cast: Cast, key: Key, caller: Caller) -> None:
    call = caller(key("programme_lead"))
    first = call("GET", "/teams?limit=1").json
    second = call("GET", f"/teams?limit=1&after={first['next']}").json
    assert second["next"] is None
    assert {first["items"][0]["id"], second["items"][0]["id"]} == {
        cast.team.public_id, cast.rival_team.public_id
    }
    assert call("GET", "/teams?limit=101").json["field"] == "limit"
    assert call("GET", "/teams?after=nothing").status_code == 422


def test_the_rate_is_told_and_held(key: Key, caller: Caller) -> None:
    call = caller(key("stranger"))
    assert call("GET", "/programmes").headers["RateLimit"].startswith('"api";r=599;')
    for _number in range(599):
        call("GET", "/programmes?limit=0")
    answer = call("GET", "/programmes")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_a_file_goes_up_and_comes_down_in_the_sandbox(cast: Cast, key: Key,
                                                      caller: Caller) -> None:
    call, path = caller(key("lead")), f"/teams/{cast.team.public_id}/files"
    assert call("POST", path).json["field"] == "file"
    made = call("POST", path, data={"file": (BytesIO(b"name,age\nA,3\n"), "people.csv")})
    assert made.status_code == 201, made.json
    assert [it["id"] for it in call("GET", path).json["items"]] == [made.json["id"]]
    got = call("GET", f"/files/{made.json['id']}/content")
    assert got.data == b"name,age\nA,3\n"
    assert got.headers["Content-Security-Policy"].startswith("sandbox")
    assert caller(key("rival"))("GET", f"/files/{made.json['id']}").status_code == 404


def died(app: Flask, cast: Cast, seat: str = "lead") -> None:
    """The request under the last key never ended: its process was killed, a minute ago."""
    with app.app_context(), write():
        held = session().scalars(
            select(Replay).where(Replay.person_id == cast.people[seat].id).order_by(Replay.id)
        ).all()[-1]
        held.status, held.answer = UNDER_WAY, {}
        held.at = now() - LEASE


def test_work_that_died_half_way_is_done_once(app: Flask, cast: Cast, key: Key,
                                              caller: Caller) -> None:
    call = caller(key("lead"))
    team = f"/teams/{cast.team.public_id}"
    canvas = call("POST", f"{team}/canvases", json={"template": "business-model-canvas"}).json
    one = f"/canvases/{canvas['id']}"
    version = call("POST", f"{one}/versions", json={"name": "First"}).json
    back = f"{one}/versions/{version['id']}/restoration"
    for number, (path, listed, sent) in enumerate((
        (f"{one}/notes", f"{one}/notes",
         {"json": {"block": "bmc-customer-segments", "text": "Nurses"}}),
        (f"{one}/versions", f"{one}/versions", {"json": {"name": "Second"}}),
        (back, f"{one}/versions", {}),
        (f"{team}/files", f"{team}/files", {"data": b"name\nA\n"}),
    )):
        once = {"Idempotency-Key": f"key-{number}"}

        def ask(path: str = path, once: dict[str, str] = once, sent: Any = sent) -> Any:
            body = dict(sent)
            if "data" in body:
                body = {"data": {"file": (BytesIO(body["data"]), "people.csv")}}
            return call("POST", path, headers=once, **body)

        first = ask()
        assert first.status_code == 201, first.json
        died(app, cast)
        count = len(call("GET", listed).json["items"])
        again = ask()
        assert again.status_code == 201, again.json
        assert again.json == first.json
        assert "Idempotent-Replayed" not in again.headers
        assert len(call("GET", listed).json["items"]) == count, path
        assert ask().headers["Idempotent-Replayed"] == "true"


def test_work_that_is_still_under_way_is_not_done_again(app: Flask, cast: Cast, key: Key,
                                                        caller: Caller) -> None:
    call, path = caller(key("lead")), f"/challenges/{cast.challenge.public_id}/questions"
    once = {"Idempotency-Key": "slow"}
    call("POST", path, json={"text": "For homes?"}, headers=once)
    died(app, cast)
    with app.app_context(), write():
        session().scalars(select(Replay)).one().at = now()
    assert call("POST", path, json={"text": "For homes?"}, headers=once).status_code == 409


def test_no_row_comes_twice_when_somebody_adds_one_between_two_pages(
    cast: Cast, key: Key, caller: Caller
) -> None:
    call = caller(key("lead"))
    canvas = call("POST", f"/teams/{cast.team.public_id}/canvases",
                  json={"template": "business-model-canvas"}).json
    notes = f"/canvases/{canvas['id']}/notes"

    def put(block: str, text: str) -> str:
        made = call("POST", notes, json={"block": block, "text": text})
        assert made.status_code == 201, made.json
        return str(made.json["id"])

    ids = [put("bmc-customer-segments", f"Note {number}") for number in range(4)]
    first = call("GET", f"{notes}?limit=2").json
    last = f"{notes}/{first['items'][1]['id']}"
    gone = call("DELETE", last, headers={"If-Match": call("GET", last).headers["ETag"]})
    assert gone.status_code == 204
    more = put("bmc-customer-segments", "Later")
    second = call("GET", f"{notes}?limit=2&after={first['next']}").json
    third = call("GET", f"{notes}?limit=2&after={second['next']}").json
    seen = [it["id"] for page in (first, second, third) for it in page["items"]]
    assert seen == [*ids, more]
    assert third["next"] is None
    for wrong in ("1", "W10", "WzFd", "e30", "x" * 2000, "WyJhIiwiYiIsImMiXQ"):
        assert call("GET", f"{notes}?after={wrong}").status_code in (200, 422)
    assert call("GET", f"{notes}?after=W1tdXQ").json["field"] == "after"


def test_notices_come_in_pages(app: Flask, cast: Cast, key: Key, caller: Caller) -> None:
    call = caller(key("sponsor"))
    for number in range(3):
        caller(key("lead"))("POST", f"/challenges/{cast.challenge.public_id}/questions",
                            json={"text": f"Question {number}?"})
    whole = [it["id"] for it in call("GET", "/account/notices").json["items"]]
    assert len(whole) >= 2
    seen, after = [], ""
    while after is not None:
        page = call("GET", f"/account/notices?limit=1{after and '&after=' + after}").json
        seen += [it["id"] for it in page["items"]]
        after = page["next"]
    assert seen == whole
    assert caller(key("lead"))("GET", f"/account/notices?after={whole[0]}").status_code == 422
