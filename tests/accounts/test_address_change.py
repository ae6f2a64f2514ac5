"""Another e-mail address: nothing changes before both addresses agree, and either may refuse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.pages import letters, newest_link, send, sign_in
from tests.cast import Cast
from workspace.accounts.models import EmailChange, Person
from workspace.foundation import clock
from workspace.foundation.db import session
from workspace.journal.models import JournalEntry

Enter = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NEW = "rita@new.example"


def ask(app: Flask, cast: Cast, enter: Enter, email: str = NEW) -> tuple[str, str]:
    """The links in both letters, the old address first."""
    assert send(enter(cast.person("lead")), "/settings/email", email=email).status_code == 303
    return newest_link(app, cast.email("lead")), newest_link(app, email)


def address(app: Flask, cast: Cast) -> str:
    with app.app_context():
        return session().get_one(Person, cast.person("lead").id).email


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_both_agree_in_any_order(
    app: Flask, cast: Cast, enter: Enter, client: FlaskClient, order: tuple[int, int]
) -> None:
    before, both = cast.email("lead"), ask(app, cast, enter)
    for link in both:
        assert client.get(link).status_code == 200
    assert "must agree too" in send(client, both[order[0]], answer="yes").text
    assert address(app, cast) == before
    assert client.get(both[order[0]]).status_code == 404  # one side answers once
    assert "in force" in send(client, both[order[1]], answer="yes").text
    assert address(app, cast) == NEW
    assert sign_in(app.test_client(), before).status_code == 422
    assert sign_in(app.test_client(), NEW).status_code == 303
    assert letters(app, before)[-1] and letters(app, NEW)[-1]
    with app.app_context():
        lines = session().scalars(
            select(JournalEntry).where(JournalEntry.event.like("email-change%"))
        )
        found = [(it.event, str(it.detail)) for it in lines]
    assert [event for event, _ in found] == ["email-change-asked", "email-changed"]
    assert NEW not in str(found) and before not in str(found)


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("other_agreed", [False, True])
def test_either_refuses(
    app: Flask, cast: Cast, enter: Enter, client: FlaskClient, side: int, other_agreed: bool
) -> None:
    before, both = cast.email("lead"), ask(app, cast, enter)
    if other_agreed:
        send(client, both[1 - side], answer="yes")
    assert "stays as it is" in send(client, both[side], answer="no").text
    assert [client.get(it).status_code for it in both] == [404, 404]
    assert address(app, cast) == before


def test_a_day_and_a_newer_wish_end_it(
    app: Flask, cast: Cast, enter: Enter, client: FlaskClient
) -> None:
    first = ask(app, cast, enter)
    second = ask(app, cast, enter, "other@new.example")
    assert [client.get(it).status_code for it in first] == [404, 404]
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert [client.get(it).status_code for it in second] == [404, 404]


def test_the_person_takes_it_back(app: Flask, cast: Cast, enter: Enter) -> None:
    both, mine = ask(app, cast, enter), enter(cast.person("lead"))
    send(mine, "/settings/email/take-back", on="/settings/security")
    assert mine.get(both[0]).status_code == 404


def test_an_address_of_somebody_else_is_not_told_and_not_taken(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    mine = enter(cast.person("lead"))
    taken = send(mine, "/settings/email", email=cast.email("rival"))
    free = send(mine, "/settings/email", email=NEW)
    assert (taken.status_code, taken.location) == (free.status_code, free.location)
    letters(app, NEW)
    with app.app_context():
        wished = [it.new_email for it in session().scalars(select(EmailChange))]
    assert wished == [NEW]
    assert "/address/" not in str(letters(app, cast.email("rival")))


def test_an_address_taken_meanwhile_is_refused(
    app: Flask, cast: Cast, enter: Enter, client: FlaskClient
) -> None:
    from tests import builders
    from workspace.foundation.unit import write

    before, both = cast.email("lead"), ask(app, cast, enter)
    with app.app_context(), write():
        builders.person("Somebody Else", email=NEW)
    send(client, both[0], answer="yes")
    refused = send(client, both[1], answer="yes")
    assert refused.status_code == 422 and "Another account" in refused.text
    assert address(app, cast) == before
