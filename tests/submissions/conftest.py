"""Fixtures of submissions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.cast import Cast
from tests.submissions.desk import Desk, clear, lay


@pytest.fixture
def desk(context: Flask, cast: Cast) -> Iterator[Desk]:
    """A team that can hand in; the application's context is open."""
    yield lay(context, cast)
    clear()
