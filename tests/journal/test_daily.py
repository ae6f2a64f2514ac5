"""Once a day, by whoever keeps the clock; by mail as well; and how the system page sees it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.cast import Cast
from tests.journal.conftest import happen
from workspace.foundation import jobs, mail
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import session
from workspace.foundation.errors import HouseError
from workspace.foundation.settings import Settings
from workspace.foundation.unit import write
from workspace.journal import state, statements
from workspace.journal.checking import verify
from workspace.journal.models import RecordKey, RecordStatement
from workspace.journal.rules import imported

NOON = now().replace(hour=12, minute=0, second=0, microsecond=0)


def count() -> int:
    return session().scalar(select(func.count()).select_from(RecordStatement)) or 0


def test_the_scheduler_signs_once_a_day(app: Flask, cast: Cast) -> None:
    for day in range(2):
        for _ in range(3):
            with frozen(NOON + timedelta(days=day)):
                jobs.plan(app)
                jobs.run_due(app)
        with app.app_context():
            assert count() == day + 1
    with app.app_context():
        assert verify() == []


def test_a_repeated_job_signs_nothing_more(context: Flask, cast: Cast) -> None:
    for _ in range(3):
        statements.sign_daily()
    assert count() == 1


def test_a_clock_that_was_ahead_keeps_nobody_from_signing(context: Flask, cast: Cast) -> None:
    with frozen(now() + timedelta(days=40)):
        statements.sign_daily()
    statements.sign_daily()
    assert count() == 2
    assert verify() == []


def test_two_who_sign_at_once_sign_one_after_the_other(app: Flask, cast: Cast) -> None:
    with app.app_context():
        happen(cast)
    gate = threading.Barrier(4)

    def go() -> None:
        with app.app_context():
            gate.wait(20)
            try:
                statements.sign_daily()
            except HouseError:
                return  # the job is done again, and finds that it was done

    crews = [threading.Thread(target=go) for _ in range(4)]
    for crew in crews:
        crew.start()
    for crew in crews:
        crew.join()
    with app.app_context():
        assert count() == 1
        assert session().scalar(select(func.count()).select_from(RecordKey)) == 1
        assert verify() == []


@pytest.fixture
def told(settings: Settings) -> Iterator[Flask]:
    from wsgi import create_app

    made = create_app(replace(settings, record_mail="witness@elsewhere.example"))
    yield made
    made.extensions["innocore.database"].close()


def test_the_statement_is_mailed_once_and_fits(told: Flask) -> None:
    with told.app_context():
        statements.sign_daily()
        statements.sign_daily()
    jobs.run_due(told)
    with told.app_context():
        (letter,) = mail.sent()
        assert letter["To"] == "witness@elsewhere.example"
        (file,) = letter.iter_attachments()
        assert file.get_filename() == "record-head-1.json"
        kept = imported(file.get_payload(decode=True).decode())  # type: ignore[union-attr]
        row = statements.newest()
        assert row is not None
        assert (kept.body, kept.signature) == (row.body, row.signature)
        assert json.loads(row.body)["number"] == 1


def test_the_system_page_says_how_it_is(context: Flask, cast: Cast) -> None:
    settings: Settings = context.config["INNOCORE"]

    def tone() -> str:
        (part,) = state.system()
        return part.tone

    assert tone() == "neutral"
    statements.sign_daily()
    assert tone() == "good"
    assert state.figures()[0].value > 0
    with frozen(now() + timedelta(hours=27)):
        assert tone() == "bad"
    held = settings.record_key.read_bytes()
    settings.record_key.unlink()
    assert tone() == "bad"
    settings.record_key.write_bytes(held)
    assert tone() == "good"
    (settings.data / statements.KEPT).write_text("{}", encoding="ascii")
    assert tone() == "bad"


def test_what_this_machine_keeps_is_read_by_its_owner_only(context: Flask, cast: Cast) -> None:
    statements.sign_daily()
    path = context.config["INNOCORE"].data / statements.KEPT
    assert path.stat().st_mode & 0o777 == 0o600
    kept = statements.kept_here()
    row = statements.newest()
    assert kept is not None
    assert row is not None
    assert kept.body == row.body


def test_a_statement_that_was_thrown_away_is_not_kept(context: Flask, cast: Cast) -> None:
    with pytest.raises(LookupError), write():
        statements.sign()
        raise LookupError
    assert statements.kept_here() is None
    assert count() == 0
