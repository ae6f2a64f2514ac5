"""Writing a brief in the form: drafts, rows of criteria, errors, what publication locks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.accounts.pages import send
from tests.cast import Cast
from tests.challenges.drafts import form
from workspace.accounts.models import Person
from workspace.challenges.models import Challenge
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write

Enter = Callable[[Person], FlaskClient]
KEY = re.compile(r'name="key"[^>]* value="([^"]{22})"')
NEW = "/challenges/new"


def started(client: FlaskClient, cast: Cast, **fields: Any) -> tuple[str, TestResponse]:
    """Send the form of a new challenge; returns its key and the answer."""
    key = KEY.search(client.get(NEW).text)
    assert key is not None
    values = form(now()) | {
        "key": key[1], "edition": cast.edition.public_id,
        "organisation": cast.company.public_id,
    } | fields
    return key[1], send(client, NEW, **values)


def row(key: str) -> Challenge:
    found = session().scalar(select(Challenge).where(Challenge.public_id == key))
    assert found is not None
    return found


def test_a_draft_is_saved_unfinished(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("sponsor"))
    key, answer = started(client, cast, title="", problem="", **{"criteria-1-weight": "10"})
    assert answer.status_code == 303 and answer.location.endswith(f"/{key}/edit")
    with app.app_context():
        challenge = row(key)
        assert (challenge.state, challenge.title, challenge.prize_cash) == ("draft", "", 12_000)
        assert [it.weight for it in challenge.criteria] == [60, 10]
        assert challenge.ip_terms["option_period_days"] == 90
    assert "Untitled challenge" in client.get("/challenges").text


def test_wall_times_are_those_of_the_edition(app: Flask, cast: Cast, enter: Enter) -> None:
    key, _answer = started(
        enter(cast.person("sponsor")), cast, applications_close_at="2027-07-01T23:59")
    with app.app_context():
        close = row(key).applications_close_at
    assert close == datetime(2027, 7, 1, 23, 59, tzinfo=ZoneInfo("Europe/Rome"))


def test_sent_twice_it_is_one_challenge_with_the_last_text(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    client = enter(cast.person("sponsor"))
    key, _answer = started(client, cast)
    values = form(now()) | {
        "key": key, "edition": cast.edition.public_id, "title": "A better title",
        "organisation": cast.company.public_id,
    }
    assert send(client, NEW, **values).status_code == 303
    with app.app_context():
        assert session().scalar(select(func.count(Challenge.id))) == 2
        assert row(key).title == "A better title"


def test_sending_to_review_names_everything_that_is_missing_and_keeps_the_draft(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    client = enter(cast.person("sponsor"))
    early = (now() - timedelta(weeks=1)).strftime("%Y-%m-%dT%H:%M")
    key, answer = started(
        client, cast, do="submit", title="", applications_close_at=early,
        **{"criteria-1-weight": "30"})
    assert answer.status_code == 422
    page = answer.text
    assert "<title>Error:" in page and 'id="error-summary"' in page and "Draft saved" in page
    for sentence in ("Give the challenge a title.", "The weights add up to 90. Add 10",
                     "“Applications close” must be after “Opens”."):
        assert sentence in page, sentence
    for link in ("#title", "#criteria", "#applications_close_at"):
        assert f'href="{link}"' in page, link
    assert f'action="/challenges/{key}/edit"' in page
    assert "Shipments thaw at customs." in page
    with app.app_context():
        assert row(key).state == "draft" and row(key).problem == "Shipments thaw at customs."
    sent = send(client, f"/challenges/{key}/edit", **form(now(), do="submit"))
    assert sent.status_code == 303
    with app.app_context():
        assert row(key).state == "in-review"
    assert client.get(f"/challenges/{key}/edit").status_code == 403


def test_two_fields_that_want_the_same_are_told_apart(cast: Cast, enter: Enter) -> None:
    _key, answer = started(
        enter(cast.person("sponsor")), cast, do="submit", opens_at="", demo_day_at="")
    summary = answer.text.partition('id="error-summary"')[2].partition("</ul>")[0]
    assert summary.count("Choose a date.") == 2
    assert ">Opens: Choose a date.<" in summary and ">Demo day: Choose a date.<" in summary
    alone = started(enter(cast.person("sponsor")), cast, do="submit", opens_at="")[1].text
    assert ">Choose a date.<" in alone.partition('id="error-summary"')[2].partition("</ul>")[0]


def test_rows_of_criteria_come_and_go_and_keep_what_is_typed(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    client = enter(cast.person("sponsor"))
    _key, more = started(client, cast, do="add-criterion")
    assert more.status_code == 200 and 'name="criteria-2-title"' in more.text
    assert "Shipments thaw at customs." in more.text
    _key, fewer = started(client, cast, do="remove-criterion-0")
    assert 'name="criteria-1-title"' not in fewer.text and 'value="Cost"' in fewer.text
    with app.app_context():
        assert session().scalar(select(func.count(Challenge.id))) == 1


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("prize_cash", "a lot", "Write a whole number"),
    ("prize_cash", "9" * 40, "Write a number from 0 to 1000000000."),
    ("prize_cash", "-1", "Write a number from 0"),
    ("opens_at", "yesterday", "Write day and time like"),
    ("opens_at", "0001-01-01T00:00", "Write day and time like"),
    ("title", "x" * 201, "at most 200 characters"),
    ("problem", "x" * 20_001, "at most 20000 characters"),
    ("criteria-0-weight", "six", "Write a whole number"),
    ("title", "a\x00b", "cannot be shown"),
    ("edition", "nowhere", "Choose an edition from the list."),
    ("organisation", "nobody", "Choose an organisation from the list."),
    ("confidentiality", "top-secret", "Not a valid choice"),
])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_wrong_input_is_said_at_the_field(
    app: Flask, cast: Cast, enter: Enter, field: str, value: str, sentence: str
) -> None:
    _key, answer = started(enter(cast.person("sponsor")), cast, **{field: value})
    assert answer.status_code == 422 and sentence in answer.text
    with app.app_context():
        assert session().scalar(select(func.count(Challenge.id))) == 1


def test_a_lead_writes_on_behalf_but_not_the_secrets(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    client = enter(cast.person("programme_lead"))
    key, answer = started(client, cast, annex="leads secret")
    assert answer.status_code == 303
    page = client.get(f"/challenges/{key}/edit").text
    assert 'name="annex"' not in page and "Send to review" not in page
    with app.app_context():
        assert row(key).annex == ""
    assert enter(cast.person("sponsor")).get(f"/challenges/{key}/edit").status_code == 200
    assert enter(cast.person("other_sponsor")).get(f"/challenges/{key}").status_code == 404


def test_a_sponsor_writes_for_her_own_company_only(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    _key, answer = started(
        enter(cast.person("sponsor")), cast, organisation=cast.other_company.public_id)
    assert answer.status_code == 422


def test_a_published_brief_shows_no_locked_field_and_takes_none(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    with app.app_context(), write():
        challenge = row(cast.challenge.public_id)
        challenge.ip_terms = {"model": "ip-open"}
        challenge.opens_at = now() - timedelta(weeks=10)
    client = enter(cast.person("sponsor"))
    path = f"/challenges/{cast.challenge.public_id}/edit"
    page = client.get(path).text
    for name in ("criteria-0-title", "model", "prize_cash", "team_min", "confidentiality"):
        assert f'name="{name}"' not in page, name
    with app.app_context():
        zone = ZoneInfo(cast.edition.zone)
        dates = {
            name: getattr(row(cast.challenge.public_id), name).astimezone(zone)
            for name in ("opens_at", "applications_close_at", "kick_off_at", "mid_review_at",
                         "submission_at", "demo_day_at")
        }
    values = {name: at.strftime("%Y-%m-%dT%H:%M") for name, at in dates.items()}
    text = {"title": "A challenge", "problem": "Now clearer.", "annex": "The annex.", "do": "save"}
    saved = send(client, path, **(text | values | {"prize_cash": "1", "team_max": "9"}))
    assert saved.status_code == 303, saved.text
    with app.app_context():
        challenge = row(cast.challenge.public_id)
        assert (challenge.problem, challenge.prize_cash, challenge.team_max) == (
            "Now clearer.", 5000, 6)
    earlier = (dates["applications_close_at"] - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    refused = send(client, path, **(text | values | {"applications_close_at": earlier}))
    assert refused.status_code == 422 and "only move to later" in refused.text
    later = (dates["applications_close_at"] + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    assert send(client, path, **(text | values | {"applications_close_at": later})
                ).status_code == 303


def test_the_preview_is_clean_and_keeps_nothing(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("sponsor"))
    answer = send(client, "/challenges/preview?field=problem", on=NEW, title="The title",
                  problem="**Cold** <img src=x onerror=alert(1)> [x](javascript:alert(1))")
    assert answer.status_code == 200 and "<strong>Cold</strong>" in answer.text
    assert "The title" not in answer.text
    assert "<img" not in answer.text and 'href="javascript' not in answer.text
