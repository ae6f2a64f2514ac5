"""No measured page asks the database more than it may, whoever looks and however much there is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from benchmarks import _crowd
from benchmarks.pages import browser, visits
from tests import servers
from tests.questions import MOST, counted
from workspace.accounts.models import Person
from workspace.demo import serving
from workspace.foundation.db import session
from workspace.foundation.settings import Settings
from workspace.foundation.unit import write
from workspace.grants.models import Grant
from workspace.teams.models import Team

Enter = Callable[[Person], FlaskClient]
OTHERS = (
    ("officer", "team home"), ("officer", "challenges"), ("officer", "inbox"),
    ("sponsor", "challenge"), ("programme-lead", "challenge"), ("programme-lead", "team home"),
)
"""Pages that are measured with one pair of eyes, and whose they are besides."""
OF_THE_STORY = 8
"""Teams of the demonstration."""


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    """Settings under which the story can be told."""
    return Settings(
        environment="development", demo=True, data_dir=str(tmp_path / "data"), mail="file",
        database_url=database, secret_key=servers.SECRET, jobs_in_process=False,
    )


def people_of(app: Flask) -> list[tuple[str, Person, str]]:
    """What to call the look, who looks, and where: each role in each team at its first page."""
    with app.app_context():
        rows = session().execute(
            select(Team, Grant.role, Person)
            .join(Grant, (Grant.scope_kind == "team") & (Grant.scope_id == Team.id))
            .join(Person, Person.id == Grant.person_id)
            .where(Team.id <= OF_THE_STORY, Grant.ends_at.is_(None))
            .order_by(Team.id, Grant.id)
        ).all()
    found = {(team.id, role): (f"{team.name}, {role}", person, f"/teams/{team.public_id}")
             for team, role, person in rows}
    return list(found.values())


def too_many(app: Flask, enter: Enter) -> dict[str, int]:
    """Looks that ask more than they may, with how often they ask."""
    looks = [(name, browser(app, who), path) for name, (who, path) in visits(app).items()]
    looks += [(f"{who} at {name}", browser(app, who), visits(app)[name][1]) for who, name in OTHERS]
    looks += [(name, enter(person), path) for name, person, path in people_of(app)]
    found = {}
    for name, client, path in looks:
        client.get(path)
        with counted(app) as asked:
            answer = client.get(path)
        assert answer.status_code == 200, name
        if len(asked) > MOST:
            found[name] = len(asked)
    assert len(looks) > 2 * OF_THE_STORY
    return found


def test_no_page_asks_more_than_it_may(app: Flask, enter: Enter) -> None:
    serving.tell(app)
    assert too_many(app, enter) == {}
    with app.app_context(), write():
        _crowd.fill(programmes=2, teams=30, notes=300)
    assert too_many(app, enter) == {}
