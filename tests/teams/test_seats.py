"""Every door of teams, asked by every seat of the cast."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders
from tests.accounts.pages import TOKEN
from tests.cast import SEATS, Cast
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.teams import access, actions, queries

Enter = Callable[[Person], FlaskClient]
TEAM, HEAD = {"lead", "member"}, {"lead"}
READ = TEAM | {"mentor", "pi", "officer"}
KNOW = READ | {"programme_lead"}
OVERSEE = {"programme_lead"}
TITLE = "titlecanary"

# method, rest of the path, who passes; whoever only knows of the team gets a reason
DOORS = [
    ("GET", "/members", KNOW), ("GET", "/state", KNOW), ("GET", "/charter", READ),
    ("GET", "/log", READ), ("GET", "/edit", HEAD), ("GET", "/charter/edit", HEAD),
    ("GET", "/leaving", TEAM), ("POST", "/charter/signature", TEAM), ("POST", "/log/lines", TEAM),
    ("POST", "/invitations", HEAD), ("POST", "/mentors", OVERSEE), ("POST", "/edit", HEAD),
    ("POST", "/pause", HEAD | OVERSEE), ("POST", "/closing", HEAD | OVERSEE),
    ("POST", "/resumption", HEAD | OVERSEE), ("GET", "/members/{member}", {"member"}),
    ("POST", "/invitations/{none}/withdrawal", HEAD), ("POST", "/charter/edit", HEAD),
    ("POST", "/members/{member}/lead", HEAD), ("POST", "/members/{member}/removal", HEAD),
]


def test_the_filter_of_the_officer_is_her_rule(context: Flask, cast: Cast) -> None:
    with write():
        builders.join(cast.rival_team, cast.person("officer"))
    teams = (cast.team, cast.rival_team)
    for seat in SEATS:
        actor = cast.actor(seat)
        decided = set(session().scalars(access.decided_by(actor)))
        assert decided == {it.id for it in teams if access.may_decide_for(actor, it)}, seat
    assert set(session().scalars(access.decided_by(cast.actor("officer")))) == {cast.team.id}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_passes_which_door(app: Flask, cast: Cast, enter: Enter) -> None:
    with app.app_context():
        member = queries.membership(cast.team.id, cast.person("member").id)
        assert member is not None
        names = {"member": member.public_id, "none": "A" * 22}
    home = f"/teams/{cast.team.public_id}"
    for method, rest, pass_ in DOORS:
        # The lead last: some doors take her rights away.
        for seat in sorted(set(SEATS) - {"visitor"}, key=lambda it: it in TEAM):
            client = enter(cast.person(seat))
            path = home + rest.format(**names)
            if method == "GET":
                status = client.get(path).status_code
            elif seat in pass_ and rest.endswith(("/lead", "/removal")):
                continue  # these have tests of their own
            else:
                token = TOKEN.search(client.get("/teams").text)
                assert token is not None
                status = client.post(path, data={"csrf_token": token[1]}).status_code
            case = (method, rest, seat, status)
            if seat not in KNOW:
                assert status == 404, case
            elif seat not in pass_:
                assert status == 403, case
            else:
                assert status in {200, 303, 404 if "{none}" in rest else 200, 409, 422}, case


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_titles_stay_in_the_team(app: Flask, cast: Cast, enter: Enter) -> None:
    from workspace.foundation.db import session
    from workspace.teams.models import Team

    with app.app_context(), write():
        team = session().get(Team, cast.team.id)
        assert team is not None
        team.title, team.pitch, team.charter = TITLE, "pitchcanary", "chartercanary" * 10
        team.charter_version = 1
        actions.pause(cast.actor("lead"), team, "A rest.", now())
    home = f"/teams/{cast.team.public_id}"
    for seat in cast.people:
        client = enter(cast.person(seat))
        for path in ("/teams", "/teams/looking", "/teams/new", home, f"{home}/members",
                     f"{home}/state", f"{home}/charter", f"{home}/log", "/inbox"):
            page = client.get(path).text
            for word in (TITLE, "pitchcanary", "chartercanary"):
                assert word not in page or seat in READ, (seat, path, word)
