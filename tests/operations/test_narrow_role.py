"""The role that serves on PostgreSQL, as the guide grants it: it adds to the record and changes
nothing that is in it."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import create_engine, delete, exc, make_url, text, update

from tests.cast import Cast
from tests.house.tree import ROOT
from tests.journal.conftest import happen
from workspace.foundation import jobs
from workspace.foundation.db import session
from workspace.foundation.settings import Settings
from workspace.foundation.unit import write
from workspace.journal import statements
from workspace.journal.checking import check
from workspace.journal.models import JournalEntry, RecordStatement
from wsgi import create_app

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
ROLE = "innocore_server"
"""As the guide calls it; here it gets a name of its own, since roles are the whole server's."""


def statements_of_the_guide() -> list[str]:
    """The SQL that the guide tells operators to run."""
    page = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    return re.findall(rf"^(?:GRANT|REVOKE) [^;]+ {ROLE};$", page, re.M)


@pytest.fixture
def narrow(settings: Settings) -> Iterator[Flask]:
    """The application, connected as somebody who owns nothing."""
    role = f"{ROLE}_{uuid.uuid4().hex}"
    owner = create_engine(make_url(settings.database))
    with owner.begin() as line:
        line.execute(text(f"CREATE ROLE {role} LOGIN PASSWORD 'only-for-tests'"))
        line.execute(text("REVOKE CREATE ON SCHEMA public FROM public"))
        for statement in statements_of_the_guide():
            line.execute(text(statement.replace(ROLE, role)))
    url = make_url(settings.database).set(username=role, password="only-for-tests")
    app = create_app(replace(settings, database_url=url.render_as_string(hide_password=False)))
    yield app
    app.extensions["innocore.database"].close()
    with owner.begin() as line:
        line.execute(text(f"DROP OWNED BY {role}"))
        line.execute(text(f"DROP ROLE {role}"))
    owner.dispose()


def test_it_adds_lines_and_signs_them(narrow: Flask, cast: Cast) -> None:
    assert len(statements_of_the_guide()) == 3
    with narrow.app_context():
        happen(cast)
        statements.sign_daily()
        assert check().faults == []


@pytest.mark.parametrize("change", [
    update(JournalEntry).values(event="nothing"), delete(JournalEntry),
    update(RecordStatement).values(number=7), delete(RecordStatement),
])  # fmt: skip
def test_it_changes_no_line(narrow: Flask, cast: Cast, change: object) -> None:
    with narrow.app_context(), pytest.raises(exc.ProgrammingError, match="permission denied"):
        session().execute(change)  # type: ignore[call-overload]


def test_it_wakes_workers_without_the_right_to_make_tables(narrow: Flask) -> None:
    given: list[int] = []
    enough = threading.Event()

    def note(payload: dict[str, int]) -> None:
        given.append(payload["n"])
        enough.set()

    jobs.register(narrow, "note", note)
    crew = jobs.Crew(narrow, replace(narrow.config["INNOCORE"], jobs_store="postgresql"))
    narrow.extensions["innocore.crew"] = crew
    crew.start()
    try:
        with narrow.app_context(), write():
            jobs.later("note", {"n": 1})
        assert enough.wait(20)
        assert given == [1]
    finally:
        jobs.stop(narrow)
