"""Signing in and out with address and password."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from time import process_time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import builders
from tests.accounts.pages import TOKEN, is_signed_in, send, sign_in
from tests.cast import Cast
from workspace.accounts.models import Person, SignIn
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.journal.models import JournalEntry

Enter = Callable[[Person], FlaskClient]


def test_right_password_opens_the_house(app: Flask, cast: Cast, client: FlaskClient) -> None:
    answer = sign_in(client, cast.email("lead"), next="/settings/display")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/display")
    assert is_signed_in(client)


def test_address_may_be_typed_in_capitals(app: Flask, cast: Cast, client: FlaskClient) -> None:
    assert sign_in(client, f"  {cast.email('lead').upper()} ").status_code == 303


def test_wrong_password_keeps_the_address(app: Flask, cast: Cast, client: FlaskClient) -> None:
    answer = sign_in(client, cast.email("lead"), "wrong horse battery")
    assert answer.status_code == 422
    assert cast.email("lead") in answer.text
    assert "wrong horse battery" not in answer.text
    assert "<title>Error:" in answer.text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_unknown_address_and_wrong_password_answer_alike(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    def ask(email: str) -> tuple[int, str, float]:
        shown = client.get("/sign-in")
        token = TOKEN.search(shown.text)
        assert token is not None
        start = process_time()  # work done, whatever else the machine does meanwhile
        answer = client.post(
            "/sign-in", data={"csrf_token": token[1], "email": email, "password": "x" * 20}
        )
        took = process_time() - start
        return answer.status_code, TOKEN.sub("", answer.text).replace(email, "-"), took

    known, unknown = cast.email("lead"), "nobody.here@example.org"
    ask(unknown)  # the first makes the hash that nobody has
    seen = {email: [ask(email) for _ in range(4)] for email in (known, unknown)}
    bodies = {body.replace(_csrf(body), "") for it in seen.values() for _, body, _ in it}
    assert {status for it in seen.values() for status, _, _ in it} == {422}
    assert len(bodies) == 1
    times = {email: sorted(took for _, _, took in it)[1] for email, it in seen.items()}
    assert 0.4 < times[known] / times[unknown] < 2.5


def _csrf(body: str) -> str:
    start = body.find('name="csrf-token" content="') + len('name="csrf-token" content="')
    return body[start : body.find('"', start)]


def test_failure_is_written_down_without_the_address(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    sign_in(client, cast.email("lead"), "wrong horse battery")
    with app.app_context():
        line = (
            session()
            .scalars(select(JournalEntry).where(JournalEntry.event == "sign-in-failed"))
            .one()
        )
    assert line.detail == {"reason": "password"}
    assert line.who == ""


def test_closed_account_stays_outside(app: Flask, cast: Cast, client: FlaskClient) -> None:
    with app.app_context(), write():
        session().get_one(Person, cast.person("lead").id).active = False
    assert sign_in(client, cast.email("lead")).status_code == 422


def test_signing_in_gives_a_new_session(app: Flask, cast: Cast, client: FlaskClient) -> None:
    client.get("/sign-in")
    with client.session_transaction() as cookie:
        cookie["sid"] = "chosen by somebody else"
        cookie["left"] = "over"
    sign_in(client, cast.email("lead"))
    with client.session_transaction() as cookie:
        assert cookie["sid"] != "chosen by somebody else"
        assert "left" not in cookie
        first = cookie["sid"]
    send(client, "/sign-in", on="/settings", email=cast.email("member"), password=builders.PASSWORD)
    with client.session_transaction() as cookie:
        assert cookie["sid"] != first
    with app.app_context():
        ended = session().scalars(select(SignIn).where(SignIn.ended_at.is_not(None))).all()
    assert [it.person_id for it in ended] == [cast.person("lead").id]


def test_sign_out_ends_the_session_for_good(app: Flask, cast: Cast, client: FlaskClient) -> None:
    sign_in(client, cast.email("lead"))
    with client.session_transaction() as cookie:
        kept = dict(cookie)
    assert send(client, "/sign-out", on="/settings").status_code == 303
    assert not is_signed_in(client)
    with client.session_transaction() as cookie:
        cookie.update(kept)
    assert not is_signed_in(client)


def test_ended_session_asks_to_sign_in(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("lead"))
    with app.app_context(), write():
        session().scalars(select(SignIn)).one().ended_at = now()
    answer = client.get("/settings/display")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in?next=/settings/display"
    asked = client.get("/settings", headers={"Accept": "application/json"})
    assert (asked.status_code, asked.json["error"]) == (401, "login_required")  # type: ignore[index]
    htmx = client.get("/settings", headers={"HX-Request": "true"})
    assert (htmx.status_code, htmx.headers["HX-Redirect"][:8]) == (401, "/sign-in")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_session_ends_when_idle_and_in_any_case(app: Flask, cast: Cast, enter: Enter) -> None:
    start, client = now(), enter(cast.person("lead"))
    with frozen(start + timedelta(hours=11)):
        assert is_signed_in(client)
    with frozen(start + timedelta(hours=22)):
        assert is_signed_in(client), "use keeps it awake"
    with frozen(start + timedelta(hours=35)):
        assert not is_signed_in(client)
    client = enter(cast.person("lead"))
    for step in range(1, 14 * 3):
        with frozen(start + timedelta(hours=8 * step)):
            assert is_signed_in(client)
    with frozen(start + timedelta(days=14, minutes=1)):
        assert not is_signed_in(client)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_session_of_an_administrator_sleeps_after_half_an_hour(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    start, client = now(), enter(cast.person("administrator"))
    with frozen(start + timedelta(minutes=25)):
        assert is_signed_in(client)
    with frozen(start + timedelta(minutes=56)):
        assert not is_signed_in(client)


def test_staying_signed_in_moves_the_end(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("lead"))
    before = client.get("/settings").text.split('name="session-ends" content="')[1][:32]
    with frozen(now() + timedelta(minutes=3)):
        answer = send(client, "/session", on="/settings")
    assert answer.status_code == 200
    assert answer.text > before


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\/evil.example",
        "/%5Cevil.example",
        "/%2F/evil.example",
        "%2F%2Fevil.example",
        "/\tevil",
        "javascript:0",
        "http:/settings",
        "user@evil.example",
        "/..\\evil",
        "///evil.example",
        " /settings",
    ],
)
def test_next_leads_nowhere_else(app: Flask, cast: Cast, client: FlaskClient, target: str) -> None:
    answer = sign_in(client, cast.email("lead"), next=target)
    assert answer.headers["Location"] in {"/", "/settings"}
    shown = app.test_client().get("/sign-in", query_string={"next": target})
    kept = ""
    assert f'id="next" name="next" type="hidden" value="{kept}"' in shown.text


def test_forms_of_other_sites_are_refused(app: Flask, cast: Cast, client: FlaskClient) -> None:
    fields = {"email": cast.email("lead"), "password": builders.PASSWORD}
    assert client.post("/sign-in", data=fields).status_code == 400
    token = TOKEN.search(client.get("/sign-in").text)
    assert token is not None
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = client.post("/sign-in", data={**fields, "csrf_token": token[1]}, headers=headers)
        assert answer.status_code == 400
    assert client.post("/sign-out").status_code == 400
    assert not is_signed_in(client)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_eleventh_try_waits(app: Flask, cast: Cast, client: FlaskClient) -> None:
    for _ in range(10):
        assert sign_in(client, cast.email("lead"), "wrong horse battery").status_code == 422
    answer = sign_in(client, cast.email("lead"))
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert sign_in(client, cast.email("member")).status_code == 303, "others are not locked out"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_knows_the_password_may_come_often(app: Flask, cast: Cast, client: FlaskClient) -> None:
    for _turn in range(3):
        for _wrong in range(4):
            assert sign_in(client, cast.email("lead"), "wrong").status_code == 422
        assert sign_in(client, cast.email("lead")).status_code == 303
        send(client, "/sign-out", on="/settings")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_one_network_cannot_try_everybody(app: Flask, cast: Cast, client: FlaskClient) -> None:
    answers = [
        sign_in(client, f"person{it}@example.org", "wrong horse battery").status_code
        for it in range(62)
    ]
    assert answers[:60] == [422] * 60
    assert answers[60:] == [429] * 2
    assert sign_in(client, cast.email("lead")).status_code == 429


def test_login_is_the_same_page(client: FlaskClient) -> None:
    answer = client.get("/login?next=/settings")
    assert answer.headers["Location"] == "/sign-in?next=/settings"


def test_odd_input_is_refused_in_words(app: Flask, cast: Cast, client: FlaskClient) -> None:
    for email, password in (
        ("not an address", "x" * 20),
        ("", ""),
        ("a@b.org", "x" * 5000),
        ("a\0@b.org", "x" * 20),
        (cast.email("lead"), "nul\0" * 5),
    ):
        assert sign_in(client, email, password).status_code == 422


def test_language_is_chosen_signed_out_and_stays(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    answer = send(client, "/language", on="/sign-in", language="it", next="/sign-in?next=/x")
    assert answer.headers["Location"] == "/sign-in?next=/x"
    assert '<html lang="it"' in client.get("/sign-in").text
    sign_in(client, cast.email("lead"))
    assert '<html lang="it"' in client.get("/settings").text
    assert send(client, "/language", on="/settings", language="xx").status_code == 404
    send(client, "/language", on="/settings", language="it")
    with app.app_context():
        assert session().get_one(Person, cast.person("lead").id).language == "it"


def test_theme_is_kept_on_the_account(app: Flask, cast: Cast, client: FlaskClient) -> None:
    sign_in(client, cast.email("lead"))
    send(client, "/theme", on="/settings", theme="dark", next="/settings")
    assert 'data-theme="dark"' in client.get("/settings").text
    assert 'data-theme="dark"' in client.get("/sign-in", follow_redirects=True).text
    assert send(client, "/theme", on="/settings", theme="loud").status_code == 404
