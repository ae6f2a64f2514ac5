"""Every door of challenges, asked by every seat of the cast."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders
from tests.accounts.pages import TOKEN
from tests.cast import SEATS, Cast
from workspace.accounts.models import Person
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.organisations.models import Organisation
from workspace.programmes.models import Edition

Enter = Callable[[Person], FlaskClient]
SPONSOR, LEAD = {"sponsor"}, {"programme_lead"}
IN_EDITION = {
    "lead", "member", "rival_lead", "rival", "former", "participant", "mentor", "conflicted", "pi",
}
KNOW_PUBLISHED = IN_EDITION | SPONSOR | LEAD | {"officer"}
KNOW_DRAFT = SPONSOR | LEAD
PARTICIPANTS = IN_EDITION - {"mentor", "conflicted", "pi"}

# method, rest of the path, who knows of the challenge, who passes the door
PUBLISHED = [
    ("GET", "", KNOW_PUBLISHED, KNOW_PUBLISHED),
    ("GET", "/annex", KNOW_PUBLISHED, KNOW_PUBLISHED),
    ("GET", "/edit", KNOW_PUBLISHED, KNOW_DRAFT),
    ("GET", "/cancellation", KNOW_PUBLISHED, LEAD),
    ("GET", "/review", KNOW_PUBLISHED, LEAD),
    ("POST", "/agreement", KNOW_PUBLISHED, KNOW_PUBLISHED - SPONSOR),
    ("POST", "/questions", KNOW_PUBLISHED, PARTICIPANTS),
    ("POST", "/submission", KNOW_PUBLISHED, SPONSOR),
    ("POST", "/publication", KNOW_PUBLISHED, LEAD),
    ("POST", "/changes", KNOW_PUBLISHED, LEAD),
    ("POST", "/cancellation", KNOW_PUBLISHED, LEAD),
    ("POST", "/decision", KNOW_PUBLISHED, KNOW_DRAFT),
    ("POST", "/completion", KNOW_PUBLISHED, LEAD),
]
DRAFT = [
    ("GET", "", KNOW_DRAFT, KNOW_DRAFT),
    ("GET", "/annex", KNOW_DRAFT, KNOW_DRAFT),
    ("GET", "/edit", KNOW_DRAFT, KNOW_DRAFT),
    ("POST", "/agreement", KNOW_DRAFT, LEAD),
    ("POST", "/questions", KNOW_DRAFT, set()),
    ("POST", "/publication", KNOW_DRAFT, LEAD),
]


def ask(client: FlaskClient, method: str, path: str) -> int:
    if method == "GET":
        return client.get(path).status_code
    token = TOKEN.search(client.get("/challenges").text)
    assert token is not None
    return client.post(path, data={"csrf_token": token[1]}).status_code


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("state", ["published", "draft"])
def test_who_passes_which_door(app: Flask, cast: Cast, enter: Enter, state: str) -> None:
    with app.app_context(), write():
        edition = session().get(Edition, cast.edition.id)
        company = session().get(Organisation, cast.company.id)
        assert edition is not None and company is not None
        challenge = builders.challenge(
            edition, company, cast.person("sponsor"), "uniquetitle", state)
        home = f"/challenges/{challenge.public_id}"
    for method, rest, know, pass_ in PUBLISHED if state == "published" else DRAFT:
        for seat in set(SEATS) - {"visitor"}:
            status = ask(enter(cast.person(seat)), method, home + rest)
            case = (method, rest, seat, status)
            if seat not in know:
                assert status == 404, case
            elif seat not in pass_:
                assert status == 403, case
            else:
                assert status in {200, 303, 409, 422}, case


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_visitor_signs_in_first(app: Flask, cast: Cast, client: FlaskClient) -> None:
    for rest in ("", "/annex", "/edit"):
        answer = client.get(f"/challenges/{cast.challenge.public_id}{rest}")
        assert answer.status_code == 302 and "/sign-in" in answer.location


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_drafts_stay_with_the_sponsor_and_the_lead(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    with app.app_context(), write():
        edition = session().get(Edition, cast.edition.id)
        company = session().get(Organisation, cast.company.id)
        assert edition is not None and company is not None
        builders.challenge(edition, company, cast.person("sponsor"), "draftcanary", "draft",
                           sector="sectorcanary")
    for seat in cast.people:
        client = enter(cast.person(seat))
        for path in ("/challenges", "/challenges?view=table", "/challenges?q=draft", "/inbox",
                     "/challenges?state=draft", "/challenges?sector=sectorcanary"):
            page = client.get(path).text
            assert ("draftcanary" in page) == (
                seat in {"sponsor", "programme_lead"} and path != "/inbox"), (seat, path)
        # Not even the choices of the filters tell of it.
        if seat not in KNOW_DRAFT:
            assert "sectorcanary" not in client.get("/challenges").text, seat
