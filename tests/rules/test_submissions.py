"""Entries and submissions: deadlines are instants, late only by decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.foundation.days import instant
from workspace.submissions import rules
from workspace.submissions.rules import (
    ENTRY,
    SUBMISSION,
    EntryFacts,
    EntryState,
    Nearness,
    SubmissionFacts,
    SubmissionState,
)

DUE = datetime(2027, 2, 12, 22, 59, tzinfo=UTC)
HOUR = timedelta(hours=1)
WHOLE = SubmissionFacts(now=DUE - HOUR, due_at=DUE, title="Dropspark", pitch_text="We tell early.",
                        has_deck=True, has_canvas=True)
MOMENTS = st.timedeltas(timedelta(days=-9), timedelta(days=9))


def test_a_whole_submission_is_taken() -> None:
    assert SUBMISSION.step("draft", "submit", WHOLE) is SubmissionState.SUBMITTED


@pytest.mark.parametrize(("change", "field"), [
    ({"title": " "}, "title"), ({"title": "x" * 201}, "title"), ({"pitch_text": ""}, "pitch_text"),
    ({"pitch_text": "x" * 20_001}, "pitch_text"), ({"has_deck": False}, "deck"),
    ({"has_canvas": False}, "canvas"),
])
def test_what_is_missing_is_named(change: dict[str, object], field: str) -> None:
    lacking = replace(WHOLE, **change)  # type: ignore[arg-type]
    assert [one.field for one in rules.check_submission(lacking)] == [field]
    assert SUBMISSION.objection("draft", "submit", lacking)


@given(MOMENTS, st.none() | MOMENTS)
def test_late_only_within_the_decision(offset: timedelta, extra: timedelta | None) -> None:
    late_until = None if extra is None else DUE + extra
    facts = replace(WHOLE, now=DUE + offset, late_until=late_until)
    allowed = SUBMISSION.objection("draft", "submit", facts) is None
    assert allowed == (offset <= timedelta(0) or (extra is not None and offset <= extra))


def test_the_last_instant_is_on_time() -> None:
    assert not rules.is_late(DUE, DUE)
    assert rules.is_late(DUE + timedelta(microseconds=1), DUE)
    assert not rules.is_late(DUE, None)


def test_a_deadline_is_the_same_instant_in_every_zone() -> None:
    day = datetime(2027, 2, 12, tzinfo=UTC).date()
    assert instant(day, time(23, 59), "Europe/Rome") == DUE
    assert instant(day, time(22, 59), "Europe/Lisbon") == DUE


@pytest.mark.parametrize(("before", "found"), [
    (timedelta(days=4), Nearness.FAR), (timedelta(days=3), Nearness.SOON),
    (timedelta(hours=24), Nearness.LAST_DAY), (timedelta(0), Nearness.LAST_DAY),
    (timedelta(seconds=-1), Nearness.LATE),
])
def test_nearness(before: timedelta, found: Nearness) -> None:
    assert rules.nearness(DUE - before, DUE) is found
    assert rules.nearness(DUE, None) is Nearness.NONE


def test_a_late_decision_needs_a_later_instant_and_a_reason() -> None:
    assert rules.check_late_decision(DUE + HOUR, "Server away", DUE, DUE) == []
    assert [one.field for one in rules.check_late_decision(DUE - HOUR, " ", DUE, DUE)] == [
        "until", "until", "reason"]
    assert rules.check_late_decision(DUE + HOUR, "Why", None, DUE)[0].field == "until"


def test_what_is_handed_in_is_closed_to_change() -> None:
    names = {one.name for one in SUBMISSION.allowed("submitted")}
    assert names == {"mark-reviewed", "replace", "withdraw"}
    assert {one.name for one in SUBMISSION.allowed("reviewed")} == set()


def test_nothing_is_replaced_or_withdrawn_after_the_decision() -> None:
    decided = replace(WHOLE, is_decided=True)
    assert SUBMISSION.objection("submitted", "replace", decided)
    assert SUBMISSION.objection("submitted", "withdraw", decided)


APPLICATION = EntryFacts(now=DUE - HOUR, deadline=DUE, motivation="We know the wards.")


@pytest.mark.parametrize(("change", "takes"), [
    ({}, True), ({"now": DUE}, True), ({"now": DUE + HOUR}, False), ({"motivation": ""}, False),
    ({"size_problem": "Your team needs 1 more member."}, False),
    ({"teams_entered": 4, "max_teams": 4}, False), ({"teams_entered": 3, "max_teams": 4}, True),
])
def test_applying(change: dict[str, object], takes: bool) -> None:
    facts = replace(APPLICATION, **change)  # type: ignore[arg-type]
    assert (ENTRY.objection("draft", "submit", facts) is None) is takes


def test_nobody_works_on_a_challenge_before_signing() -> None:
    assert ENTRY.objection("shortlisted", "activate", APPLICATION)
    bound = replace(APPLICATION, confidentiality_valid=True)
    assert ENTRY.step("shortlisted", "activate", bound) is EntryState.ACTIVE


@pytest.mark.parametrize("state", ["draft", "submitted", "shortlisted", "active",
                                   "result-submitted"])
def test_an_entry_is_withdrawn_before_the_decision_only(state: str) -> None:
    assert ENTRY.step(state, "withdraw", APPLICATION) is EntryState.WITHDRAWN
    assert ENTRY.objection(state, "withdraw", replace(APPLICATION, challenge_decided=True))
