"""Reviews: conflicts, completeness, weighted scores, panels, and who reads what when."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentors.reviews import conflicts, rules, scoring
from mentors.reviews.conflicts import ConflictKind, ReviewerTies, TeamTies
from mentors.reviews.definitions import Rubric, built_in, rubric
from mentors.reviews.rules import PANEL, REVIEW, Onlooker, PanelFacts, ReviewFacts, Scored

PITCH = rubric("pitch-deck")
FULL = {one.id: Scored(4) for one in PITCH.criteria}
RUBRICS = st.sampled_from(built_in().rubrics)
LEVEL = st.none() | st.integers(1, 5)


@st.composite
def reviews(draw: st.DrawFn, most: int = 5) -> tuple[Rubric, list[dict[str, int | None]]]:
    chosen = draw(RUBRICS)
    rows = st.fixed_dictionaries({one.id: LEVEL for one in chosen.criteria})
    return chosen, draw(st.lists(rows, max_size=most))


# Conflicts

TEAM = TeamTies(people=frozenset({1, 2}), organisation_ids=frozenset({10, 11}),
                sponsor_organisation_ids=frozenset({20}))


@pytest.mark.parametrize(("reviewer", "as_role", "kinds"), [
    (ReviewerTies(5), "mentor", []),
    (ReviewerTies(1), "mentor", ["own-team"]),
    (ReviewerTies(5, frozenset({10})), "mentor", ["same-organisation"]),
    (ReviewerTies(5, frozenset({20})), "mentor", ["sponsor-organisation"]),
    (ReviewerTies(5, frozenset({20})), "sponsor", []),
    (ReviewerTies(5, frozenset({10})), "tto-officer", []),
    (ReviewerTies(2, frozenset({10})), "tto-officer", ["own-team"]),
    (ReviewerTies(5, declared=frozenset({"supervisor", "relative"})), "mentor",
     ["supervisor", "relative"]),
    (ReviewerTies(1, frozenset({10, 20}), frozenset({"employer"})), "mentor",
     ["own-team", "same-organisation", "sponsor-organisation", "employer"]),
])
def test_conflicts_are_found(reviewer: ReviewerTies, as_role: str, kinds: list[str]) -> None:
    found = conflicts.find(reviewer, TEAM, as_role=as_role)
    assert [one.kind for one in found] == kinds
    assert all(one.sentence for one in found)


def test_the_kinds_of_the_definition_are_those_that_can_be_declared() -> None:
    assert set(built_in().conflict_kinds) == set(conflicts.DECLARABLE)
    assert set(conflicts.SENTENCES) == set(ConflictKind)


def test_only_those_without_conflict_are_offered() -> None:
    people = [ReviewerTies(1), ReviewerTies(5), ReviewerTies(6, frozenset({11}))]
    assert conflicts.without_conflict(people, TEAM) == (5,)


# One review


def test_a_complete_review_is_submitted() -> None:
    facts = ReviewFacts(rubric=PITCH, scores=FULL, declared=True)
    assert REVIEW.step("assigned", "start", facts) == "in-progress"
    assert REVIEW.step("in-progress", "submit", facts) == "submitted"


def test_nobody_starts_before_declaring_or_with_a_conflict() -> None:
    assert REVIEW.objection("assigned", "start", ReviewFacts())
    tied = ReviewFacts(declared=True, conflicts=("Declared: supervises a member of the team.",))
    assert REVIEW.objection("assigned", "start", tied) == tied.conflicts[0]
    assert REVIEW.objection("in-progress", "submit", replace(tied, rubric=PITCH, scores=FULL))


@given(st.fixed_dictionaries({one.id: LEVEL for one in PITCH.criteria}), st.booleans())
def test_completeness(levels: dict[str, int | None], with_words: bool) -> None:
    words = "Ask three more laboratories." if with_words else " "
    scores = {key: Scored(level, words) for key, level in levels.items()}
    low = any(level is not None and level < 3 for level in levels.values())
    nothing = all(level is None for level in levels.values())
    complete = (with_words or not low) and not nothing
    assert (rules.check_complete(PITCH, scores) == []) == complete


def test_what_is_missing_is_named() -> None:
    scores = {**FULL, "pd-team": Scored(2), "pd-market": Scored(6), "xx": Scored(3)}
    del scores["pd-problem"]
    found = {one.field: one.reason for one in rules.check_complete(PITCH, scores)}
    assert found == {
        "xx": "This criterion is not in the rubric.",
        "pd-market": "Choose a level from 1 to 5.",
        "pd-team": "“Team” has a low level. Write one concrete next action.",
        "pd-problem": "Choose a level for “Problem and customer”.",
    }


def test_a_draft_may_be_incomplete() -> None:
    assert rules.check_scores(PITCH, {"pd-team": Scored(1)}) == []
    strict = replace(PITCH, allows_not_assessable=False)
    assert [one.field for one in rules.check_scores(strict, {"pd-team": Scored(None)})] == [
        "pd-team"]


# Scores


@given(reviews(1))
def test_a_score_stays_between_its_lowest_and_highest_level(
    drawn: tuple[Rubric, list[dict[str, int | None]]],
) -> None:
    for levels in drawn[1]:
        score = scoring.exact_score(drawn[0], levels)
        given_levels = [level for level in levels.values() if level is not None]
        if not given_levels:
            assert score is None
        else:
            assert score is not None
            assert 1 <= min(given_levels) <= score <= max(given_levels) <= 5


@given(reviews(1), st.data())
def test_a_higher_level_never_lowers_the_score(
    drawn: tuple[Rubric, list[dict[str, int | None]]], data: st.DataObject,
) -> None:
    chosen, rows = drawn
    for levels in rows:
        raisable = [key for key, level in levels.items() if level is not None and level < 5]
        if not raisable:
            continue
        key = data.draw(st.sampled_from(raisable))
        before, level = scoring.exact_score(chosen, levels), levels[key]
        assert before is not None
        assert level is not None
        after = scoring.exact_score(chosen, {**levels, key: level + 1})
        assert after is not None
        assert after > before


def test_a_criterion_that_could_not_be_judged_does_not_count() -> None:
    levels: dict[str, int | None] = {one.id: None for one in PITCH.criteria}
    levels.update({"pd-problem": 5, "pd-communication": 1})
    # 15 x 5 + 8 x 1 over 23
    assert scoring.weighted_score(PITCH, levels) == 3.61


def test_scores_round_half_up() -> None:
    from fractions import Fraction
    assert scoring.shown(Fraction(2005, 1000)) == 2.01
    assert scoring.shown(None) is None


@given(reviews(), st.randoms())
def test_the_order_of_reviews_does_not_matter(
    drawn: tuple[Rubric, list[dict[str, int | None]]], random: object,
) -> None:
    chosen, rows = drawn
    turned = list(rows)
    random.shuffle(turned)  # type: ignore[attr-defined]
    assert scoring.consolidate(chosen, rows) == scoring.consolidate(chosen, turned)


@given(reviews())
def test_a_panel_in_numbers(drawn: tuple[Rubric, list[dict[str, int | None]]]) -> None:
    chosen, rows = drawn
    found = scoring.consolidate(chosen, rows)
    assert found.reviews == sum(any(level for level in row.values()) for row in rows)
    assert all(one.is_disputed == (one.spread >= 2) for one in found.criteria)
    assert found.passes == (not found.obstacles)
    if found.mean is not None and found.lowest is not None and found.highest is not None:
        assert found.lowest - 0.01 <= found.mean <= found.highest + 0.01
    if found.passes:
        assert found.reviews >= chosen.pass_rule.min_reviews


def test_exactly_three_passes_and_a_hair_below_does_not() -> None:
    three = {one.id: 3 for one in PITCH.criteria}
    assert scoring.consolidate(PITCH, [three, three]).passes
    assert scoring.consolidate(PITCH, [three]).obstacles == ("1 of 2 reviews are in.",)
    below = {**three, "pd-communication": 2}
    assert scoring.consolidate(PITCH, [three, below]).obstacles == (
        "The mean is 2.96. It needs 3.0.",)
    strong = {one.id: 5 for one in PITCH.criteria} | {"pd-team": 1}
    assert scoring.consolidate(PITCH, [strong, strong]).obstacles == ("Too low: Team.",)


FIT = rubric("sponsor-challenge-fit")


@pytest.mark.parametrize(("moved", "fields"), [
    ({}, []),
    ({"sf-relevance": 40, "sf-feasibility": 10}, []),
    ({"sf-relevance": 41, "sf-feasibility": 9}, ["sf-relevance", "sf-feasibility"]),
    ({"sf-relevance": 35}, [""]),
    ({"nothing": 5}, ["nothing"]),
])
def test_a_sponsor_moves_weights_within_limits(moved: dict[str, int], fields: list[str]) -> None:
    assert [one.field for one in scoring.check_weights(FIT, moved)] == fields


def test_other_rubrics_keep_their_weights() -> None:
    assert scoring.check_weights(PITCH, {"pd-team": 13})
    assert scoring.check_weights(PITCH, {}) == []


# Panels


def test_a_panel_goes_its_way() -> None:
    two = PanelFacts(reviewers=2, submitted=2, min_reviews=2)
    state: str = "requested"
    for name in ("assign", "start", "consolidate", "release", "acknowledge"):
        state = PANEL.step(state, name, two)
    assert state == "acknowledged"


@pytest.mark.parametrize(("facts", "reason"), [
    (PanelFacts(2, 1, 2), "1 review is not submitted yet."),
    (PanelFacts(3, 1, 2), "2 reviews are not submitted yet."),
    (PanelFacts(1, 1, 2), "Assign 1 more reviewer."),
])
def test_nothing_is_put_together_before_all_are_in(facts: PanelFacts, reason: str) -> None:
    assert PANEL.objection("in-progress", "consolidate", facts) == reason


@given(st.sampled_from(PANEL.states), st.booleans(), st.booleans(), st.booleans())
def test_who_reads_the_scores(state: str, team: bool, lead: bool, reviewer: bool) -> None:
    onlooker = Onlooker(team, lead, reviewer)
    may = rules.may_read_scores(state, onlooker)
    released = state in {"released-to-team", "acknowledged"}
    if team:
        assert may == released
    elif lead:
        assert may
    elif reviewer:
        assert may == (released or state == "consolidated")
    else:
        assert not may


@pytest.mark.parametrize(("silent", "reason", "may"), [
    (0, "", False), (4, "", False), (5, "", True), (0, "Ill", True),
])
def test_a_silent_reviewer_is_replaced(silent: int, reason: str, may: bool) -> None:
    facts = ReviewFacts(days_silent=silent, reason=reason)
    assert (REVIEW.objection("assigned", "reassign", facts) is None) is may


@pytest.mark.parametrize(("kind", "text", "field"), [
    ("done", "", None), ("will-do", "", None), ("disagree", "", "text"),
    ("disagree", "Two sites said otherwise.", None), ("question", " ", "text"), ("no", "", "kind"),
])
def test_answers(kind: str, text: str, field: str | None) -> None:
    found = rules.check_answer(kind, text)
    assert [one.field for one in found] == ([field] if field else [])
    assert rules.becomes_task(kind) == (kind == "will-do")
