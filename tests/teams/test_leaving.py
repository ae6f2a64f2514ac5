"""Leaving and being taken out: access ends at once, authorship stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.pages import send
from tests.cast import Cast
from tests.teams.rooms import told
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.unit import write
from workspace.journal.models import JournalEntry
from workspace.teams import actions, agreements, queries
from workspace.teams.models import Member, Team
from workspace.teams.rules import TeamState

Enter = Callable[[Person], FlaskClient]


def member_of(cast: Cast, seat: str) -> Member:
    found = queries.membership(cast.team.id, cast.person(seat).id)
    assert found is not None
    return found


def test_a_member_leaves_and_loses_access_at_once(app: Flask, cast: Cast, enter: Enter) -> None:
    home = f"/teams/{cast.team.public_id}"
    client = enter(cast.person("member"))
    assert client.get(f"{home}/log").status_code == 200
    assert send(client, f"{home}/leaving").status_code == 303
    for path in ("", "/members", "/charter", "/log", "/state", "/leaving"):
        assert client.get(home + path).status_code == 404, path
    with app.app_context():
        events = set(session().scalars(select(JournalEntry.event)))
        assert {"team-left", "grant-ended"} <= events
        assert told(cast, "lead", "team-left") == 1


def test_what_she_wrote_stays_hers(app: Flask, cast: Cast, enter: Enter) -> None:
    with app.app_context():
        with write():
            agreements.log_contribution(cast.actor("member"), cast.team, "The lens idea.", now())
        with write():
            actions.remove(cast.actor("lead"), cast.team, member_of(cast, "member"), now())
        assert told(cast, "member", "team-removed") == 1
    page = enter(cast.person("lead")).get(f"/teams/{cast.team.public_id}/log").text
    assert "The lens idea." in page and "Tomas Kral" in page and "Former member" in page


def test_the_charter_is_due_again(context: Flask, cast: Cast) -> None:
    with write():
        cast.team.charter, cast.team.charter_version = "x" * 60, 1
    with write():
        actions.leave(cast.actor("member"), cast.team, now())
    session().refresh(cast.team)
    assert cast.team.charter_renewal_at is not None


def test_the_only_lead_hands_over_first(context: Flask, cast: Cast) -> None:
    with pytest.raises(Refused, match="only lead"), write():
        actions.leave(cast.actor("lead"), cast.team, now())
    with write():
        actions.hand_over(cast.actor("lead"), cast.team, member_of(cast, "member"), now())
    assert cast.actor("member").has("team-lead", "team", cast.team.id)
    assert not cast.actor("member").has("team-member", "team", cast.team.id)
    assert cast.actor("lead").has("team-member", "team", cast.team.id)
    assert not cast.actor("lead").has("team-lead", "team", cast.team.id)
    with pytest.raises(Refused), write():
        actions.hand_over(cast.actor("lead"), cast.team, member_of(cast, "member"), now())
    with write():
        actions.leave(cast.actor("lead"), cast.team, now())
    assert not cast.actor("lead").has("team-member", "team", cast.team.id)


def test_the_last_member_closes_the_team(context: Flask, cast: Cast) -> None:
    with write():
        actions.leave(cast.actor("member"), cast.team, now())
    with write():
        actions.leave(cast.actor("lead"), cast.team, now())
    session().refresh(cast.team)
    assert cast.team.state == TeamState.CLOSED
    assert queries.present(cast.team.id) == []


def test_leaving_twice_is_leaving_once(context: Flask, cast: Cast) -> None:
    for _ in range(2):
        with write():
            actions.leave(cast.actor("member"), cast.team, now())
    assert told(cast, "lead", "team-left") == 1


def test_a_lead_does_not_take_herself_out(context: Flask, cast: Cast) -> None:
    with pytest.raises(Refused, match="use Leave"), write():
        actions.remove(cast.actor("lead"), cast.team, member_of(cast, "lead"), now())


def test_a_member_of_another_team_is_not_found_here(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    home = f"/teams/{cast.team.public_id}"
    with app.app_context():
        stranger = queries.membership(cast.rival_team.id, cast.person("rival").id)
        assert stranger is not None
    lead = enter(cast.person("lead"))
    for deed in ("removal", "lead"):
        answer = send(lead, f"{home}/members/{stranger.public_id}/{deed}", on=f"{home}/members")
        assert answer.status_code == 404
    with app.app_context():
        team = session().get(Team, cast.rival_team.id)
        assert team is not None and len(team.present) == 2


def test_the_lead_takes_a_member_out_on_the_page(app: Flask, cast: Cast, enter: Enter) -> None:
    home = f"/teams/{cast.team.public_id}"
    with app.app_context():
        member = member_of(cast, "member").public_id
    lead, out = enter(cast.person("lead")), enter(cast.person("member"))
    address = f"{home}/members/{member}/removal"
    assert send(out, address, on=f"{home}/members").status_code == 403
    assert out.get(f"{home}/log").status_code == 200
    assert send(lead, address, on=f"{home}/members").status_code == 303
    assert out.get(f"{home}/log").status_code == 404


def test_the_lead_hands_over_on_the_page(app: Flask, cast: Cast, enter: Enter) -> None:
    home = f"/teams/{cast.team.public_id}"
    with app.app_context():
        member = member_of(cast, "member").public_id
    lead, heir = enter(cast.person("lead")), enter(cast.person("member"))
    assert heir.get(f"{home}/edit").status_code == 403
    assert send(lead, f"{home}/members/{member}/lead", on=f"{home}/members").status_code == 303
    assert heir.get(f"{home}/edit").status_code == 200
    assert lead.get(f"{home}/edit").status_code == 403
