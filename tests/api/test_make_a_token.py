"""Settings, Access tokens: make one, read it once, revoke it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.accounts.pages import send
from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.foundation import clock
from workspace.foundation.clock import now

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Enter = Callable[[Person], FlaskClient]
KEY = re.compile(r"innocore_[A-Za-z0-9_-]{43}")


def wanted(cast: Cast, **values: str) -> dict[str, str]:
    return {"name": "Figures", "verb": "read", "place": f"team.{cast.team.public_id}",
            "days": "30"} | values


def test_a_token_is_shown_once_and_revoked(cast: Cast, enter: Enter) -> None:
    page = enter(cast.people["lead"])
    made = send(page, "/settings/tokens/new", **wanted(cast))
    assert made.status_code == 200, made.get_data(as_text=True)
    key = KEY.search(made.get_data(as_text=True))
    assert key is not None
    later = page.get("/settings/tokens").get_data(as_text=True)
    assert "Figures" in later
    assert KEY.search(later) is None
    call = {"Authorization": f"Bearer {key[0]}"}
    assert page.get("/api/v1/teams", headers=call).status_code == 200
    revoke = re.search(r'action="(/settings/tokens/[^"]+/revoke)"', later)
    assert revoke is not None
    assert send(page, revoke[1], on="/settings/tokens").status_code == 303
    assert page.get("/api/v1/teams", headers=call).status_code == 401
    assert "You have no access tokens" in page.get("/settings/tokens").get_data(as_text=True)


@pytest.mark.parametrize("wrong", [
    {"place": "team.AbsentAbsentAbsent0022"}, {"verb": "own"}, {"days": "4000"}, {"name": ""},
])
def test_what_is_not_offered_is_refused(cast: Cast, enter: Enter, wrong: dict[str, str]) -> None:
    answer = send(enter(cast.people["lead"]), "/settings/tokens/new", **wanted(cast, **wrong))
    assert answer.status_code == 422
    assert KEY.search(answer.get_data(as_text=True)) is None


def test_a_team_of_others_is_no_place(cast: Cast, enter: Enter) -> None:
    place = f"team.{cast.rival_team.public_id}"
    answer = send(enter(cast.people["lead"]), "/settings/tokens/new", **wanted(cast, place=place))
    assert answer.status_code == 422
    assert cast.rival_team.name not in answer.get_data(as_text=True)


def test_making_one_needs_a_fresh_proof(cast: Cast, enter: Enter) -> None:
    page = enter(cast.people["lead"])
    with clock.frozen(now() + timedelta(minutes=11)):
        answer = send(page, "/settings/tokens/new", **wanted(cast))
    assert KEY.search(answer.get_data(as_text=True)) is None
