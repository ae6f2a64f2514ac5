"""Whoever reads a file is on record, however she asks for it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import builders
from tests.cast import Cast
from tests.files import made
from workspace.accounts.models import Person
from workspace.files import actions as files
from workspace.foundation.db import session
from workspace.journal.models import JournalEntry

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize("part", ["bytes=1-", "bytes=-100", "bytes=0-0", "bytes=2-9"])
def test_a_part_of_a_file_is_recorded(
    app: Flask, cast: Cast, enter: Callable[[Person], FlaskClient], part: str
) -> None:
    with app.app_context():
        file = files.take_upload(
            builders.actor(cast.person("lead")), io.BytesIO(made.pdf()), "deck.pdf",
            ("team", cast.team.id), cast.team.id,
        )
        path = f"/files/{file.public_id}"

    def records() -> int:
        with app.app_context():
            return session().scalar(
                select(func.count()).where(JournalEntry.event == "file-opened")
            ) or 0

    before = records()
    answer = enter(cast.person("member")).get(path, headers={"Range": part})
    assert answer.status_code == 206
    assert records() == before + 1
