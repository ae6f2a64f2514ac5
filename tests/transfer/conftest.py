"""Fixtures of checklists."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import Cast
from tests.transfer.desk import Desk, lay


@pytest.fixture
def desk(context: Flask, cast: Cast) -> Desk:
    """A team that can work through checklists; the application's context is open."""
    return lay(context, cast)
