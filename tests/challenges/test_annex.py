"""The annex opens under an agreement that is valid now, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.accounts.pages import send
from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.challenges import access, actions
from workspace.challenges.models import Challenge
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.grants.models import ConfidentialityAgreement
from workspace.journal.models import JournalEntry

SECRET = "zanzibarannex"
Enter = Callable[[Person], FlaskClient]


@pytest.fixture
def secret(app: Flask, cast: Cast) -> str:
    """The challenge has a word in its annex that stands nowhere else; returns its address."""
    with app.app_context(), write():
        challenge = session().get(Challenge, cast.challenge.id)
        assert challenge is not None
        challenge.annex = f"The word is {SECRET}."
    return f"/challenges/{cast.challenge.public_id}"


def test_nobody_reads_it_before_signing(
    app: Flask, cast: Cast, secret: str, enter: Enter
) -> None:
    for seat in cast.people:
        client = enter(cast.person(seat))
        for path in (secret, f"{secret}/annex", f"{secret}/edit", f"{secret}/review",
                     "/challenges", "/challenges?view=table"):
            assert (SECRET in client.get(path).text) == (
                seat == "sponsor" and path in {f"{secret}/annex", f"{secret}/edit"}
            ), (seat, path)
        # The search must not say that the word is there.
        assert secret not in client.get(f"/challenges?q={SECRET}").text, seat


def test_signing_opens_it_and_the_end_closes_it_at_once(
    app: Flask, cast: Cast, secret: str, enter: Enter
) -> None:
    client = enter(cast.person("participant"))
    refused = send(client, f"{secret}/agreement", on=f"{secret}/annex")
    assert refused.status_code == 422 and "Tick the box" in refused.text
    assert send(client, f"{secret}/agreement", on=f"{secret}/annex", agreed="y").status_code == 303
    assert SECRET in client.get(f"{secret}/annex").text
    with app.app_context():
        until = session().scalar(select(ConfidentialityAgreement.valid_until).where(
            ConfidentialityAgreement.scope_kind == "challenge"))
        opened = session().scalar(select(func.count(JournalEntry.id)).where(
            JournalEntry.event == "annex-opened"))
    assert until is not None and opened == 1
    with app.app_context(), frozen(until - timedelta(seconds=1)):
        assert access.may_read_annex(cast.actor("participant"), cast.challenge)
    with app.app_context(), frozen(until):
        assert not access.may_read_annex(cast.actor("participant"), cast.challenge)


def test_signing_twice_is_one_agreement(context: Flask, cast: Cast) -> None:
    first = second = None
    with write():
        first = actions.sign_annex(cast.actor("lead"), cast.challenge, now())
    with write():
        second = actions.sign_annex(cast.actor("lead"), cast.challenge, now())
    assert first.id == second.id


def test_the_sponsor_knows_who_signed_and_others_do_not(
    app: Flask, cast: Cast, secret: str, enter: Enter
) -> None:
    with app.app_context(), write():
        actions.sign_annex(cast.actor("rival"), cast.challenge, now())
    assert "Ines Braga" in enter(cast.person("sponsor")).get(secret).text
    for seat in ("lead", "participant", "programme_lead", "mentor"):
        assert "Ines Braga" not in enter(cast.person(seat)).get(secret).text


def test_the_sponsor_of_another_company_gets_the_same_answer_as_for_nothing(
    app: Flask, cast: Cast, secret: str, enter: Enter
) -> None:
    client = enter(cast.person("other_sponsor"))
    hidden = client.get(f"{secret}/annex")
    absent = client.get("/challenges/AAAAAAAAAAAAAAAAAAAAAA/annex")
    assert hidden.status_code == absent.status_code == 404


def test_a_confidential_brief_shows_nothing_before_signing(
    app: Flask, cast: Cast, secret: str, enter: Enter
) -> None:
    with app.app_context(), write():
        challenge = session().get(Challenge, cast.challenge.id)
        assert challenge is not None
        challenge.confidentiality = "confidential"
        challenge.problem = "kilimanjaroproblem"
    client = enter(cast.person("participant"))
    assert "kilimanjaroproblem" not in client.get(secret).text
    # A search that hits would tell what is in it.
    found = client.get("/challenges?q=kilimanjaroproblem").text
    assert cast.challenge.title not in found
    assert "kilimanjaroproblem" in enter(cast.person("programme_lead")).get(secret).text
    send(client, f"{secret}/agreement", on=f"{secret}/annex", agreed="y")
    assert "kilimanjaroproblem" in client.get(secret).text
