"""The stage as a fixture."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import servers
from tests.journeys.staging import Stage, Visit


@pytest.fixture
def stage(live_app: Flask, live_server: servers.Server, visit: Visit) -> Stage:
    """The house of one journey."""
    return Stage(live_app, live_server, visit)
