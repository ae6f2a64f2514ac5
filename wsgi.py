"""The roof: names the wings, builds the application, hands it to the server."""

from __future__ import annotations

from flask import Flask

from canvases.feature import FEATURES as CANVASES
from mentors.feature import FEATURES as MENTORS
from sponsors.feature import FEATURES as SPONSORS
from transfer.feature import FEATURES as TRANSFER
from workspace import app as factory
from workspace.demo.feature import FEATURE as DEMO
from workspace.foundation.settings import Settings

WINGS = (*CANVASES, *MENTORS, *TRANSFER, *SPONSORS, DEMO)


def create_app(settings: Settings | None = None) -> Flask:
    """The application with every wing; settings come from the environment unless given."""
    return factory.create_app(settings or Settings.from_environment(), WINGS)
