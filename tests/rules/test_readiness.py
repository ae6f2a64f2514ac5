"""Readiness: claimed and confirmed apart, compared scale by scale, never one number."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.readiness import rules
from workspace.readiness.definitions import built_in
from workspace.readiness.rules import CLAIM, Claim, ClaimFacts, Standing

SCALES = tuple(one.id for one in built_in().scales)
TRL = built_in().scale("trl")
GATE = built_in().gate("gate-demo-day")
LEVELS = st.integers(0, 9)
STANDINGS = st.tuples(*[st.builds(Standing, st.just(scale), LEVELS, LEVELS) for scale in SCALES])
OUTSIDE = ClaimFacts(actor_id=9, claimed_by_id=1, team_member_ids=frozenset({1, 2}))


@pytest.mark.parametrize(("actor", "may"), [(9, True), (1, False), (2, False), (None, False)])
def test_nobody_of_the_team_confirms(actor: int | None, may: bool) -> None:
    facts = replace(OUTSIDE, actor_id=actor)
    assert (CLAIM.objection("claimed", "confirm", facts) is None) is may


def test_an_answered_claim_stays_and_an_old_one_is_not_answered() -> None:
    assert CLAIM.ends == {"confirmed", "returned"}
    assert CLAIM.objection("claimed", "confirm", replace(OUTSIDE, is_newest=False))
    assert CLAIM.objection("claimed", "return", OUTSIDE) == "Say what is missing."


@given(STANDINGS)
def test_a_gate_opens_when_each_scale_is_confirmed(found: tuple[Standing, ...]) -> None:
    short = rules.compare(GATE, found)
    by_scale = {one.scale: one for one in found}
    assert {one.scale for one in short} == {
        scale for scale, needed in GATE.minimum.items() if by_scale[scale].confirmed < needed}
    assert all(one.sentence(one.scale.upper()) for one in short)


def test_nines_do_not_make_up_for_a_low_scale() -> None:
    found = [Standing(scale, 9, 9 if scale != "crl" else 3) for scale in SCALES]
    short = rules.compare(GATE, found)
    assert [(one.scale, one.needed, one.confirmed) for one in short] == [("crl", 4, 3)]
    assert short[0].waits_for_confirmation
    assert short[0].sentence("CRL") == "CRL 4 is claimed but not confirmed."


def test_a_scale_without_any_claim_is_short() -> None:
    assert {one.scale for one in rules.compare(GATE, [])} == set(GATE.minimum)


def test_there_is_no_single_number() -> None:
    words = [name.lower() for name in vars(rules)]
    assert not any(word in name for name in words for word in ("mean", "average", "total", "sum"))


CLAIMS = st.lists(st.builds(Claim, st.sampled_from(SCALES), st.integers(1, 9),
                            st.sampled_from([state.value for state in rules.ClaimState])))


@given(CLAIMS)
def test_only_confirmed_claims_confirm(claims: list[Claim]) -> None:
    for one in rules.standings(SCALES, claims):
        mine = [claim for claim in claims if claim.scale == one.scale]
        confirmed = [claim.level for claim in mine if claim.state == "confirmed"]
        assert one.confirmed == (confirmed[-1] if confirmed else 0)
        if mine and mine[-1].state != "returned":
            assert one.claimed == mine[-1].level


def test_levels_may_go_down() -> None:
    claims = [Claim("trl", 5, "confirmed"), Claim("trl", 2, "claimed")]
    assert rules.standings(("trl",), claims) == (Standing("trl", 2, 5),)


@pytest.mark.parametrize(("level", "evidence", "covered", "confirmed", "fields"), [
    (1, "Paper", (), 0, []),
    (3, "Data", (1, 2), 0, []),
    (3, "Data", (), 2, []),
    (3, "Data", (1,), 0, ["level"]),
    (3, " ", (1, 2), 0, ["evidence"]),
    (0, "Data", (), 0, ["level"]),
    (10, "Data", (), 9, ["level"]),
])
def test_a_claim_needs_evidence_for_every_level_below(
    level: int, evidence: str, covered: tuple[int, ...], confirmed: int, fields: list[str],
) -> None:
    found = rules.check_claim(TRL, level, evidence, covered=covered, confirmed=confirmed)
    assert [one.field for one in found] == fields


@given(STANDINGS)
def test_the_radar_stays_in_its_circle(found: tuple[Standing, ...]) -> None:
    axes = rules.radar(found, GATE)
    assert [axis.scale for axis in axes] == list(SCALES)
    assert axes[0].end == (0.0, -1.0)
    for axis in axes:
        assert math.isclose(math.hypot(*axis.end), 1, abs_tol=1e-3)
        assert math.isclose(math.hypot(*axis.claimed_at), axis.claimed / 9, abs_tol=1e-3)
        assert math.isclose(math.hypot(*axis.confirmed_at), axis.confirmed / 9, abs_tol=1e-3)
        assert math.isclose(math.hypot(*axis.needed_at), axis.needed / 9, abs_tol=1e-3)
