"""Fixtures of the canvases' pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from canvases.boards import live
from tests.canvases.pages import Desk, furnish
from tests.cast import Cast


@pytest.fixture
def desk(app: Flask, cast: Cast) -> Iterator[Desk]:
    """A canvas of the cast's team with one note of each tier."""
    with app.app_context():
        made = furnish(app, cast)
    yield made
    with app.app_context():
        live.rooms().stop(5)
