"""Deeds that the record once did not hear of: exports, every refused upload, until when."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import builders
from tests.cast import Cast
from tests.reviews.panels import scene
from workspace.accounts.models import Person
from workspace.files.actions import received
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.grants.rules import Role
from workspace.journal.checking import verify
from workspace.journal.models import JournalEntry

Enter = Callable[[Person], FlaskClient]
BROKEN = b"MZ this is no picture"


def details(event: str) -> list[dict[str, Any]]:
    return list(session().scalars(
        select(JournalEntry.detail).where(JournalEntry.event == event).order_by(JournalEntry.id)
    ))


def test_a_canvas_on_paper_is_an_export(app: Flask, cast: Cast, enter: Enter) -> None:
    from canvases.boards import actions

    with app.test_request_context():
        with write():
            canvas = actions.make_canvas(
                cast.actor("lead"), cast.team, "business-model-canvas", "A title", now())
        number, address = canvas.id, f"/canvases/{canvas.public_id}/export"
    client = enter(cast.person("pi"))
    assert client.get(f"{address}?format=svg").status_code == 200
    assert client.get(f"{address}?format=exe").status_code == 400
    with app.app_context():
        assert details("canvas-exported") == [
            {"team_id": cast.team.id, "canvas_id": number, "format": "svg"},
        ]


def test_a_refused_file_is_told_whoever_receives_it(context: Flask, cast: Cast) -> None:
    with (
        pytest.raises(Refused),
        received(cast.actor("lead"), io.BytesIO(BROKEN), "secret name.png", cast.team.id),
    ):
        pass
    (line,) = details("upload-refused")
    assert line["team_id"] == cast.team.id
    assert "secret" not in str(line)


def test_what_is_refused_after_the_check_is_no_refused_file(context: Flask, cast: Cast) -> None:
    from tests.files import made

    for code, told in (("refused", 0), ("quota", 1)):
        with (
            pytest.raises(Refused),
            received(cast.actor("lead"), io.BytesIO(made.image()), "x.png", cast.team.id),
        ):
            raise Refused("No.", code=code)
        assert len(details("upload-refused")) == told


def test_a_grant_says_until_when(context: Flask, cast: Cast) -> None:
    end = now() + timedelta(days=3)
    person = cast.person("stranger")
    with write():
        grants.give(builders.actor(cast.person("lead")), person.id, Role.MENTOR, "team",
                    cast.team.id, now(), basis="assignment", until=end)
    line = next(it for it in details("grant-given") if it["person_id"] == person.id)
    assert line["until"] == end.isoformat()
    assert verify() == []


def test_what_others_open_is_told_once_and_what_the_team_opens_is_not(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    from canvases.boards import actions, versions

    with app.test_request_context():
        with write():
            canvas = actions.make_canvas(
                cast.actor("lead"), cast.team, "business-model-canvas", "A title", now())
        kept = versions.name_version(cast.actor("lead"), canvas, "First")
        here = f"/canvases/{canvas.public_id}"
        names = canvas.public_id, kept.public_id
    for seat in ("lead", "member"):
        assert enter(cast.person(seat)).get(here).status_code == 200
    assert enter(cast.person("stranger")).get(here).status_code == 404
    with app.app_context():
        assert details("confidential-opened") == []
    mentor = enter(cast.person("mentor"))
    for path in (here, f"{here}/list", here, f"{here}/versions/{names[1]}", f"{here}/history"):
        assert mentor.get(path).status_code == 200
    assert enter(cast.person("officer")).get(here).status_code == 200
    with app.app_context():
        assert [(it["kind"], it["thing"]) for it in details("confidential-opened")] == [
            ("canvas", names[0]), ("canvas_version", names[1]), ("canvas", names[0]),
        ]
        assert "A title" not in str(details("confidential-opened"))
        assert verify() == []


def test_a_review_that_is_opened_is_told(app: Flask, cast: Cast, enter: Enter) -> None:
    with app.app_context():
        made = scene(cast)
        first = made.begun()[0]
        review, reviewer = first.public_id, first.reviewer
        submission = made.panel.submission.public_id
    window = enter(reviewer)
    for path in (f"/reviews/{review}", f"/submissions/{submission}"):
        assert window.get(path).status_code == 200
    with app.app_context():
        assert [(it["kind"], it["thing"]) for it in details("confidential-opened")] == [
            ("review", review), ("submission", submission),
        ]
