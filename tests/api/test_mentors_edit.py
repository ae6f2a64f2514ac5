"""Programs of mentors: invited to edit, suggesting a status; as the pages do it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from canvases.boards import live
from tests.api.test_write_things import step
from tests.canvases.pages import BLOCK, Desk, furnish
from tests.cast import Cast
from workspace.foundation.clock import today

Key = Callable[..., str]
Caller = Callable[[str], Callable[..., Any]]


@pytest.fixture
def desk(app: Flask, cast: Cast) -> Iterator[Desk]:
    """A canvas of the cast's team with one note of each tier."""
    with app.app_context():
        made = furnish(app, cast)
    yield made
    with app.app_context():
        live.rooms().stop(5)


def test_invited_edited_and_taken_back(desk: Desk, key: Key, caller: Caller) -> None:
    lead, mentor = caller(key("lead")), caller(key("mentor"))
    door, notes = f"/canvases/{desk.public_id}/editors", f"/canvases/{desk.public_id}/notes"
    sent = {"person": desk.cast.person("mentor").public_id,
            "last_day": str(today("Europe/Rome") + timedelta(days=7))}
    assert caller(key("member"))("POST", door, json=sent).status_code == 403
    assert mentor("POST", notes, json={"block": BLOCK, "text": "Early"}).status_code == 403
    for wrong, field in (({"person": desk.cast.person("pi").public_id}, "person"),
                         ({"last_day": "2020-01-01"}, "last_day"), ({"last_day": "x"}, "last_day")):
        answer = lead("POST", door, json=sent | wrong)
        assert (answer.status_code, answer.json["field"]) == (422, field)
    once = {"Idempotency-Key": "hanna"}
    made = lead("POST", door, json=sent, headers=once)
    assert made.status_code == 201, made.json
    assert lead("POST", door, json=sent, headers=once).json == made.json
    one = f"{door}/{made.json['id']}"
    assert lead("POST", f"{one}/acceptance", headers={"If-Match": "x"}).status_code == 403
    assert mentor("POST", f"{one}/acceptance").status_code == 428
    assert step(mentor, one, "POST", f"{one}/acceptance").json["state"] == "editing"
    assert [it["state"] for it in lead("GET", door).json["items"]] == ["editing"]
    assert mentor("GET", door).status_code == 403

    note = mentor("POST", notes, json={"block": BLOCK, "text": "By a program"})
    assert note.status_code == 201 and note.json["tier"] == "mentors"
    assert "By a program" in desk.texts()
    seen, hidden = (f"{notes}/{desk.ids[it]}" for it in ("sponsor", "team"))
    assert step(mentor, seen, "PATCH", seen, json={"status": "testing"}).json["tier"] == "sponsor"
    tier = step(mentor, seen, "PATCH", seen, json={"tier": "public"})
    assert (tier.status_code, tier.json["field"]) == (422, "tier")
    mark = {"If-Match": mentor("GET", seen).headers["ETag"]}
    assert mentor("PATCH", hidden, json={"text": "x"}, headers=mark).status_code == 404
    assert step(mentor, seen, "DELETE", seen).status_code == 403
    own = f"{notes}/{note.json['id']}"
    assert step(mentor, own, "DELETE", own).status_code == 204

    assert step(lead, one, "POST", f"{one}/end").json["state"] == "ended"
    assert mentor("POST", notes, json={"block": BLOCK, "text": "Late"}).status_code == 403
    assert mentor("GET", seen).status_code == 200


def test_a_status_is_suggested_and_answered(desk: Desk, key: Key, caller: Caller) -> None:
    lead, mentor = caller(key("lead")), caller(key("mentor"))
    canvas, note = f"/canvases/{desk.public_id}", desk.ids["mentors"]
    door, sent = f"{canvas}/notes/{note}/suggestions", {"status": "supported", "reason": "Seen"}
    assert lead("POST", door, json=sent).status_code == 403
    hidden = f"{canvas}/notes/{desk.ids['team']}/suggestions"
    assert mentor("POST", hidden, json=sent).status_code == 404
    for wrong, field in (({"status": "grand"}, "status"), ({"status": "untested"}, "status"),
                         ({"reason": " "}, "reason")):
        answer = mentor("POST", door, json=sent | wrong)
        assert (answer.status_code, answer.json["field"]) == (422, field)
    made = mentor("POST", door, json=sent)
    assert made.status_code == 201, made.json
    one = f"{canvas}/suggestions/{made.json['id']}"
    assert step(mentor, one, "POST", f"{one}/acceptance").status_code == 403
    told = step(lead, one, "POST", f"{one}/acceptance")
    assert told.json["state"] == "accepted" and told.json["answered_at"] is not None
    assert mentor("GET", f"{canvas}/notes/{note}").json["status"] == "supported"
    assert step(lead, one, "POST", f"{one}/undo").json["state"] == "open"
    assert mentor("GET", f"{canvas}/notes/{note}").json["status"] == "untested"
    assert step(lead, one, "POST", f"{one}/refusal").json["state"] == "declined"
    assert step(mentor, one, "POST", f"{one}/withdrawal").status_code == 409
    rows = caller(key("pi"))("GET", f"{canvas}/suggestions").json["items"]
    assert [it["state"] for it in rows] == ["declined"]
    assert caller(key("rival"))("GET", f"{canvas}/suggestions").status_code == 404
