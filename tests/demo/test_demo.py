"""The demonstration: told once, open to every persona, sound, and for this machine only."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from canvases.boards.models import Canvas
from canvases.invited.models import InvitedEditor
from canvases.suggestions.models import StatusSuggestion
from tests import servers
from tests.accounts.pages import sign_in
from workspace.accounts.models import Person
from workspace.challenges.models import Challenge
from workspace.demo import people, serving
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.history import StateChange
from workspace.foundation.jobs import Job
from workspace.foundation.settings import Settings
from workspace.journal.models import JournalEntry
from workspace.teams.models import Team

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def told(demo_server: servers.Server) -> Iterator[Flask]:
    """An application on the data of the seeded demo, to look around without its server."""
    from wsgi import create_app

    made = create_app(
        Settings(
            environment="development", demo=True, data_dir=str(demo_server.data), mail="file",
            database_url=demo_server.database_url, jobs_in_process=False,
        )
    )
    serving.offer_personas(made)
    yield made
    made.extensions["innocore.database"].close()


def test_every_persona_signs_in_on_the_ordinary_form(told: Flask) -> None:
    for it in people.PERSONAS:
        client = told.test_client()
        entered = sign_in(client, it.email, people.PASSWORD)
        assert entered.status_code in {302, 303}, it.key
        first = client.get("/", follow_redirects=True)
        assert first.status_code == 200, (it.key, first.request.path)
        assert it.name in first.text, it.key


def test_nothing_waits_with_an_error(told: Flask) -> None:
    with told.app_context():
        wrong = session().scalars(
            select(Job).where((Job.error != "") | Job.failed_at.is_not(None))
        ).all()
        assert [(it.name, it.error) for it in wrong] == []
        assert session().scalar(select(func.count()).select_from(Team)) == 8


def test_a_mentor_edits_and_suggests(told: Flask) -> None:
    with told.app_context():
        asked = session().scalars(select(InvitedEditor.state).order_by(InvitedEditor.id)).all()
        assert asked == ["editing", "invited"]
        made = session().scalars(select(StatusSuggestion.state).order_by(StatusSuggestion.id)).all()
        assert made == ["declined", "open"]
    lead = told.test_client()
    sign_in(lead, people.BY_KEY["lead"].email, people.PASSWORD)
    home = lead.get("/", follow_redirects=True).text
    board = re.search(r'href="(/canvases/[\w-]{22})"', home)
    assert board is not None
    assert "edits until" in lead.get(f"{board[1]}/editors").text
    assert "central purchasing" in lead.get(f"{board[1]}/list").text + lead.get(
        f"{board[1]}/notes/pj-dropspark-note-2/panel").text


def test_the_lead_reads_reviews_and_has_comments_to_answer(told: Flask) -> None:
    lead = told.test_client()
    sign_in(lead, people.BY_KEY["lead"].email, people.PASSWORD)
    home = lead.get("/", follow_redirects=True).text
    assert "comments of your reviewers" in home
    feedback = re.search(r'href="(/teams/[\w-]{22}/feedback)"', home)
    assert feedback is not None
    assert "Name the person who signs the purchase." in lead.get(feedback[1]).text


def test_what_happened_has_its_own_day(told: Flask) -> None:
    """The lead sees teams that worked last week, and applications that closed at their end."""
    with told.app_context():
        today = now()
        assert all(it < today - timedelta(hours=12)
                   for it in session().scalars(select(Canvas.edited_at)))
        closed = session().execute(
            select(StateChange.at, Challenge)
            .join(Challenge, Challenge.id == StateChange.thing_id)
            .where(StateChange.kind == "challenge", StateChange.target == "closed")
        ).all()
        assert closed
        for at, challenge in closed:
            assert challenge.applications_close_at is not None
            assert at - challenge.applications_close_at < timedelta(days=8), challenge.title


def test_addresses_keep_the_letters_of_a_name(told: Flask) -> None:
    with told.app_context():
        found = session().scalars(select(Person).order_by(Person.id)).all()
    assert "pavel.hruby" in "".join(it.email for it in found)
    assert not [it.name for it in found if it.name[-1].isdigit()]


def test_the_record_holds(told: Flask) -> None:
    from workspace.journal.checking import verify

    with told.app_context():
        assert session().scalar(select(func.count()).select_from(JournalEntry))
        assert not list(verify())


def test_a_second_start_changes_nothing(demo_server: servers.Server) -> None:
    def photo() -> int:
        import sqlite3

        with sqlite3.connect(demo_server.data / "innocore.db") as connection:
            return int(connection.execute("select count(*) from journal_entry").fetchone()[0])

    before = photo()
    done = _demo("seed", "--data", str(demo_server.data))
    assert done.returncode == 0, done.stderr
    assert "Telling" not in done.stderr
    assert photo() == before


def test_what_was_cut_off_is_told_anew(tmp_path: Path) -> None:
    folder = tmp_path / "cut"
    folder.mkdir()
    (folder / "innocore.db").write_bytes(b"half")
    assert serving.prepare(folder, fresh=False)
    assert list(folder.iterdir()) == []
    (folder / serving.MARK).write_text("told")
    assert not serving.prepare(folder, fresh=False)
    assert serving.prepare(folder, fresh=True)


def test_the_line_for_scripts() -> None:
    shape = json.loads(json.dumps({"url": "http://127.0.0.1:1", "personas": serving.personas()}))
    assert {frozenset(it) for it in shape["personas"]} == {
        frozenset(("role", "name", "email", "password"))}
    assert len({it["email"] for it in shape["personas"]}) == len(people.PERSONAS) == 17


def test_it_serves_this_machine_only(tmp_path: Path) -> None:
    assert serving.HOST == "127.0.0.1"
    with pytest.raises(Exception, match=r"(?i)demo"):
        Settings(environment="production", demo=True, data_dir=str(tmp_path),
                 secret_key=servers.SECRET, base_url="https://example.org").check()


def _demo(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "workspace.demo", *words], cwd=ROOT, capture_output=True, text=True,
        timeout=120, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
