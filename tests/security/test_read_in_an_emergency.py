"""Whoever reads through broken glass is written down, by whatever door she comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from canvases.boards import actions as boards
from tests import builders
from tests.cast import Cast
from transfer.checklists import actions as checklists
from transfer.checklists import definitions
from workspace.accounts.models import Person
from workspace.administration import actions as desk
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.journal.models import JournalEntry
from workspace.tokens import actions as tokens
from workspace.tokens.rules import Place, Scope, Verb

Enter = Callable[[Person], FlaskClient]
REASON = "The lead lost her account and the demo is tonight."
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def told(app: Flask) -> list[str]:
    """The doors in the team's record, in the order in which they were opened."""
    with app.app_context():
        rows = session().scalars(
            select(JournalEntry).where(JournalEntry.event == "read-in-emergency")
            .order_by(JournalEntry.id)
        )
        return [it.detail["door"] for it in rows]


def open_glass(app: Flask, cast: Cast) -> None:
    with app.app_context(), write():
        desk.break_glass(
            builders.actor(cast.person("administrator")), cast.team.public_id, REASON, now()
        )


def test_a_program_is_written_down_as_a_page_is(app: Flask, cast: Cast) -> None:
    with app.app_context(), write():
        canvas = boards.make_canvas(
            builders.actor(cast.person("lead")), cast.team, "business-model-canvas", "Ours", now()
        ).public_id
        _row, key = tokens.make(
            builders.actor(cast.person("administrator")),
            tokens.TokenDraft("A program", (Scope(Verb.READ, Place.EVERYTHING),),
                              now() + timedelta(days=1), strong=True),
            now(),
        )
    open_glass(app, cast)
    program = app.test_client()
    answer = program.get(
        f"/api/v1/canvases/{canvas}/notes", headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.status_code == 200
    assert told(app) == ["api_canvases.notes"]


def test_a_thing_below_a_checklist_is_the_team_s(app: Flask, cast: Cast, enter: Enter) -> None:
    with app.app_context(), write():
        checklist = checklists.start(
            builders.actor(cast.person("lead")),
            definitions.built_in().checklist("invention-disclosure"), now(), team=cast.team,
        )
        address = f"/checklist-items/{checklist.items[0].public_id}"
    open_glass(app, cast)
    assert enter(cast.person("administrator")).get(address).status_code == 200
    assert told(app) == ["checklists.item"]


def test_a_search_finds_the_team_s_words_and_says_so(app: Flask, cast: Cast, enter: Enter) -> None:
    open_glass(app, cast)
    client = enter(cast.person("administrator"))
    assert client.get("/search?q=glucose").status_code == 200
    assert client.get("/search/palette?q=glucose").status_code == 200
    assert told(app) == ["search.index", "search.palette"]


def test_nothing_is_written_down_without_broken_glass(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    enter(cast.person("administrator")).get("/search?q=glucose")
    assert enter(cast.person("lead")).get(f"/teams/{cast.team.public_id}").status_code == 200
    assert told(app) == []
