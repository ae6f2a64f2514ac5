"""The planted world: made once, and every test that asks for it has a copy of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.leaks.planting import settle
from tests.leaks.world import Planted
from workspace.foundation import mail


@pytest.fixture
def planted(request: pytest.FixtureRequest, database: str, app: Flask) -> Iterator[Planted]:
    """Both teams have done everything; no context is open.

    The fixture `database` has put the rows and the files there.
    """
    kind = "postgres" if database.startswith("postgresql") else "sqlite"
    world, letters = request.getfixturevalue(f"{kind}_databases").told("planted")
    with app.app_context():
        mail.sent().extend(letters)
    yield world
    settle(app)
