"""A house with a door at which files can be left."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, request
from flask.typing import ResponseReturnValue

from tests.cast import Cast
from workspace.app import create_app
from workspace.files import actions
from workspace.files.models import File
from workspace.foundation.access import Actor
from workspace.foundation.features import Feature
from workspace.foundation.settings import Settings
from workspace.foundation.web import Doors
from workspace.teams.models import Team
from wsgi import WINGS

TAKE = Callable[..., File]


def _door() -> Doors:
    doors = Doors("drop", prefix="/drop")

    @doors.page("/<team>", verb="view", things={"team": Team}, methods=["POST"], writes=None,
                upload=True)
    def drop(actor: Actor, team: Team) -> ResponseReturnValue:
        sent = request.files["file"]
        file = actions.take_upload(
            actor, sent.stream, sent.filename or "", ("team", team.id), team.id  # type: ignore[arg-type]
        )
        return file.public_id, 201

    return doors


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    made = create_app(settings, (*WINGS, Feature(name="drop", doors=[_door()])))
    yield made
    made.extensions["innocore.database"].close()


@pytest.fixture
def take(app: Flask, cast: Cast) -> TAKE:
    """`take(data, name, seat="lead")`: the file that the seat left for her team."""

    def leave(data: bytes, name: str, seat: str = "lead") -> File:
        with app.app_context():
            return actions.take_upload(
                cast.actor(seat), io.BytesIO(data), name, ("team", cast.team.id), cast.team.id
            )

    return leave
