"""One's own account: profile, display, devices; and how others see it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import builders
from tests.accounts.pages import is_signed_in, send, sign_in
from tests.cast import Cast
from workspace.accounts.facts import SessionEnded
from workspace.accounts.models import Person, SignIn
from workspace.foundation import facts
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.journal.models import JournalEntry

Enter = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def person(app: Flask, cast: Cast, seat: str) -> Person:
    with app.app_context():
        return session().get_one(Person, cast.person(seat).id)


def test_profile_is_saved_and_written_down_without_its_text(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    answer = send(
        enter(cast.person("lead")),
        "/settings",
        name=" Rita  Moreau ",
        headline="Soft materials",
        about="I **bend**.",
        skills="Hydrogels, hydrogels,  Python ,",
        interests="",
    )
    assert answer.status_code == 303
    found = person(app, cast, "lead")
    assert found.skills == ["Hydrogels", "Python"]
    assert found.headline == "Soft materials"
    with app.app_context():
        line = (
            session()
            .scalars(select(JournalEntry).where(JournalEntry.event == "profile-changed"))
            .one()
        )
    assert "Soft" not in str(line.detail)
    assert "headline" in line.detail["fields"]


def test_profile_errors_keep_what_was_typed(app: Flask, cast: Cast, enter: Enter) -> None:
    answer = send(
        enter(cast.person("lead")),
        "/settings",
        name="",
        headline="x" * 201,
        about="kept text",
        skills=",".join(f"skill {it}" for it in range(31)),
        interests="",
    )
    assert answer.status_code == 422
    assert "kept text" in answer.text
    assert person(app, cast, "lead").name == "Rita Moreau"


def test_display_is_chosen(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("lead"))
    answer = send(client, "/settings/display", language="it", zone="Europe/Prague", theme="dark")
    assert answer.status_code == 303
    found = person(app, cast, "lead")
    assert (found.language, found.zone, found.theme, found.shortcuts) == (
        "it",
        "Europe/Prague",
        "dark",
        False,
    )
    assert '<html lang="it"' in client.get("/settings").text
    for wrong in ({"language": "xx"}, {"zone": "../etc/passwd"}, {"theme": "loud"}):
        fields = {"language": "it", "zone": "", "theme": ""} | wrong
        assert send(client, "/settings/display", **fields).status_code == 422


def test_ending_a_device_signs_it_out(app: Flask, cast: Cast, enter: Enter) -> None:
    here, there = enter(cast.person("lead")), enter(cast.person("lead"))
    heard: list[SessionEnded] = []
    with app.app_context():
        facts.board().after(SessionEnded, heard.append)
        mine, other = session().scalars(select(SignIn).order_by(SignIn.id)).all()
    path = f"/settings/sessions/{other.public_id}/end"
    stranger = enter(cast.person("rival"))
    assert send(stranger, path, on="/settings/sessions").status_code == 404
    assert send(here, path, on="/settings/sessions").status_code == 303
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert [(it.person_id, it.sign_in_id) for it in heard] == [(cast.person("lead").id, other.id)]
    assert send(here, path, on="/settings/sessions").status_code == 404
    own = f"/settings/sessions/{mine.public_id}/end"
    assert send(here, own, on="/settings/sessions").headers["Location"] == "/sign-in"
    assert not is_signed_in(here)


def test_ending_all_others_keeps_this_one(app: Flask, cast: Cast, enter: Enter) -> None:
    clients = [enter(cast.person("lead")) for _ in range(3)]
    rival = enter(cast.person("rival"))
    assert send(clients[0], "/settings/sessions/end-others", on="/settings").status_code == 303
    assert [is_signed_in(it) for it in clients] == [True, False, False]
    assert is_signed_in(rival)


def test_devices_show_no_whole_address(app: Flask, cast: Cast, client: FlaskClient) -> None:
    sign_in(client, cast.email("lead"))
    shown = client.get("/settings/sessions").text
    assert "127.0.0.0" in shown
    assert "127.0.0.1" not in shown


@pytest.mark.parametrize(
    ("reader", "sees_page", "sees_address"),
    [
        ("member", True, True),
        ("mentor", True, True),
        ("pi", True, True),
        ("rival", True, False),
        ("participant", True, False),
        ("administrator", True, True),
        ("sponsor", False, False),
        ("scout", False, False),
        ("stranger", False, False),
    ],
)
def test_profile_is_seen_by_those_who_share_a_place(
    app: Flask, cast: Cast, enter: Enter, reader: str, sees_page: bool, sees_address: bool
) -> None:
    answer = enter(cast.person(reader)).get(f"/people/{cast.person('lead').public_id}")
    assert answer.status_code == (200 if sees_page else 404)
    assert (cast.email("lead") in answer.text) is sees_address


def test_stranger_gets_what_a_random_id_gets(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("stranger"))
    real = client.get(f"/people/{cast.person('lead').public_id}")
    none = client.get("/people/AAAAAAAAAAAAAAAAAAAAAA")
    assert (real.status_code, none.status_code) == (404, 404)
    assert _plain(real.text) == _plain(none.text)


def _plain(body: str) -> str:
    import re

    body = re.sub(r'name="csrf[-_]token" (content|value)="[^"]+"', "", body)
    body = re.sub(r"/people/[\w-]{22}", "/people/-", body)
    body = re.sub(r'name="session-ends" content="[^"]+"', "", body)
    return re.sub(r"\b[0-9a-f]{16}\b", "", body)


def test_admin_of_the_organisation_sees_addresses(app: Flask, cast: Cast, enter: Enter) -> None:
    with app.app_context(), write():
        builders.give(
            cast.person("conflicted"), "organisation-admin", "organisation", cast.university.id
        )
    answer = enter(cast.person("conflicted")).get(f"/people/{cast.person('officer').public_id}")
    assert cast.email("officer") in answer.text


def test_administrator_closes_and_opens_an_account(app: Flask, cast: Cast, enter: Enter) -> None:
    admin, theirs = enter(cast.person("administrator")), enter(cast.person("lead"))
    path = f"/people/{cast.person('lead').public_id}"
    assert send(admin, f"{path}/close", on=path).status_code == 303
    assert not is_signed_in(theirs)
    assert sign_in(app.test_client(), cast.email("lead")).status_code == 422
    assert send(admin, f"{path}/open", on=path).status_code == 303
    assert sign_in(app.test_client(), cast.email("lead")).status_code == 303
    own = f"/people/{cast.person('administrator').public_id}"
    assert send(admin, f"{own}/close", on=own).status_code == 422
    assert is_signed_in(admin)
    assert send(enter(cast.person("member")), f"{path}/close", on="/settings").status_code == 403


def test_list_of_accounts_is_found_by_words(app: Flask, cast: Cast, enter: Enter) -> None:
    admin = enter(cast.person("administrator"))
    shown = admin.get("/people?q=moreau").text
    assert "Rita Moreau" in shown and "Tomas Kral" not in shown
    assert "Clear filters" in admin.get("/people?q=%25").text


def test_another_role_gets_the_session_a_new_secret(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("lead"))
    before = client.get_cookie("innocore")
    found = re.search(r'action="(/workplace/[^"]+)"', client.get("/settings").text)
    assert before is not None and found is not None
    assert send(client, found[1], on="/settings").status_code == 303
    assert is_signed_in(client)
    thief = app.test_client()
    thief.set_cookie("innocore", before.value)
    assert not is_signed_in(thief)
