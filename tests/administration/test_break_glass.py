"""An administrator reads a team's work for four hours; the team is told, nothing else opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from canvases.boards import actions as boards
from tests import builders
from tests.accounts.pages import send
from tests.cast import SEATS, Cast
from workspace.accounts.models import Person
from workspace.administration import actions
from workspace.administration.models import GlassBroken
from workspace.foundation.access import can
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.jobs import Job
from workspace.foundation.unit import write
from workspace.inbox.models import Notice
from workspace.journal.models import JournalEntry

Enter = Callable[[Person], FlaskClient]
REASON = "The lead lost her account and the demo is tonight."
PAGE = "/administration/break-glass"


def break_it(client: FlaskClient, cast: Cast, reason: str = REASON) -> str:
    """Open the home team's work; gives the address of the opening."""
    answer = send(client, PAGE, team=f"http://x/teams/{cast.team.public_id}", reason=reason)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_the_team_is_told_and_the_work_is_read(app: Flask, cast: Cast, enter: Enter) -> None:
    admin = enter(cast.person("administrator"))
    team = f"/teams/{cast.team.public_id}"
    assert admin.get(team).status_code == 404
    place = break_it(admin, cast)
    assert admin.get(team).status_code == 200
    assert admin.get(f"{team}/canvases").status_code == 200
    assert admin.get(f"/teams/{cast.rival_team.public_id}").status_code == 404
    with app.app_context():
        told = session().scalars(select(Notice).where(Notice.kind == "glass-broken")).all()
        members = {cast.person("lead").id, cast.person("member").id}
        assert {it.person_id for it in told} == members
        letters = session().scalars(select(Job).where(Job.key.like("mail:notice:%"))).all()
        assert len(letters) == len(members)
        line = session().scalars(
            select(JournalEntry).where(JournalEntry.event == "break-glass-opened")
        ).one()
        assert line.chain == f"team:{cast.team.id}"
        assert REASON not in repr(line.detail)
        read = session().scalars(
            select(JournalEntry).where(JournalEntry.event == "read-in-emergency")
        ).all()
        assert [it.detail["door"] for it in read] == ["home.team", "canvases.index"]
    member = enter(cast.person("member"))
    assert REASON in member.get(place).text
    assert REASON not in member.get("/inbox").text


def test_nothing_can_be_changed_meanwhile(app: Flask, cast: Cast, enter: Enter) -> None:
    with app.app_context(), write():
        canvas = boards.make_canvas(
            builders.actor(cast.person("lead")), cast.team, "business-model-canvas", "Ours", now()
        )
    admin = enter(cast.person("administrator"))
    break_it(admin, cast)
    assert admin.get(f"/canvases/{canvas.public_id}/list").status_code == 200
    with app.app_context():
        actor = builders.actor(cast.person("administrator"))
        canvas = session().merge(canvas)
        for verb in ("edit", "comment", "keep"):
            assert not can(actor, verb, canvas)
        for verb in ("edit", "lead", "request-release"):
            assert not can(actor, verb, cast.team)


def test_it_ends_by_itself_after_four_hours(app: Flask, cast: Cast, enter: Enter) -> None:
    admin = enter(cast.person("administrator"))
    place = break_it(admin, cast)
    with frozen(now() + timedelta(hours=4, seconds=1)), app.app_context():
        actor = builders.actor(cast.person("administrator"))
        assert not actor.has("break-glass", "team", cast.team.id)
        assert not can(actor, "view", cast.team)
    assert admin.get(place).status_code == 200


def test_it_can_be_ended_at_once_and_only_once(app: Flask, cast: Cast, enter: Enter) -> None:
    admin = enter(cast.person("administrator"))
    place = break_it(admin, cast)
    for _ in range(2):
        assert send(admin, f"{place}/end").status_code == 303
    assert admin.get(f"/teams/{cast.team.public_id}").status_code == 404
    with app.app_context():
        ended = session().scalars(
            select(JournalEntry).where(JournalEntry.event == "break-glass-ended")
        ).all()
        assert len(ended) == 1


@pytest.mark.parametrize(
    ("team", "reason"),
    [("absent", REASON), ("AbsentAbsentAbsent0022", REASON), ("own", "help"), ("own", "x" * 40)],
)
def test_without_a_team_or_a_reason_nothing_opens(
    team: str, reason: str, app: Flask, cast: Cast, enter: Enter
) -> None:
    admin = enter(cast.person("administrator"))
    address = cast.team.public_id if team == "own" else team
    answer = send(admin, PAGE, team=address, reason=reason)
    assert answer.status_code == 422
    assert reason in answer.text
    with app.app_context():
        assert not session().scalars(select(GlassBroken)).all()


def test_twice_at_once_is_refused(context: Flask, cast: Cast) -> None:
    actor = builders.actor(cast.person("administrator"))
    with write():
        actions.break_glass(actor, cast.team.public_id, REASON, now())
    with write(), pytest.raises(Refused):
        actions.break_glass(actor, cast.team.public_id, REASON, now())


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seat", [it for it in SEATS if it != "visitor"])
def test_who_knows_of_it(seat: str, cast: Cast, enter: Enter) -> None:
    place = break_it(enter(cast.person("administrator")), cast)
    client = enter(cast.person(seat))
    expected = 200 if seat in ("lead", "member", "administrator") else 404
    assert client.get(place).status_code == expected
    assert client.get(PAGE).status_code == (200 if seat == "administrator" else 403)
    if seat != "administrator":
        assert send(client, f"{place}/end").status_code == (403 if expected == 200 else 404)
