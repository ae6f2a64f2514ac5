"""The administrator's pages: health, roles, invitations, the record."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from tests import builders
from tests.accounts.pages import send
from tests.cast import SEATS, Cast
from tests.teams.rooms import at_once
from workspace.accounts.models import Person
from workspace.administration import actions
from workspace.administration.queries import administrators
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.grants.queries import roles_in
from workspace.journal import keys, statements
from workspace.journal.checking import check
from workspace.journal.models import JournalEntry, RecordStatement
from workspace.journal.rules import imported

Enter = Callable[[Person], FlaskClient]
PAGES = (
    "/administration", "/administration/system", "/administration/roles",
    "/administration/invitations", "/administration/break-glass", "/administration/audit",
)


@pytest.fixture
def admin(cast: Cast, enter: Enter) -> FlaskClient:
    return enter(cast.person("administrator"))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seat", SEATS)
def test_only_administrators_sit_at_the_desk(
    seat: str, app: Flask, cast: Cast, enter: Enter
) -> None:
    client = app.test_client() if seat == "visitor" else enter(cast.person(seat))
    expected = {"administrator": 200, "visitor": 302}.get(seat, 403)
    assert {path: client.get(path).status_code for path in PAGES} == dict.fromkeys(PAGES, expected)


def test_a_second_administrator_is_named_and_ends(
    app: Flask, cast: Cast, admin: FlaskClient
) -> None:
    person = cast.person("stranger")
    assert send(admin, "/administration/roles", email=person.email).status_code == 303
    with app.app_context():
        assert "administrator" in roles_in(person.id, "platform", 0, now())
    path = f"/administration/administrators/{person.public_id}/end"
    assert send(admin, path).status_code == 303
    with app.app_context():
        assert "administrator" not in roles_in(person.id, "platform", 0, now())


def test_the_last_administrator_stays(app: Flask, cast: Cast, admin: FlaskClient) -> None:
    person = cast.person("administrator")
    send(admin, f"/administration/administrators/{person.public_id}/end")
    with app.app_context():
        assert "administrator" in roles_in(person.id, "platform", 0, now())


def test_the_last_administrator_erases_no_account(
    app: Flask, cast: Cast, admin: FlaskClient
) -> None:
    def erase() -> int:
        return send(admin, "/settings/data/erase", sure="y").status_code

    assert erase() == 422
    with app.app_context(), write():
        builders.give(builders.person("Admin Too"), "administrator", "platform", 0)
    assert erase() == 303


def test_administrators_cannot_end_each_other(app: Flask, cast: Cast) -> None:
    with app.app_context(), write():
        for number in range(3):
            builders.give(builders.person(f"Admin {number}"), "administrator", "platform", 0)
    with app.app_context():
        people = [it.id for it in administrators(now())]

    def ending(by: int, of: int) -> Callable[[], object]:
        def run() -> None:
            who, other = session().get_one(Person, by), session().get_one(Person, of)
            actions.end_administrator(builders.actor(who), other, now())

        return run

    at_once(app, *(ending(*it) for it in pairwise([*people, people[0]])))
    with app.app_context():
        assert len(administrators(now())) == 1


def test_an_unknown_address_is_refused_and_kept(admin: FlaskClient) -> None:
    answer = send(admin, "/administration/roles", email="nobody@nowhere.example")
    assert answer.status_code == 422
    assert "nobody@nowhere.example" in answer.text


def test_open_invitations_are_listed_and_withdrawn(
    app: Flask, cast: Cast, admin: FlaskClient
) -> None:
    with app.app_context(), write():
        made, _token, _code = grants.invite(
            builders.actor(cast.person("lead")), "team-member", "team", cast.team.id, now(),
            email="new@valdena.example",
        )
    listed = admin.get("/administration/invitations").text
    assert "new@valdena.example" in listed
    assert cast.team.name not in listed
    send(admin, f"/invitations/{made.public_id}/withdraw")
    assert "new@valdena.example" not in admin.get("/administration/invitations").text


def test_the_record_is_filtered_by_its_address(app: Flask, cast: Cast, admin: FlaskClient) -> None:
    everything = admin.get("/administration/audit").text
    assert "grant-given" in everything
    some = admin.get("/administration/audit?event=agreement-signed").text
    assert "<code>agreement-signed</code>" in some
    assert "<code>grant-given</code>" not in some
    assert "<code>agreement-signed</code>" not in admin.get(
        "/administration/audit?event=agreement-signed&scope=organisation"
    ).text
    assert "<code>" not in admin.get("/administration/audit?until=1999-12-31").text
    odd = admin.get("/administration/audit?since=never&before=x&until=9999-12-31")
    assert odd.status_code == 200


def test_the_record_names_no_running_number_and_no_title(
    app: Flask, cast: Cast, admin: FlaskClient
) -> None:
    page = admin.get("/administration/audit?scope=team").text
    assert cast.team.public_id in page
    assert cast.team.name not in page
    assert f"team={cast.team.id}<" not in page


def test_the_record_is_checked_and_a_changed_line_is_named(
    app: Flask, cast: Cast, admin: FlaskClient
) -> None:
    assert send(admin, "/administration/audit/check").status_code == 303
    with app.app_context(), write():
        line = session().scalars(select(JournalEntry).order_by(JournalEntry.id)).first()
        assert line is not None
        session().execute(
            update(JournalEntry).where(JournalEntry.id == line.id).values(event="never-happened")
        )
    answer = send(admin, "/administration/audit/check")
    assert answer.status_code == 200
    assert "The line was changed." in answer.text


def test_the_record_is_taken_out_as_a_table(app: Flask, cast: Cast, admin: FlaskClient) -> None:
    answer = send(admin, "/administration/audit/export?event=agreement-signed")
    assert answer.mimetype == "text/csv"
    lines = answer.text.splitlines()
    assert lines[0].startswith("\ufefftime,person,")
    assert len(lines) == 2
    assert "agreement-signed" in lines[1]


def test_the_last_signed_head_is_shown_and_taken_away(
    app: Flask, cast: Cast, admin: FlaskClient
) -> None:
    assert admin.get("/administration/audit/head").status_code == 404
    assert "was not signed yet" in admin.get("/administration/audit").text
    with app.app_context():
        statements.sign_daily()
        (key,) = keys.links()
    shown = admin.get("/administration/audit").text
    assert key.key in shown
    assert "Signed head" in shown
    answer = admin.get("/administration/audit/head")
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"].endswith("filename=record-head-1.json")
    kept = imported(answer.text)
    with app.app_context():
        assert check(kept).faults == []


def test_a_statement_that_is_gone_is_shown_by_the_check(
    app: Flask, cast: Cast, admin: FlaskClient
) -> None:
    with app.app_context():
        statements.sign_daily()
        with write():
            session().execute(delete(RecordStatement))
    answer = send(admin, "/administration/audit/check")
    assert answer.status_code == 200
    assert "This statement is gone." in answer.text
