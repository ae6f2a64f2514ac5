"""Releases: four eyes, bound to a checksum, shown from a date, and gone when withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.foundation.errors import Refused
from workspace.releases import rules
from workspace.releases.rules import RELEASE, ReleaseFacts, ReleaseState, Tier

TODAY = date(2026, 11, 24)
SUM, OTHER = "a" * 64, "b" * 64
ASKED = ReleaseFacts(
    today=TODAY, actor_id=9, requested_by_id=1, team_member_ids=frozenset({1, 2}),
    show_on=date(2026, 12, 18), sha256=SUM, requested_sha256=SUM, text="Figure 3 shows the primer.",
    held_until=date(2026, 12, 10),
)


@pytest.mark.parametrize("decision", rules.DECISIONS)
@pytest.mark.parametrize("actor", [None, 1, 2])
def test_nobody_of_the_team_decides(decision: str, actor: int | None) -> None:
    with pytest.raises(Refused):
        RELEASE.step("requested", decision, replace(ASKED, actor_id=actor))


@pytest.mark.parametrize(("decision", "state"), [
    ("approve", "approved"), ("approve-with-edits", "approved-with-edits"),
    ("hold", "held-until"), ("refuse", "refused"),
])
def test_the_officer_decides(decision: str, state: str) -> None:
    assert RELEASE.step("requested", decision, ASKED) == state
    assert RELEASE.step("held-until", decision, ASKED) == state


def test_every_answer_but_yes_says_why() -> None:
    silent = replace(ASKED, text="  ")
    for decision in ("approve-with-edits", "hold", "refuse"):
        assert RELEASE.objection("requested", decision, silent)
    assert RELEASE.objection("requested", "approve", silent) is None


def test_an_item_that_changed_is_not_approved() -> None:
    assert RELEASE.objection("requested", "approve", replace(ASKED, sha256=OTHER)) == (
        "The item has changed since it was asked for. Ask again for the new version.")


@given(st.sampled_from(["", SUM, OTHER]), st.sampled_from(["", SUM, OTHER]),
       st.integers(-3, 3))
def test_only_what_was_approved_is_shown_and_only_from_its_date(
    sha256: str, approved: str, days: int,
) -> None:
    show_on = TODAY + timedelta(days=days)
    facts = replace(ASKED, sha256=sha256, approved_sha256=approved, show_on=show_on)
    may = RELEASE.objection("approved", "release", facts) is None
    assert may == (approved != "" and sha256 == approved and days <= 0)


NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@given(st.sampled_from(list(ReleaseState)), st.sampled_from(["", SUM, OTHER]),
       st.integers(-2, 2))
def test_the_audience_sees_nothing_else(state: ReleaseState, approved: str, hours: int) -> None:
    shown = rules.is_shown(state, SUM, approved, NOW + timedelta(hours=hours), NOW)
    assert shown == (state in {"released", "logged"} and approved == SUM and hours <= 0)


def test_what_is_withdrawn_stays_withdrawn() -> None:
    for state in ("released", "logged", "approved"):
        assert RELEASE.step(state, "withdraw", ASKED) is ReleaseState.WITHDRAWN
    assert RELEASE.allowed("withdrawn") == ()


def test_edits_go_back_to_the_officer() -> None:
    assert RELEASE.step("approved-with-edits", "edit", ASKED) is ReleaseState.REQUESTED
    assert not any(one.name == "release" for one in RELEASE.allowed("approved-with-edits"))


@pytest.mark.parametrize(("show_on", "needs_filing", "latest"), [
    (date(2026, 12, 18), False, date(2026, 11, 27)),
    (date(2027, 2, 26), False, date(2027, 2, 5)),
    (date(2027, 2, 26), True, date(2027, 1, 15)),
])
def test_the_latest_day_to_ask(show_on: date, needs_filing: bool, latest: date) -> None:
    assert rules.latest_day_to_ask(show_on, needs_filing=needs_filing) == latest
    assert rules.short_notice(latest, show_on, needs_filing=needs_filing) is None
    assert rules.short_notice(latest + timedelta(days=1 + 2 * (latest.weekday() == 4)), show_on,
                              needs_filing=needs_filing)


@given(st.dates(TODAY, TODAY + timedelta(days=200)), st.booleans())
def test_asking_by_the_latest_day_is_never_short_notice(show_on: date, filing: bool) -> None:
    latest = rules.latest_day_to_ask(show_on, needs_filing=filing)
    assert rules.short_notice(latest, show_on, needs_filing=filing) is None


def test_a_request_names_item_audience_date_and_purpose() -> None:
    def problems(**change: object) -> list[str]:
        asked: dict[str, object] = {
            "item": "x", "audience": "sponsor", "audience_organisation_id": 3,
            "show_on": TODAY, "today": TODAY, "purpose": "Mid review", **change}
        return [one.field for one in rules.check_request(**asked)]  # type: ignore[arg-type]

    assert problems() == []
    assert problems(item="") == ["item"]
    assert problems(audience="everyone") == ["audience"]
    assert problems(audience_organisation_id=None) == ["audience"]
    assert problems(audience="public", audience_organisation_id=None) == []
    assert problems(show_on=TODAY - timedelta(days=1)) == ["show_on"]
    assert problems(show_on=None, purpose=" ") == ["show_on", "purpose"]


def test_a_wider_circle_never_gets_a_narrower_note() -> None:
    order = list(Tier)
    for note in Tier:
        for reader in Tier:
            assert note.admits(reader) == (order.index(reader) <= order.index(note))
    assert not Tier.TEAM.admits(Tier.PUBLIC)
    assert Tier.PUBLIC.admits(Tier.TEAM)
