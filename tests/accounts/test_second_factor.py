"""The second step of signing in: codes of an app, recovery codes, and what attackers try."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import builders
from tests.accounts.factors import CODES, SECRET, code, give_app, set_up
from tests.accounts.pages import is_signed_in, letters, send, sign_in
from tests.accounts.test_fresh_proof import grow_old
from tests.cast import Cast
from workspace.accounts.factors import holding
from workspace.accounts.models import AuthenticatorApp, Person, RecoveryCode, SignIn
from workspace.foundation import clock
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.journal.models import JournalEntry

Enter = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SECOND = "/sign-in/second"


def events(app: Flask) -> list[str]:
    with app.app_context():
        return list(session().scalars(select(JournalEntry.event).order_by(JournalEntry.id)))


def give_codes(app: Flask, person: Person) -> list[str]:
    with app.app_context(), write():
        return holding.new_codes(session().get_one(Person, person.id))


def test_password_alone_is_not_enough(app: Flask, cast: Cast, client: FlaskClient) -> None:
    give_app(app, cast.person("lead"))
    answer = sign_in(client, cast.email("lead"), next="/settings/display")
    assert answer.location == SECOND
    assert not is_signed_in(client)
    assert send(client, SECOND, code="000000").status_code in {422, 303}
    assert send(client, SECOND, code=code()).location == "/settings/display"
    assert is_signed_in(client)
    assert {"second-factor-shown", "signed-in"} <= set(events(app))


def test_a_code_counts_once(app: Flask, cast: Cast, client: FlaskClient) -> None:
    give_app(app, cast.person("lead"))
    typed = code()
    sign_in(client, cast.email("lead"))
    assert send(client, SECOND, code=typed).status_code == 303
    thief = app.test_client()
    sign_in(thief, cast.email("lead"))
    assert send(thief, SECOND, code=typed).status_code == 422
    assert not is_signed_in(thief)
    assert events(app)[-1] == "second-factor-failed"


def test_a_code_of_another_person_does_not_fit(app: Flask, cast: Cast, client: FlaskClient) -> None:
    give_app(app, cast.person("lead"))
    stolen = give_codes(app, cast.person("rival"))
    sign_in(client, cast.email("lead"))
    assert send(client, SECOND, code=stolen[0]).status_code == 422
    assert send(client, SECOND, code=code(secret=b"some other secret!!!")).status_code == 422


def test_a_recovery_code_counts_once(app: Flask, cast: Cast, client: FlaskClient) -> None:
    give_app(app, cast.person("lead"))
    codes = give_codes(app, cast.person("lead"))
    sign_in(client, cast.email("lead"))
    assert send(client, SECOND, code=codes[3].upper().replace("-", " ")).status_code == 303
    assert is_signed_in(client)
    thief = app.test_client()
    sign_in(thief, cast.email("lead"))
    assert send(thief, SECOND, code=codes[3]).status_code == 422
    with app.app_context():
        assert holding.codes_left(cast.person("lead").id) == 9
        stored = session().scalars(select(RecoveryCode.code_hash)).all()
    assert not any(it in hashed for it in codes for hashed in stored)


def test_ten_tries_in_fifteen_minutes(app: Flask, cast: Cast, client: FlaskClient) -> None:
    give_app(app, cast.person("lead"))
    sign_in(client, cast.email("lead"))
    answers = [send(client, SECOND, code="0000000").status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    elsewhere = app.test_client()
    sign_in(elsewhere, cast.email("lead"))
    assert send(elsewhere, SECOND, code=code()).status_code == 429


def test_halfway_lasts_ten_minutes_and_ends_with_the_password(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    give_app(app, cast.person("lead"))
    sign_in(client, cast.email("lead"))
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert client.get(SECOND).location == "/sign-in"
    sign_in(client, cast.email("lead"))
    with app.app_context(), write():
        session().get_one(Person, cast.person("lead").id).password = "another"
    assert client.get(SECOND).location == "/sign-in"


def test_nobody_comes_to_the_second_step_without_the_first(client: FlaskClient) -> None:
    assert client.get(SECOND).location == "/sign-in"


def test_a_session_fixed_by_somebody_else_is_worth_nothing(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    give_app(app, cast.person("lead"))
    sign_in(client, cast.email("lead"))
    planted = client.get_cookie("innocore")
    assert planted is not None
    send(client, SECOND, code=code())
    thief = app.test_client()
    thief.set_cookie("innocore", planted.value)
    assert not is_signed_in(thief)


def test_setting_up_shows_recovery_codes_once(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("lead"))
    secret, answer = set_up(client)
    codes = CODES.findall(answer.text)
    assert answer.status_code == 200 and len(codes) == 10
    with app.app_context():
        row = session().scalars(select(AuthenticatorApp)).one()
        assert secret.hex() not in row.secret and holding.app_of(row.person_id) is row
        assert session().scalars(select(SignIn)).one().second_at is not None
    file = send(client, "/settings/security/codes/file", on="/settings/security", codes=codes)
    assert file.text.split() == codes
    assert "attachment" in file.headers["Content-Disposition"]
    invented = send(
        client, "/settings/security/codes/file", on="/settings/security", codes=["<b>", codes[0]]
    )
    assert invented.status_code == 404
    assert not any(it in client.get("/settings/security").text for it in codes)
    assert letters(app, cast.email("lead"))
    assert {"second-factor-added"} <= set(events(app))


def test_a_setup_of_another_person_is_refused(app: Flask, cast: Cast, enter: Enter) -> None:
    from tests.accounts.factors import SETUP

    theirs = SETUP.search(enter(cast.person("rival")).get("/settings/security/app").text)
    assert theirs is not None
    answer = send(
        enter(cast.person("lead")), "/settings/security/app", setup=theirs[1], code=code()
    )
    assert answer.status_code == 422
    with app.app_context():
        assert session().scalars(select(AuthenticatorApp)).all() == []


def test_everything_about_factors_wants_a_fresh_proof(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("lead"))
    grow_old(app)
    for path in ("/settings/security/app", "/settings/security/passkeys/new", "/settings/email"):
        assert client.get(path).location == f"/confirm-it-is-you?next={path}"
    for path in (
        "/settings/security/app/remove",
        "/settings/security/codes",
        "/settings/security/passkeys/question",
    ):
        shown = send(client, path, on="/settings/security")
        assert shown.status_code == 403 and "Confirm it is you" in shown.text
        said = client.post(
            path,
            data={
                "csrf_token": shown.text.partition('name="csrf_token" value="')[2][:200].partition(
                    '"'
                )[0]
            },
            headers={"Accept": "application/json"},
        )
        assert said.status_code == 403 and said.json is not None
        assert said.json["error"] == "reauth"


def test_a_code_is_a_fresh_proof_too(app: Flask, cast: Cast, enter: Enter) -> None:
    give_app(app, cast.person("lead"))
    client = enter(cast.person("lead"))
    grow_old(app)
    page = "/confirm-it-is-you"
    assert send(client, page, code="000000000").status_code == 422
    assert send(client, page, code=code(), next="/settings/email").location == "/settings/email"
    assert client.get("/settings/email").status_code == 200


def test_removing_the_last_factor_takes_the_codes_with_it(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    give_app(app, cast.person("lead"))
    give_codes(app, cast.person("lead"))
    sign_in(client, cast.email("lead"))
    assert send(client, SECOND, code=code()).status_code == 303
    answer = send(client, "/settings/security/app/remove", on="/settings/security")
    assert answer.status_code == 303
    with app.app_context():
        assert not holding.has_any(cast.person("lead").id)
        assert session().scalars(select(RecoveryCode)).all() == []
    assert sign_in(app.test_client(), cast.email("lead")).location == "/"


def test_the_stored_secret_needs_the_houses_own(app: Flask, cast: Cast) -> None:
    give_app(app, cast.person("lead"))
    with app.app_context():
        stored = session().scalars(select(AuthenticatorApp.secret)).one()
        assert SECRET.decode() not in stored
        held = holding.app_of(cast.person("lead").id)
        assert held is not None
        person = session().get_one(Person, cast.person("lead").id)
        with write():
            held.secret = stored[:-4] + "AAA="
            assert holding.is_shown(person, code(), clock.now()) is None


def test_changing_the_password_keeps_the_second_factor_of_the_session(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    client = enter(cast.person("lead"))
    set_up(client)
    answer = send(
        client,
        "/settings/password",
        current=builders.PASSWORD,
        password="a wholly different phrase",
    )
    assert answer.status_code == 303
    with app.app_context():
        open_rows = session().scalars(select(SignIn).where(SignIn.ended_at.is_(None))).all()
        assert [it.second_at is not None for it in open_rows] == [True]
