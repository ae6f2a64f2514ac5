"""Inviting people into organisations, coming in, and giving and ending roles."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import builders
from tests.accounts.pages import letters, newest_link, send, sign_in
from tests.cast import SEATS, Cast
from workspace.accounts.models import Person
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.grants import membership
from workspace.grants.models import Grant, Invitation
from workspace.grants.queries import roles_in
from workspace.organisations.models import Organisation
from workspace.teams.models import Team

Enter = Callable[[Person], FlaskClient]


@pytest.fixture
def anna(app: Flask, cast: Cast) -> Person:
    """Somebody who manages the university."""
    with app.app_context(), write():
        person = builders.person("Anna Admin", "anna@valdena.example")
        builders.give(person, "organisation-admin", "organisation", cast.university.id)
    return person


@pytest.fixture
def admin(anna: Person, enter: Enter) -> FlaskClient:
    return enter(anna)


def home(cast: Cast) -> str:
    return f"/organisations/{cast.university.public_id}"


def held(app: Flask, cast: Cast, person: Person) -> set[str]:
    with app.app_context():
        return set(roles_in(person.id, "organisation", cast.university.id, now()))


def invite(
    client: FlaskClient, cast: Cast, addresses: str, role: str = "member"
) -> tuple[int, str]:
    answer = send(client, f"{home(cast)}/invite", addresses=addresses, role=role)
    return answer.status_code, answer.text


def test_letter_leads_in_once(app: Flask, cast: Cast, admin: FlaskClient, enter: Enter) -> None:
    email = cast.email("stranger")
    assert invite(admin, cast, email.upper(), "facility-manager")[0] == 303
    text = letters(app, email)[0]
    assert "University of Valdena" in text and "Anna Admin" in text
    link = newest_link(app, email)
    client = enter(cast.person("stranger"))
    for _ in range(3):
        assert client.get(link).status_code == 200, "looking does not use it up"
    assert held(app, cast, cast.person("stranger")) == set()
    done = send(client, link)
    assert (done.status_code, done.headers["Location"]) == (303, home(cast))
    assert held(app, cast, cast.person("stranger")) == {"facility-manager"}
    again = client.get(link)
    assert again.status_code == 303, "who came in by it is told so"
    assert enter(cast.person("rival")).get(link).status_code == 404
    with app.app_context():
        grant = (
            session()
            .scalars(select(Grant).where(Grant.person_id == cast.person("stranger").id))
            .one()
        )
        assert grant.basis == "invitation" and grant.basis_id is not None


def test_visitor_reads_no_name_before_signing_in(
    app: Flask, cast: Cast, admin: FlaskClient, client: FlaskClient
) -> None:
    email = cast.email("stranger")
    invite(admin, cast, email)
    link = newest_link(app, email)
    shown = client.get(link)
    assert shown.status_code == 200
    assert "Valdena" not in shown.text and "Anna" not in shown.text
    answer = sign_in(client, email, next=link)
    assert answer.headers["Location"] == link
    assert "University of Valdena" in client.get(link).text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_invitation_is_for_its_address_alone(
    app: Flask, cast: Cast, admin: FlaskClient, enter: Enter
) -> None:
    invite(admin, cast, cast.email("stranger"))
    link = newest_link(app, cast.email("stranger"))
    for seat in SEATS:
        if seat in {"visitor", "stranger"}:
            continue
        client = enter(cast.person(seat))
        shown = client.get(link)
        assert shown.status_code == 403
        assert "Anna" not in shown.text
        if seat not in {"conflicted", "officer", "facility_manager"}:  # their own switcher
            assert "Valdena" not in shown.text
        assert send(client, link, on="/settings").status_code == 403
    assert held(app, cast, cast.person("rival")) == set()


def test_newcomer_registers_with_the_invitation(
    app: Flask, cast: Cast, admin: FlaskClient, client: FlaskClient
) -> None:
    email, password = "nora@far.example", "seven green lamps at dusk"
    invite(admin, cast, f"Nora New <{email}>")
    link = newest_link(app, email)
    found = re.search(r'href="(/register\?[^"]+)"', client.get(link).text)
    assert found is not None
    register = found[1].replace("&amp;", "&")
    form = client.get(register)
    hidden = dict(re.findall(r'name="(next|invitation)" type="hidden" value="([^"]*)"', form.text))
    wrong = send(client, register, name="N", email="else@far.example", password=password, **hidden)
    assert wrong.status_code == 422
    answer = send(client, register, name="Nora New", email=email, password=password, **hidden)
    assert answer.status_code == 303
    done = send(client, newest_link(app, email))
    assert done.headers["Location"] == link
    assert send(client, link).status_code == 303
    with app.app_context():
        nora = session().scalars(select(Person).where(Person.email == email)).one()
    assert held(app, cast, nora) == {"member"}


def test_second_letter_voids_the_first_and_a_week_both(
    app: Flask, cast: Cast, admin: FlaskClient, enter: Enter
) -> None:
    email, client = cast.email("stranger"), enter(cast.person("stranger"))
    invite(admin, cast, email)
    first = newest_link(app, email)
    invite(admin, cast, email)
    second = newest_link(app, email)
    assert client.get(first).status_code == 404
    with frozen(now() + timedelta(days=7, minutes=1)):
        later = app.test_client()
        assert later.get(second).status_code == 404
    assert client.get(second).status_code == 200


def test_invitation_is_void_when_its_maker_lost_the_right(
    app: Flask, cast: Cast, anna: Person, admin: FlaskClient, enter: Enter
) -> None:
    invite(admin, cast, cast.email("stranger"))
    link, client = newest_link(app, cast.email("stranger")), enter(cast.person("stranger"))
    assert client.get(link).status_code == 200
    with app.app_context(), write():
        grants.end(
            builders.NOBODY,
            anna.id,
            ("organisation-admin",),
            "organisation",
            cast.university.id,
            now(),
        )
    assert client.get(link).status_code == 404
    assert send(client, link, on="/settings").status_code == 404
    assert held(app, cast, cast.person("stranger")) == set()


def test_withdrawn_invitation_leads_nowhere(
    app: Flask, cast: Cast, admin: FlaskClient, enter: Enter
) -> None:
    invite(admin, cast, cast.email("stranger"))
    link = newest_link(app, cast.email("stranger"))
    with app.app_context():
        row = session().scalars(select(Invitation)).one()
    path, people = f"/invitations/{row.public_id}/withdraw", f"{home(cast)}/people"
    assert cast.email("stranger") in admin.get(people).text
    officer = enter(cast.person("officer"))
    assert cast.email("stranger") not in officer.get(people).text
    assert send(officer, path, on="/settings").status_code == 404
    assert send(admin, path, on=people, next=people).headers["Location"] == people
    assert enter(cast.person("stranger")).get(link).status_code == 404


def test_link_and_code_are_shown_once_and_used_once(
    app: Flask, cast: Cast, admin: FlaskClient, enter: Enter
) -> None:
    made = send(admin, f"{home(cast)}/way-in", on=f"{home(cast)}/invite", role="member")
    shown = admin.get(made.headers["Location"]).text
    code = re.search(r"<code>([A-Z0-9]{10})</code>", shown)
    assert code is not None
    assert code[1] not in admin.get(made.headers["Location"]).text
    client = enter(cast.person("stranger"))
    typed = f"{code[1][:5].lower()}-{code[1][5:]}"
    answer = send(client, "/join", code=typed)
    assert send(client, answer.headers["Location"]).status_code == 303
    assert held(app, cast, cast.person("stranger")) == {"member"}
    assert enter(cast.person("rival")).get(f"/join/{code[1]}").status_code == 404


def test_strong_roles_are_given_by_address(app: Flask, cast: Cast, admin: FlaskClient) -> None:
    for role in ("organisation-admin", "transfer-officer", "sponsor", "nonsense"):
        answer = send(admin, f"{home(cast)}/way-in", on=f"{home(cast)}/invite", role=role)
        assert answer.status_code == 422


def test_many_addresses_at_once(app: Flask, cast: Cast, admin: FlaskClient) -> None:
    text = "a@x.example, b@x.example\nC <c@x.example>;\n\n" + cast.email("conflicted")
    assert invite(admin, cast, text)[0] == 303
    page = admin.get(f"{home(cast)}/people").text
    assert "3 invitations are on their way. 1 person has this role already." in page
    assert letters(app, cast.email("conflicted")) == []
    assert len(letters(app, "c@x.example")) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_wrong_address_stops_all_and_keeps_the_text(
    app: Flask, cast: Cast, admin: FlaskClient
) -> None:
    status, text = invite(admin, cast, "a@x.example\nnot an address")
    assert status == 422
    assert "not an address" in text
    assert letters(app, "a@x.example") == []
    for wrong in ("", "  ,;\n", ",".join(f"p{it}@x.example" for it in range(51))):
        assert invite(admin, cast, wrong)[0] == 422
    assert invite(admin, cast, "a@x.example", "sponsor")[0] == 422, "no role of a university"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_invitations_are_rationed(app: Flask, cast: Cast, admin: FlaskClient) -> None:
    assert invite(admin, cast, ",".join(f"p{it}@x.example" for it in range(49)))[0] == 303
    status, _text = invite(admin, cast, "q1@x.example,q2@x.example")
    assert status == 429
    assert invite(admin, cast, "q1@x.example")[0] == 303


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_codes_cannot_be_guessed_for_long(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("stranger"))
    answers = [client.get(f"/join/GUESS{it:05}").status_code for it in range(61)]
    assert answers == [404] * 60 + [429]


# --- roles ----------------------------------------------------------------------------------


def roles_page(cast: Cast, person: Person) -> str:
    return f"{home(cast)}/people/{person.public_id}"


def test_roles_are_given_and_ended(app: Flask, cast: Cast, admin: FlaskClient) -> None:
    who = cast.person("conflicted")
    answer = send(admin, roles_page(cast, who), roles=["member", "facility-manager"])
    assert answer.status_code == 303
    assert held(app, cast, who) == {"member", "facility-manager"}
    assert send(admin, roles_page(cast, who)).status_code == 303
    assert held(app, cast, who) == set()
    assert admin.get(roles_page(cast, who)).status_code == 404


def test_roles_of_another_kind_are_refused(app: Flask, cast: Cast, admin: FlaskClient) -> None:
    who = cast.person("conflicted")
    for role in ("sponsor", "scout", "administrator", "team-lead"):
        assert send(admin, roles_page(cast, who), roles=[role]).status_code == 422
    assert held(app, cast, who) == {"member"}


def test_last_admin_stays(app: Flask, cast: Cast, anna: Person, admin: FlaskClient) -> None:
    answer = send(admin, roles_page(cast, anna), roles=["member"])
    assert answer.status_code == 422
    assert "without an admin" in answer.text
    who = cast.person("conflicted")
    send(admin, roles_page(cast, who), roles=["member", "organisation-admin"])
    assert send(admin, roles_page(cast, anna), roles=[]).status_code == 303
    assert held(app, cast, anna) == set()
    assert admin.get(f"{home(cast)}/people").status_code == 404, "it ends with the next request"


def test_nobody_makes_herself_transfer_officer(
    app: Flask, cast: Cast, anna: Person, admin: FlaskClient, enter: Enter
) -> None:
    wanted = ["organisation-admin", "transfer-officer"]
    assert send(admin, roles_page(cast, anna), roles=wanted).status_code == 422
    assert invite(admin, cast, anna.email, "transfer-officer")[0] == 422
    assert "transfer-officer" not in held(app, cast, anna)
    other = enter(cast.person("administrator"))
    assert send(other, roles_page(cast, anna), roles=wanted).status_code == 303
    assert "transfer-officer" in held(app, cast, anna)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_admin_manages_own_organisation_alone(app: Flask, cast: Cast, admin: FlaskClient) -> None:
    second, officer = cast.second_university, cast.person("other_officer")
    base = f"/organisations/{second.public_id}"
    for path in ("", "/people", "/invite", "/edit", f"/people/{officer.public_id}"):
        assert admin.get(base + path).status_code == 404
    crossed = f"{home(cast)}/people/{officer.public_id}"
    assert admin.get(crossed).status_code == 404
    assert send(admin, crossed, on="/settings", roles=["member"]).status_code == 404
    team = admin.get(f"/people/{cast.person('member').public_id}")
    assert team.status_code == 404, "an admin is no member of teams"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_workplaces_follow_roles(app: Flask, cast: Cast, admin: FlaskClient, enter: Enter) -> None:
    assert cast.university.name in admin.get("/settings").text
    assert "Organisation admin" in admin.get("/settings").text
    for seat, word in (
        ("officer", "Transfer officer"),
        ("sponsor", "Sponsor"),
        ("scout", "Scout"),
        ("facility_manager", "Facility manager"),
        ("administrator", "Administrator"),
        ("conflicted", "Mentor"),
    ):
        assert word in enter(cast.person(seat)).get("/settings").text


def test_invitation_into_a_team_asks_whoever_leads_it(app: Flask, cast: Cast, enter: Enter) -> None:
    """Any feature's invitation passes the same door."""
    with app.app_context(), write():
        team = session().get_one(Team, cast.team.id)
        _row, token, _code = grants.invite(
            builders.actor(cast.person("lead")),
            "team-member",
            "team",
            team.id,
            now(),
            email=cast.email("participant"),
        )
        _row, void, _code = grants.invite(
            builders.actor(cast.person("rival")), "team-member", "team", team.id, now()
        )
    client = enter(cast.person("participant"))
    assert client.get(f"/join/{void}").status_code == 404, "made by somebody who may not"
    shown = client.get(f"/join/{token}")
    assert shown.status_code == 200
    assert cast.team.name in shown.text
    other = enter(cast.person("stranger")).get(f"/join/{token}")
    assert cast.team.name not in other.text


def test_an_admin_who_waited_sees_that_the_other_was_first(
    app: Flask, cast: Cast, anna: Person
) -> None:
    """Two end each other: the second had looked at the clock before the first was done."""
    with app.app_context(), write():
        house = session().get_one(Organisation, cast.university.id)
        bruno = builders.person("Bruno Admin")
        builders.give(bruno, "organisation-admin", "organisation", house.id)
        session().flush()
        before, mine = now(), session().get_one(Person, anna.id)
        later = before + timedelta(seconds=1)
        membership.set_roles(builders.actor(bruno), house, mine, [], later)
        with frozen(later), pytest.raises(Refused, match="without an admin"):
            membership.set_roles(builders.actor(mine), house, bruno, [], before)
