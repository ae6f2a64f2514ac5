"""Entering and changing organisations, and who may come in by themselves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import builders
from tests.accounts.pages import send
from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.organisations.models import Organisation

Enter = Callable[[Person], FlaskClient]
FIELDS = {
    "name": "Institute of Fog",
    "kind": "facility-host",
    "country": "CZ",
    "city": "Zelen",
    "website": "https://fog.example",
    "about": "We keep **fog**.",
}


@pytest.fixture
def admin(app: Flask, cast: Cast, enter: Enter) -> FlaskClient:
    """Somebody who manages the university, with an address at its domain."""
    with app.app_context(), write():
        person = builders.person("Anna Admin", "anna@valdena.example")
        builders.give(person, "organisation-admin", "organisation", cast.university.id)
    return enter(person)


def read(app: Flask, cast: Cast) -> Organisation:
    with app.app_context():
        return session().get_one(Organisation, cast.university.id)


def test_administrator_enters_an_organisation_once(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("administrator"))
    answer = send(client, "/organisations/new", **FIELDS)
    assert answer.status_code == 303
    shown = client.get(answer.headers["Location"])
    assert "Institute of Fog" in shown.text and "Nobody belongs here yet" in shown.text
    again = send(client, "/organisations/new", **FIELDS | {"name": "institute of fog"})
    assert again.status_code == 422
    with app.app_context():
        assert (
            len(session().scalars(select(Organisation).where(Organisation.city == "Zelen")).all())
            == 1
        )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"kind": "club"},
        {"country": "QQ"},
        {"website": "javascript:alert(1)"},
        {"website": "ftp://x.example"},
        {"name": "x" * 201},
        {"about": "x" * 5001},
    ],
)
def test_wrong_fields_are_refused(
    app: Flask, cast: Cast, enter: Enter, wrong: dict[str, str]
) -> None:
    client = enter(cast.person("administrator"))
    answer = send(client, "/organisations/new", **FIELDS | wrong)
    assert answer.status_code == 422
    assert "Zelen" in answer.text


def test_admin_edits_own_organisation_alone(app: Flask, cast: Cast, admin: FlaskClient) -> None:
    path = f"/organisations/{cast.university.public_id}/edit"
    fields = FIELDS | {"name": "University of Valdena", "kind": "company"}
    assert send(admin, path, **fields).status_code == 303
    assert read(app, cast).city == "Zelen"
    assert read(app, cast).kind == "university", "roles depend on the kind"
    other = f"/organisations/{cast.second_university.public_id}/edit"
    assert send(admin, other, on=path, **fields).status_code == 404


def test_lists_hold_own_organisations_alone(app: Flask, cast: Cast, enter: Enter) -> None:
    sponsor = enter(cast.person("sponsor")).get("/organisations").text
    assert cast.company.name in sponsor
    assert cast.other_company.name not in sponsor and cast.university.name not in sponsor
    everything = enter(cast.person("administrator"))
    shown = everything.get("/organisations").text
    assert all(it.name in shown for it in (cast.company, cast.university, cast.accelerator))
    companies = everything.get("/organisations?kind=company").text
    assert cast.company.name in companies and cast.accelerator.name not in companies
    assert "Clear filters" in everything.get("/organisations?q=zzz").text
    nothing = enter(cast.person("stranger")).get("/organisations").text
    assert "You belong to no organisation yet" in nothing


def test_registration_opens_for_own_domain(app: Flask, cast: Cast, admin: FlaskClient) -> None:
    path = f"/organisations/{cast.university.public_id}/registration"
    assert send(admin, path, is_open="y", domains="@Valdena.EXAMPLE, ").status_code == 303
    assert read(app, cast).email_domains == ["valdena.example"]
    assert "valdena.example" in app.test_client().get("/register").text
    assert send(admin, path, domains="valdena.example").status_code == 303
    assert "valdena.example" not in app.test_client().get("/register").text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "domains", ["", "gmail.com", "not a domain", "other.example", "-x.example", "x" * 300 + ".org"]
)
def test_other_domains_are_refused(
    app: Flask, cast: Cast, admin: FlaskClient, domains: str
) -> None:
    path = f"/organisations/{cast.university.public_id}/registration"
    answer = send(admin, path, is_open="y", domains=domains)
    assert answer.status_code == 422
    assert not read(app, cast).open_registration


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_domain_belongs_to_one_organisation(
    app: Flask, cast: Cast, admin: FlaskClient, enter: Enter
) -> None:
    client = enter(cast.person("administrator"))
    second = f"/organisations/{cast.second_university.public_id}/registration"
    assert send(client, second, is_open="y", domains="valdena.example").status_code == 303
    first = f"/organisations/{cast.university.public_id}/registration"
    assert send(admin, first, is_open="y", domains="valdena.example").status_code == 422
