"""What a key opens, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import process_time
from typing import Any

import pytest
from flask import Flask

from mentors.reviews import actions as reviews
from tests import builders
from tests.api.conftest import the_token
from tests.cast import Cast
from tests.matrix.addresses import ABSENT
from tests.reviews.panels import panel_of, pitch
from workspace.accounts.models import Person
from workspace.foundation import clock
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.teams.models import Team
from workspace.tokens import actions
from workspace.tokens.rules import Place, Scope, Verb

Key = Callable[..., str]
Caller = Callable[[str], Callable[..., Any]]


def test_nobody_comes_in_without_a_good_key(app: Flask, cast: Cast, enter: Any, key: Key) -> None:
    for headers in ({}, {"Authorization": "Bearer innocore_nothing"},
                    {"Authorization": f"Basic {key('lead')}"}):
        answer = app.test_client().get("/api/v1/teams", headers=headers)
        assert answer.status_code == 401
        assert answer.get_json()["error"] == "login_required"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert app.test_client().get(f"/api/v1/teams?token={key('lead')}").status_code == 401
    assert enter(cast.people["lead"]).get("/api/v1/teams").status_code == 401


def test_a_key_opens_no_page(app: Flask, cast: Cast, key: Key) -> None:
    headers = {"Authorization": f"Bearer {key('lead')}"}
    assert app.test_client().get("/settings", headers=headers).status_code == 302


def test_a_key_is_kept_as_a_hash_and_its_use_is_told(app: Flask, key: Key, caller: Caller) -> None:
    made = key("lead")
    caller(made)("GET", "/teams")
    with app.app_context():
        row = the_token(made)
        assert made not in (row.token_hash, row.prefix)
        assert made.startswith(row.prefix)
        assert row.first_used_at is not None
        assert row.used_at is not None


def test_a_revoked_key_is_worth_nothing_at_once(app: Flask, cast: Cast, key: Key,
                                                caller: Caller) -> None:
    made = key("lead")
    assert caller(made)("GET", "/teams").status_code == 200
    with app.app_context(), write():
        actions.revoke(builders.actor(cast.people["lead"]), the_token(made), now())
    assert caller(made)("GET", "/teams").status_code == 401


def test_a_key_ends_with_its_time_and_with_its_owner(app: Flask, cast: Cast, key: Key,
                                                     caller: Caller) -> None:
    short, long = key("lead", days=1), key("lead", days=300)
    with clock.frozen(now() + timedelta(days=2)):
        assert caller(short)("GET", "/teams").status_code == 401
        assert caller(long)("GET", "/teams").status_code == 200
    with app.app_context(), write():
        session().get_one(Person, cast.people["lead"].id).active = False
    assert caller(long)("GET", "/teams").status_code == 401


def test_a_key_for_reading_changes_nothing(cast: Cast, key: Key, caller: Caller) -> None:
    call = caller(key("lead", Scope(Verb.READ, Place.EVERYTHING)))
    path = f"/teams/{cast.team.public_id}"
    seen = call("GET", path)
    answer = call("PATCH", path, json={"pitch": "x"}, headers={"If-Match": seen.headers["ETag"]})
    assert answer.status_code == 403
    assert call("GET", path).json == seen.json


def test_a_key_for_one_team_reaches_that_team_alone(cast: Cast, key: Key, caller: Caller) -> None:
    call = caller(key("programme_lead", Scope(Verb.WRITE, Place.TEAM, cast.team.id)))
    assert [it["id"] for it in call("GET", "/teams").json["items"]] == [cast.team.public_id]
    there, absent = (call("GET", f"/teams/{it}") for it in (cast.rival_team.public_id, "A" * 22))
    assert there.status_code == absent.status_code == 404
    assert there.json["message"] == absent.json["message"]
    assert call("GET", "/account").status_code == 403
    assert call("GET", "/programmes").json["items"] == []


PATHS = (
    "/teams", "/challenges", "/programmes", "/teams/{team}/members", "/teams/{rival}/members",
    "/teams/{team}/canvases", "/teams/{rival}/canvases", "/teams/{team}/releases",
    "/challenges/{challenge}/questions", "/teams/{team}/submissions",
)
SEATS = ("lead", "rival", "mentor", "officer", "programme_lead", "administrator", "stranger")


@pytest.mark.parametrize("seat", SEATS)
def test_a_narrow_key_never_gives_more_than_its_owner(cast: Cast, key: Key, caller: Caller,
                                                      seat: str) -> None:
    whole = caller(key(seat))
    ids = {"team": cast.team.public_id, "rival": cast.rival_team.public_id,
           "challenge": cast.challenge.public_id}
    scopes = (
        Scope(Verb.READ, Place.TEAM, cast.team.id), Scope(Verb.REVIEW, Place.TEAM, 10**6),
        Scope(Verb.READ, Place.PROGRAMME, cast.edition.programme_id),
        Scope(Verb.WRITE, Place.TEAM, cast.rival_team.id),
    )
    for scope in scopes:
        narrow = caller(key(seat, scope))
        for pattern in PATHS:
            path = pattern.format(**ids)
            all_of_it, part = whole("GET", path), narrow("GET", path)
            if all_of_it.status_code != 200:
                assert part.status_code in (403, 404), (path, scope)
                continue
            if part.status_code == 200:
                owned = {it["id"] for it in all_of_it.json["items"]}
                assert {it["id"] for it in part.json["items"]} <= owned, (path, scope)


def test_hidden_and_absent_are_answered_alike_in_the_same_time(cast: Cast, key: Key,
                                                               caller: Caller) -> None:
    call = caller(key("stranger"))
    team, challenge = cast.team.public_id, cast.challenge.public_id

    def taken(path: str) -> tuple[float, bytes]:
        begin = process_time()
        answer = call("GET", path)
        spent = process_time() - begin
        assert answer.status_code == 404
        return spent, answer.data.replace(answer.json["request_id"].encode(), b"")

    for hidden, absent in (
        (f"/teams/{team}", f"/teams/{ABSENT}"),
        (f"/teams/{team}/canvases", f"/teams/{ABSENT}/canvases"),
        (f"/challenges/{challenge}/brief", f"/challenges/{ABSENT}/brief"),
    ):
        taken(hidden), taken(absent)
        pairs = [(taken(hidden), taken(absent)) for _ in range(25)]
        assert len({body for pair in pairs for _spent, body in pair}) == 1
        one = median(pair[0][0] for pair in pairs)
        other = median(pair[1][0] for pair in pairs)
        assert one < other * 2 + 0.01, (hidden, one, other)
        assert other < one * 2 + 0.01, (hidden, one, other)


def test_a_token_for_a_place_lists_ones_own_reviews_there(app: Flask, cast: Cast, key: Key,
                                                          caller: Caller) -> None:
    with app.app_context():
        with write():
            handed = [
                pitch(session().get_one(Team, it.id), session().get_one(Person, by.id))
                for it, by in ((cast.team, cast.people["lead"]),
                               (cast.rival_team, cast.people["rival_lead"]))
            ]
        with write():
            lead = builders.actor(cast.people["programme_lead"])
            reviewer = session().get_one(Person, cast.people["reviewer"].id)
            mine = [reviews.assign(lead, panel_of(it), reviewer, now()).public_id
                    for it in handed]
    for scope, wanted in (
        (Scope(Verb.REVIEW, Place.EVERYTHING), set(mine)),
        (Scope(Verb.REVIEW, Place.PROGRAMME, cast.edition.programme_id), set(mine)),
        (Scope(Verb.READ, Place.TEAM, cast.rival_team.id), {mine[1]}),
        (Scope(Verb.READ, Place.TEAM, 10**6), set()),
    ):
        listed = caller(key("reviewer", scope))("GET", "/reviews").json["items"]
        assert {it["id"] for it in listed} == wanted, scope
    assert caller(key("lead"))("GET", "/reviews").json["items"] == []
