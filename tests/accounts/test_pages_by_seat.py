"""Every page of accounts, organisations and grants, asked by everybody of the cast."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import SEATS, Cast
from workspace.accounts.models import Person

Enter = Callable[[Person], FlaskClient]
OWN = ("/settings", "/settings/display", "/settings/password", "/settings/sessions")
ADMINISTRATOR = {"administrator"}
UNIVERSITY = {"conflicted", "officer", "facility_manager", "administrator"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_pages_answer_each_seat(app: Flask, cast: Cast, enter: Enter) -> None:
    university = f"/organisations/{cast.university.public_id}"
    expected: dict[str, Callable[[str], int]] = {
        **{path: lambda seat: 302 if seat == "visitor" else 200 for path in OWN},
        "/people": lambda seat: _all_signed_in(seat, ADMINISTRATOR),
        "/organisations": lambda seat: 302 if seat == "visitor" else 200,
        "/organisations/new": lambda seat: _all_signed_in(seat, ADMINISTRATOR),
        university: lambda seat: _known(seat, UNIVERSITY),
        f"{university}/people": lambda seat: _known(seat, UNIVERSITY),
        f"{university}/edit": lambda seat: _known(seat, UNIVERSITY, ADMINISTRATOR),
        f"{university}/registration": lambda seat: _known(seat, UNIVERSITY, ADMINISTRATOR),
        f"{university}/invite": lambda seat: _known(seat, UNIVERSITY, ADMINISTRATOR),
        f"{university}/people/{cast.person('officer').public_id}": lambda seat: _known(
            seat, UNIVERSITY, ADMINISTRATOR
        ),
        f"/people/{cast.person('member').public_id}": lambda seat: _known(seat, KNOW_MEMBER),
    }
    wrong = []
    for seat in SEATS:
        client = app.test_client() if seat == "visitor" else enter(cast.person(seat))
        for path, status in expected.items():
            answer = client.get(path)
            if answer.status_code != status(seat):
                wrong.append((seat, path, answer.status_code, status(seat)))
    assert not wrong


KNOW_MEMBER = {
    "lead",
    "member",
    "rival_lead",
    "rival",
    "mentor",
    "pi",
    "participant",
    "administrator",
    "former",
    "officer",
    "programme_lead",
}
"""People who share the team or the edition with the member, run it, or decide for the team."""


def _all_signed_in(seat: str, allowed: set[str]) -> int:
    return 302 if seat == "visitor" else 200 if seat in allowed else 403


def _known(seat: str, knowing: set[str], allowed: set[str] | None = None) -> int:
    if seat == "visitor":
        return 302
    if seat not in knowing:
        return 404
    return 200 if allowed is None or seat in allowed else 403
