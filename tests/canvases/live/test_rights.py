"""Rights on open boards are those of now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from canvases.boards import wire
from canvases.boards.models import Canvas
from tests import builders
from tests.canvases.live.conftest import Stage
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.grants import actions as grants

# The same code on both kinds of database; `test_room` and `test_edits` run on both.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    "seat", ["rival", "former", "mentor", "sponsor", "officer", "programme_lead", "stranger"]
)
def test_nobody_but_the_team_joins_the_live_board(stage: Stage, seat: str) -> None:
    outsider = stage.stranger(seat)
    outsider.join()
    assert [nack["code"] for nack in outsider.nacks] == [wire.MISSING]
    assert outsider.room is None


def test_an_unknown_canvas_is_answered_as_a_forbidden_one(stage: Stage) -> None:
    gone = stage.stranger("lead")
    gone.canvas = Canvas(id=99_999, public_id="x" * 22)
    gone.join()
    outsider = stage.stranger("rival")
    outsider.join()
    assert gone.nacks[0] | {"canvas": ""} == outsider.nacks[0] | {"canvas": ""}


def test_somebody_who_leaves_the_team_is_shown_out_and_cannot_edit(stage: Stage) -> None:
    one, two = stage.enter("lead"), stage.enter("member")
    member = stage.cast.person("member")
    with write():
        grants.end(builders.NOBODY, member.id, ("team-member",), "team", stage.cast.team.id, now())
    stage.rooms.recheck(person_id=member.id)
    stage.ear.until(lambda: two.take() or two.byes == [wire.REMOVED])
    two.add("Too late")
    one.add("Still here")
    one.saved(1)
    assert one.texts() == ["Still here"]


def test_rights_are_read_at_the_moment_of_the_edit(stage: Stage) -> None:
    two = stage.enter("member")
    member = stage.cast.person("member")
    stage.ear.until(lambda: two.take() or len(two.others) == 1)
    with write():
        grants.end(builders.NOBODY, member.id, ("team-member",), "team", stage.cast.team.id, now())
    # Nobody announces it: the next edit after a second finds out by itself.
    assert two.room is not None
    two.room._roles_at -= 2
    two.add("Too late")
    stage.ear.until(lambda: two.take() or two.byes == [wire.REMOVED])
    assert stage.rooms.look(stage.canvas.id, lambda document: document.read()) == []


def test_a_canvas_put_away_is_read_only_for_open_boards(stage: Stage) -> None:
    one = stage.enter("lead")
    with write():
        kept = session().get(Canvas, stage.canvas.id)
        assert kept is not None
        kept.archived_at = now()
    stage.rooms.recheck(canvas_id=stage.canvas.id)
    stage.ear.until(lambda: one.take() or one.roles == ["viewer"])
    one.add("Too late")
    stage.ear.until(lambda: one.take() or bool(one.nacks))
    assert one.nacks[0]["code"] == wire.READONLY


def test_name_and_role_are_the_servers_and_anothers_state_is_dropped(stage: Stage) -> None:
    from canvases.boards.messages import Aware

    one, two = stage.enter("lead"), stage.enter("member")
    assert two.room is not None
    foreign = one.document.doc.client_id
    two.room.post(Aware(two.sid, foreign, wire.Place("stolen", None, True)))
    two.room.post(Aware(two.sid, two.document.doc.client_id, wire.Place("mine", None, True)))
    stage.ear.until(lambda: one.take() or _place_of(one.others, two.session) == "mine")
    shown = one.others[two.session]
    assert (shown["name"], shown["role"]) == ("Tomas Kral", "editor")
    assert stage.rooms.dropped_states == 1


def _place_of(others: dict[int, dict[str, dict[str, str]]], session_number: int) -> str | None:
    return others.get(session_number, {}).get("at", {}).get("note")


def test_a_right_that_the_clock_ends_is_over_within_two_seconds(stage: Stage) -> None:
    member, team = stage.cast.person("member"), stage.cast.team
    with write():
        grants.end(builders.NOBODY, member.id, ("team-member",), "team", team.id, now())
        until = now() + timedelta(seconds=1.5)
        builders.give(member, "team-member", "team", team.id, until=until)
    editor = stage.enter("member")
    assert not editor.byes
    stage.ear.until(lambda: editor.take() or editor.byes == [wire.REMOVED])
    assert timedelta() < now() - until < timedelta(seconds=2)
