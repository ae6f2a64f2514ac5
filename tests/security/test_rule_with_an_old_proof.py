"""What an administrator cannot take back asks her first who she is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.accounts.pages import send
from tests.accounts.test_fresh_proof import grow_old
from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.administration.models import GlassBroken
from workspace.administration.queries import administrators
from workspace.foundation.clock import now
from workspace.foundation.db import session

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
REASON = "The lead lost her account and the demo is tonight."


def test_an_unwatched_desk_names_nobody_and_opens_nothing(
    app: Flask, cast: Cast, enter: Callable[[Person], FlaskClient]
) -> None:
    admin = enter(cast.person("administrator"))
    grow_old(app)
    roles = "/administration/roles"
    asked = [
        send(admin, roles, email=cast.email("stranger")),
        send(admin, "/administration/break-glass", team=cast.team.public_id, reason=REASON),
        send(admin, f"/administration/administrators/{cast.person('administrator').public_id}/end",
             on=roles),
        send(admin, "/administration/audit/export", on="/administration/audit"),
    ]
    assert [it.status_code for it in asked] == [403] * 4
    assert all("Confirm it is you" in it.text for it in asked)
    with app.app_context():
        assert session().scalar(select(func.count()).select_from(GlassBroken)) == 0
        assert [it.id for it in administrators(now())] == [cast.person("administrator").id]
