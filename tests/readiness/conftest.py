"""Fixtures of readiness."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import Cast
from tests.submissions.desk import Browser, Desk


@pytest.fixture
def desk(context: Flask, cast: Cast) -> Desk:
    """The cast's team; the application's context is open."""
    context.test_client_class = Browser
    return Desk(context, cast, "")
