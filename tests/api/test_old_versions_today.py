"""Old versions are read with the right of today: a note that was narrowed since is not in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from canvases.boards import actions as boards
from canvases.boards import edits, outside, queries, versions
from canvases.boards.edits import NoteDraft, mark_of
from canvases.boards.models import Canvas
from tests import builders
from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WORDS = "Narwhal gel before filing"


def narrow(cast: Cast, canvas: Canvas, note: str, tier: str) -> None:
    edits.change_note(builders.actor(cast.person("lead")), canvas, note, NoteDraft(
        WORDS, "untested", tier, 3, "bmc-channels", was=mark_of(WORDS)
    ))
    session().commit()


def test_a_note_that_was_narrowed_is_not_read_in_an_old_version(
    app: Flask, cast: Cast, enter: Callable[[Person], FlaskClient], key: Any, caller: Any
) -> None:
    with app.app_context():
        lead = builders.actor(cast.person("lead"))
        with write():
            canvas = boards.make_canvas(lead, cast.team, "business-model-canvas", "Ours", now())
        note = edits.add_note(lead, canvas, "bmc-channels", WORDS)
        narrow(cast, canvas, note, "public")
        kept = versions.name_version(lead, canvas, "Before").public_id
        session().commit()
        address = f"/canvases/{canvas.public_id}/versions/{kept}"
    mentor, asks = enter(cast.person("mentor")), caller(key("mentor"))
    assert WORDS in mentor.get(address).text
    with app.app_context():
        canvas = session().merge(canvas)
        narrow(cast, canvas, note, "team")
    assert WORDS not in mentor.get(address).text
    assert WORDS not in asks("GET", f"{address}/notes").text
    assert WORDS in enter(cast.person("lead")).get(address).text
    with app.app_context():
        team = session().merge(cast.team)
        for tier in ("public", "sponsor"):
            data, _sum = outside.freeze(builders.actor(cast.person("lead")), team, kept, tier)
            assert WORDS not in str(data)


def test_a_note_that_was_taken_off_is_not_read_in_an_old_version(
    app: Flask, cast: Cast, enter: Callable[[Person], FlaskClient]
) -> None:
    with app.app_context():
        lead = builders.actor(cast.person("lead"))
        with write():
            canvas = boards.make_canvas(lead, cast.team, "business-model-canvas", "Ours", now())
        note = edits.add_note(lead, canvas, "bmc-channels", WORDS)
        narrow(cast, canvas, note, "public")
        kept = versions.name_version(lead, canvas, "Before").public_id
        session().commit()
        edits.remove_note(lead, canvas, note)
        session().commit()
        address = f"/canvases/{canvas.public_id}/versions/{kept}"
    assert WORDS not in enter(cast.person("mentor")).get(address).text
    assert WORDS in enter(cast.person("lead")).get(address).text


def test_bringing_a_version_back_widens_no_circle(app: Flask, cast: Cast) -> None:
    with app.app_context():
        lead = builders.actor(cast.person("lead"))
        with write():
            canvas = boards.make_canvas(lead, cast.team, "business-model-canvas", "Ours", now())
        note = edits.add_note(lead, canvas, "bmc-channels", WORDS)
        wide = edits.add_note(lead, canvas, "bmc-channels", "For everybody")
        narrow(cast, canvas, note, "public")
        kept = versions.name_version(lead, canvas, "Before")
        session().commit()
        narrow(cast, canvas, note, "team")
        edits.change_note(lead, canvas, wide, NoteDraft(None, None, "sponsor", None, None))
        edits.set_status(lead, canvas, note, "refuted")
        session().commit()
        versions.restore(lead, session().merge(kept))
        lines = {it.id: it for it in queries.notes_of(lead, canvas)}
        assert (lines[note].tier, lines[note].status) == ("team", "untested")
        assert lines[wide].tier == "team"
