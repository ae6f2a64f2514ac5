"""Challenges: what a brief must hold, what publication locks, and time that moves the state."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.challenges import brief as briefs
from workspace.challenges import rules
from workspace.challenges.brief import Brief, Criterion, IpModel, Prize, Terms, Timeline
from workspace.challenges.rules import CHALLENGE, ChallengeFacts, ChallengeState

NOW = datetime(2026, 9, 20, 9, tzinfo=UTC)
DAY = timedelta(days=1)
TIMELINE = Timeline(
    opens_at=NOW - 6 * DAY, applications_close_at=NOW + 22 * DAY, kick_off_at=NOW + 36 * DAY,
    mid_review_at=NOW + 82 * DAY, submission_at=NOW + 145 * DAY, demo_day_at=NOW + 159 * DAY,
)
BRIEF = Brief(
    title="Sepsis signal from a drop of blood", problem="Hospitals need an early signal.",
    criteria=(Criterion("Performance", 60), Criterion("Workflow", 40)),
    terms=Terms(model=IpModel.TEAM_OWNED, option_field="diagnostics", option_period_days=90),
    timeline=TIMELINE,
)


def facts(**given_facts: Any) -> ChallengeFacts:
    return ChallengeFacts(**{"now": NOW, "brief": BRIEF, **given_facts})


def fields(problems: list[Any]) -> list[str]:
    return [problem.field for problem in problems]


def test_a_whole_brief_has_no_problem() -> None:
    assert briefs.check_brief(BRIEF) == []
    assert CHALLENGE.step("draft", "submit", facts()) is ChallengeState.IN_REVIEW


@given(st.lists(st.integers(1, 100), min_size=1, max_size=12))
def test_criteria_sum_to_100(weights: list[int]) -> None:
    criteria = [Criterion(f"C{n}", weight) for n, weight in enumerate(weights)]
    assert (briefs.check_criteria(criteria) == []) == (sum(weights) == 100)


@pytest.mark.parametrize(("criteria", "field", "words"), [
    ((), "criteria", "Add at least one criterion."),
    ((Criterion("A", 60), Criterion("B", 30)), "criteria",
     "The weights add up to 90. Add 10 so that they make 100."),
    ((Criterion("A", 60), Criterion("B", 50)), "criteria",
     "The weights add up to 110. Take 10 away so that they make 100."),
    ((Criterion("A", 60), Criterion(" a ", 40)), "criteria-1-title",
     "Another criterion has this name already."),
    ((Criterion("", 100),), "criteria-0-title", "Name the criterion."),
    ((Criterion("A", 100), Criterion("B", 0)), "criteria-1-weight", "Give a weight from 1 to 100."),
])
def test_problems_of_criteria(criteria: tuple[Criterion, ...], field: str, words: str) -> None:
    assert [(one.field, one.reason) for one in briefs.check_criteria(criteria)] == [(field, words)]


NAMES = list(briefs.TIMELINE_LABELS)


@given(st.lists(st.integers(0, 400), min_size=6, max_size=6))
def test_a_timeline_ascends(offsets: list[int]) -> None:
    dates = {name: NOW + n * DAY for name, n in zip(NAMES, offsets, strict=True)}
    ascending = offsets == sorted(set(offsets))
    assert (briefs.check_timeline(Timeline(**dates)) == []) == ascending  # type: ignore[arg-type]


def test_the_late_date_is_named() -> None:
    wrong = replace(TIMELINE, submission_at=TIMELINE.kick_off_at)
    assert [(one.field, one.reason) for one in briefs.check_timeline(wrong)] == [(
        "submission_at", "“Submission” must be after “Mid review”. Choose a later date.")]


def test_missing_dates_are_asked_for_and_others_may_be_absent() -> None:
    assert fields(briefs.check_timeline(Timeline())) == list(briefs.REQUIRED_DATES)
    assert briefs.check_timeline(replace(TIMELINE, kick_off_at=None, mid_review_at=None)) == []


@pytest.mark.parametrize(("change", "field"), [
    ({"model": "ours"}, "model"),
    ({"option_field": ""}, "option_field"),
    ({"option_period_days": 400}, "option_period_days"),
    ({"model": IpModel.OPEN}, "option_period_days"),
    ({"max_publication_delay_days": 10}, "max_publication_delay_days"),
    ({"thesis_always_examinable": False}, "thesis_always_examinable"),
])
def test_problems_of_terms(change: dict[str, Any], field: str) -> None:
    assert fields(briefs.check_terms(replace(BRIEF.terms, **change))) == [field]


def test_stored_terms_with_unknown_keys_are_read() -> None:
    assert Terms.of({"model": "ip-open", "option_starts": "demo-day"}) == Terms(model="ip-open")


@given(st.integers(-2, 15), st.integers(-2, 15))
def test_team_sizes(least: int, most: int) -> None:
    assert (briefs.check_team_size(least, most) == []) == (1 <= least <= most <= 12)


def test_publication_needs_clearing_and_terms() -> None:
    ready = facts(sponsor_cleared=True, terms_signed=True)
    assert CHALLENGE.step("in-review", "approve", ready) is ChallengeState.PUBLISHED
    for lacking in (replace(ready, sponsor_cleared=False), replace(ready, terms_signed=False)):
        assert CHALLENGE.objection("in-review", "approve", lacking)


@pytest.mark.parametrize(("name", "value"), [
    ("criteria", (Criterion("Performance", 50), Criterion("Workflow", 50))),
    ("terms", Terms(model=IpModel.OPEN)),
    ("prize", Prize(cash=1)),
    ("team_min", 2), ("team_max", 8), ("max_teams", 9),
])
def test_publication_locks(name: str, value: object) -> None:
    new = replace(BRIEF, **{name: value})  # type: ignore[arg-type]
    for state in ChallengeState:
        locked = state not in {ChallengeState.DRAFT, ChallengeState.IN_REVIEW}
        assert bool(rules.check_change(state, BRIEF, new, NOW)) is locked
        assert rules.is_locked(state, name) is locked


def test_words_may_still_be_made_clearer() -> None:
    new = replace(BRIEF, problem="Hospitals need an early host-response signal.")
    assert rules.check_change("published", BRIEF, new, NOW) == []


@given(st.sampled_from(["applications_close_at", "submission_at", "demo_day_at"]),
       st.integers(-20, 12).filter(bool))
def test_after_publication_dates_only_move_to_later(name: str, days: int) -> None:
    was = getattr(TIMELINE, name)
    new = replace(BRIEF, timeline=replace(TIMELINE, **{name: was + days * DAY}))
    assert (rules.check_change("published", BRIEF, new, NOW) == []) == (days > 0)


def test_a_date_that_has_passed_stays() -> None:
    new = replace(BRIEF, timeline=replace(TIMELINE, opens_at=NOW + DAY))
    assert [one.reason for one in rules.check_change("published", BRIEF, new, NOW)] == [
        "This date has passed. It stays as it was."]


@pytest.mark.parametrize(("state", "now", "step"), [
    ("published", TIMELINE.applications_close_at, None),
    ("published", NOW + 22 * DAY + timedelta(seconds=1), "close"),
    ("closed", NOW + 30 * DAY, None),
    ("closed", NOW + 146 * DAY, "start-judging"),
    ("decided", NOW + 160 * DAY, "start-option"),
    ("draft", NOW + 900 * DAY, None),
])
def test_time_takes_its_steps(state: str, now: datetime, step: str | None) -> None:
    assert rules.due_step(state, facts(now=now, options_open=1)) == step


def test_a_decision_needs_two_reviews_an_entry() -> None:
    assert CHALLENGE.objection("judging", "decide", facts(reviews_per_entry=(2, 1))) == (
        "1 of 2 entries have fewer than 2 reviews.")
    assert CHALLENGE.objection("judging", "decide", facts(reviews_per_entry=(2, 3))) is None


def test_the_option_counts_from_demo_day() -> None:
    assert briefs.option_ends(TIMELINE, BRIEF.terms) == TIMELINE.demo_day_at + 90 * DAY  # type: ignore[operator]
    assert briefs.option_ends(TIMELINE, Terms()) is None
    assert CHALLENGE.objection("decided", "complete", facts()) is not None


@pytest.mark.parametrize(("state", "at", "takes"), [
    ("published", NOW, True), ("published", TIMELINE.applications_close_at, True),
    ("published", NOW + 23 * DAY, False), ("published", NOW - 7 * DAY, False),
    ("draft", NOW, False), ("closed", NOW, False),
])
def test_entries_are_taken_while_it_is_open(state: str, at: datetime, takes: bool) -> None:
    assert rules.takes_entries(state, TIMELINE, at) is takes
