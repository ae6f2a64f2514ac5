"""The planted world, once for each test that asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.cast import Cast
from tests.leaks.keys import plant_tokens
from tests.leaks.planting import plant, settle
from tests.leaks.world import Planted


@pytest.fixture
def planted(app: Flask, cast: Cast) -> Iterator[Planted]:
    """Both teams have done everything; no context is open."""
    with app.test_request_context():
        world = plant(app, cast)
        plant_tokens(world)
    yield world
    settle(app)
