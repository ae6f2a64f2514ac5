"""Teams: sizes, charter, members and the guards of their steps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.foundation.errors import Refused
from workspace.teams import rules
from workspace.teams.rules import TEAM, Signature, TeamFacts, TeamState

READY = TeamFacts(members=3, charter="We build a one-hour test and share all of the work.")
PASSED = TeamFacts(deck_checksum="a" * 64, approved_checksum="a" * 64)


def test_a_team_is_formed_when_everything_is_there() -> None:
    assert TEAM.step("forming", "sign-charter", READY) is TeamState.TEAM_FORMED


@pytest.mark.parametrize(("change", "sentence"), [
    ({"members": 2}, "Your team needs 1 more member."),
    ({"members": 1}, "Your team needs 2 more members."),
    ({"members": 7}, "Your team has 1 member too many."),
    ({"charter": "  "},
     "Write the charter first: goal, roles, how you work and what stays in the team."),
    ({"unsigned": ("Marta", "Jonas")},
     "These members have not signed the charter yet: Marta, Jonas."),
    ({"not_confidential": ("Marta",)},
     "These members need a valid confidentiality agreement first: Marta."),
])
def test_what_keeps_a_team_from_being_formed(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        TEAM.step("forming", "sign-charter", replace(READY, **change))  # type: ignore[arg-type]
    assert refused.value.reason == sentence


def test_everything_that_is_missing_is_listed_at_once() -> None:
    assert len(TEAM.objections("forming", "sign-charter", TeamFacts(unsigned=("Marta",)))) == 3


@pytest.mark.parametrize(("facts", "is_passed"), [
    (PASSED, True),
    (replace(PASSED, deck_checksum="b" * 64), False),
    (replace(PASSED, approved_checksum=""), False),
    (TeamFacts(), False),
    (replace(PASSED, gate_shortfalls=("TRL needs 3.",)), False),
])
def test_the_panel_passes_only_the_deck_that_was_approved(
    facts: TeamFacts, is_passed: bool,
) -> None:
    assert (TEAM.objection("pitch-review", "pass-review", facts) is None) is is_passed


@pytest.mark.parametrize(("mean", "cleared", "is_taken"), [
    (3.5, True, True), (3.49, True, False), (None, True, False), (5.0, False, False),
])
def test_the_office_takes_over_from_three_and_a_half(
    mean: float | None, cleared: bool, is_taken: bool,
) -> None:
    facts = TeamFacts(dossier_mean=mean, ownership_cleared=cleared)
    assert (TEAM.objection("presented", "hand-off", facts) is None) is is_taken


@given(st.sampled_from(sorted(set(TeamState) - {TeamState.PAUSED, TeamState.CLOSED})))
def test_a_paused_team_resumes_where_it_was(state: TeamState) -> None:
    paused = TEAM.step(state, "pause", TeamFacts(reason="Exams"))
    assert TEAM.step(paused, "resume", TeamFacts(), before=state) is state
    assert paused in rules.DEADLINES_RUN_ON


def test_a_closed_team_stays_closed() -> None:
    assert TEAM.allowed("closed") == ()
    with pytest.raises(ValueError, match="cannot go back"):
        TEAM.step("paused", "resume", TeamFacts(), before="closed")


def test_pausing_and_closing_need_a_reason() -> None:
    for name in ("pause", "close"):
        assert TEAM.objection("discovery", name, TeamFacts()) is not None


@given(st.integers(0, 20), st.integers(1, 6), st.integers(6, 12))
def test_the_size_is_right_exactly_within_the_limits(members: int, least: int, most: int) -> None:
    assert (rules.size_problem(members, least, most) is None) == (least <= members <= most)


def test_the_limits_of_the_challenge_come_first() -> None:
    assert rules.limits((2, 4), (3, 8)) == (2, 4)
    assert rules.limits(None, (3, 8)) == (3, 8)
    assert rules.limits(None) == (3, 6)


MEMBERS = st.sets(st.integers(1, 8), min_size=1)
SIGNATURES = st.lists(st.builds(Signature, st.integers(1, 8), st.integers(1, 3)))


@given(MEMBERS, SIGNATURES, st.integers(1, 3))
def test_only_signatures_under_this_version_of_present_members_count(
    members: set[int], signatures: list[Signature], version: int,
) -> None:
    unsigned = rules.charter_unsigned(members, signatures, version)
    assert unsigned <= members
    for person in members:
        assert (person in unsigned) == (Signature(person, version) not in signatures)
    assert rules.charter_unsigned(members, signatures, 99) == members
    complete = rules.charter_complete(READY.charter, members, signatures, version)
    assert complete == (not unsigned)


def test_a_charter_without_words_is_never_complete() -> None:
    assert not rules.charter_complete("We.", {1}, [Signature(1, 1)], 1)
    assert not rules.charter_complete(READY.charter, set(), [], 1)


def test_a_team_with_members_is_never_without_a_lead() -> None:
    assert rules.leave_objection(is_lead=True, other_leads=0, other_members=2)
    assert rules.leave_objection(is_lead=True, other_leads=1, other_members=2) is None
    assert rules.leave_objection(is_lead=True, other_leads=0, other_members=0) is None
    assert rules.leave_objection(is_lead=False, other_leads=1, other_members=2) is None
    assert rules.remove_objection(remover_id=1, person_id=2, is_lead=True, other_leads=0)
    assert rules.remove_objection(remover_id=1, person_id=1, is_lead=False, other_leads=1)
    assert rules.remove_objection(remover_id=1, person_id=2, is_lead=False, other_leads=1) is None


@pytest.mark.parametrize(("state", "members", "is_member", "may_join"), [
    ("forming", 3, False, True), ("discovery", 5, False, True), ("forming", 6, False, False),
    ("forming", 3, True, False), ("closed", 3, False, False), ("handed-off", 3, False, False),
])
def test_joining(state: str, members: int, is_member: bool, may_join: bool) -> None:
    assert (rules.join_objection(state, members, 6, is_member=is_member) is None) is may_join
