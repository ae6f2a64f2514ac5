"""One place decides, and what nobody ruled on is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests import builders, cast
from workspace.accounts.models import SignIn
from workspace.foundation import clock
from workspace.foundation.access import allow, can, find_visible, visible
from workspace.foundation.clock import now
from workspace.foundation.db import new_public_id, session
from workspace.foundation.errors import Denied, Missing
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.teams.models import Team

KNOWS_THE_TEAM = {"lead", "member", "mentor", "pi", "officer", "programme_lead"}
READS_THE_TEAM = KNOWS_THE_TEAM - {"programme_lead"}
EDITS_THE_TEAM = {"lead", "member"}


@pytest.fixture
def everybody(context: Flask) -> cast.Cast:
    with write():
        return cast.assemble()


def test_who_knows_reads_and_edits_a_team(everybody: cast.Cast) -> None:
    team = everybody.team
    found: dict[str, set[str]] = {"view": set(), "read": set(), "edit": set(), "list": set()}
    for seat in cast.SEATS:
        actor = everybody.actor(seat)
        for verb in ("view", "read", "edit"):
            if can(actor, verb, team):
                found[verb].add(seat)
        if team in session().scalars(visible(actor, Team)).all():
            found["list"].add(seat)
    assert found == {
        "view": KNOWS_THE_TEAM, "read": READS_THE_TEAM, "edit": EDITS_THE_TEAM,
        "list": KNOWS_THE_TEAM,
    }


def test_absent_and_hidden_look_the_same(everybody: cast.Cast) -> None:
    for seat in cast.SEATS:
        actor = everybody.actor(seat)
        with pytest.raises(Missing):
            find_visible(actor, Team, new_public_id())
        if seat not in KNOWS_THE_TEAM:
            with pytest.raises(Missing):
                find_visible(actor, Team, everybody.team.public_id)
            with pytest.raises(Missing):
                allow(actor, "edit", everybody.team)
        elif seat not in EDITS_THE_TEAM:
            with pytest.raises(Denied) as refused:
                allow(actor, "edit", everybody.team)
            assert refused.value.reason


def test_what_nobody_ruled_on_is_refused(everybody: cast.Cast) -> None:
    administrator = everybody.actor("administrator")
    assert not can(administrator, "fly", everybody.team)
    assert session().scalars(visible(administrator, SignIn)).all() == []


def test_a_grant_holds_from_its_start_until_its_end_excluded(everybody: cast.Cast) -> None:
    stranger, at = everybody.person("stranger"), now()
    with write():
        grants.give(
            builders.NOBODY, stranger.id, "mentor", "team", everybody.team.id, at,
            basis="assignment", until=at + timedelta(hours=1),
        )
    for moment, holds in (
        (at - timedelta(microseconds=1), False), (at, True),
        (at + timedelta(minutes=59), True), (at + timedelta(hours=1), False),
    ):
        with clock.frozen(moment):
            assert bool(can(builders.actor(stranger), "read", everybody.team)) is holds


def test_ending_a_grant_ends_the_right_at_once(everybody: cast.Cast) -> None:
    member = everybody.person("member")
    with write():
        grants.end(builders.NOBODY, member.id, ("team-member",), "team", everybody.team.id, now())
    assert not can(everybody.actor("member"), "view", everybody.team)
