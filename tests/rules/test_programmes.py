"""Editions: phases in the edition's zone, weeks, gates, and the demo's moved dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.challenges import brief
from workspace.demo import story
from workspace.programmes import rules
from workspace.programmes.definitions import ProgrammeTemplate, built_in, template
from workspace.programmes.rules import EDITION, EditionFacts, PhasePlan

STARTS = st.dates(date(2024, 1, 1), date(2040, 1, 1))
ZONES = st.sampled_from(["Europe/Rome", "Europe/Lisbon", "America/Sao_Paulo", "Asia/Tokyo"])
TEMPLATES = st.sampled_from(built_in())
PATH = template("innocore-path")
ROME = "Europe/Rome"


@given(TEMPLATES, STARTS, ZONES)
def test_phases_tile_the_edition_and_turn_at_local_midnight(
    one: ProgrammeTemplate, starts_on: date, zone: str,
) -> None:
    phases = rules.plan(one, starts_on, zone)
    assert rules.check_phases(phases) == []
    for before, after in pairwise(phases):
        assert before.ends_at == after.starts_at
        assert rules.phase_at(phases, after.starts_at) == phases.index(after)
    for phase in phases:
        # Where midnight is skipped, the day starts with its first instant.
        assert phase.starts_at.astimezone(ZoneInfo(zone)).time() in {time(0), time(1)}
        assert phase.starts_at.tzinfo is UTC
    assert rules.last_day_of(phases[-1], zone) == rules.last_day(one, starts_on)
    assert rules.phase_at(phases, phases[0].starts_at - timedelta(seconds=1)) is None
    assert rules.phase_at(phases, phases[-1].ends_at) is None


def test_a_phase_across_the_end_of_summer_time_ends_at_midnight() -> None:
    challenges = rules.plan(PATH, date(2026, 9, 14), ROME)[0]
    assert challenges.starts_at == datetime(2026, 9, 13, 22, tzinfo=UTC)
    assert challenges.ends_at == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert rules.last_day_of(challenges, ROME) == date(2026, 10, 25)


@given(STARTS, st.integers(0, 600))
def test_weeks_count_from_one(starts_on: date, days: int) -> None:
    assert rules.week_of(starts_on, starts_on + timedelta(days=days)) == days // 7 + 1
    assert rules.week_of(starts_on, starts_on - timedelta(days=1)) == 0


@given(TEMPLATES, STARTS, ZONES)
def test_milestones_make_a_timeline(one: ProgrammeTemplate, starts_on: date, zone: str) -> None:
    found = rules.milestones(one, starts_on, zone)
    dates: dict[str, Any] = {f"{name}_at": at for name, at in found.items()}
    timeline = brief.Timeline(**dates)
    assert brief.check_timeline(timeline) == []


def test_the_tenth_week_is_about_evidence() -> None:
    phases = rules.plan(PATH, date(2026, 9, 21), ROME)
    at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    index = rules.phase_at(phases, at)
    assert index is not None
    assert phases[index].key == "evidence"
    assert 0 < rules.share_done(phases[index], at) < 1
    assert rules.share_done(phases[0], at) == 1
    assert rules.share_done(phases[-1], at) == 0


PHASE = PhasePlan("one", "One", datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC))
NEXT = replace(PHASE, key="two", title="Two", starts_at=PHASE.ends_at,
               ends_at=datetime(2026, 11, 1, tzinfo=UTC))


@pytest.mark.parametrize(("phases", "fields"), [
    ((), ["phases"]), ((PHASE, NEXT), []),
    ((replace(PHASE, ends_at=PHASE.starts_at),), ["phases-0-ends_at"]),
    ((PHASE, replace(NEXT, starts_at=PHASE.ends_at - timedelta(days=1))), ["phases-1-starts_at"]),
    ((PHASE, replace(NEXT, key="one")), ["phases"]),
])
def test_problems_of_phases(phases: tuple[PhasePlan, ...], fields: list[str]) -> None:
    assert [one.field for one in rules.check_phases(phases)] == fields


@pytest.mark.parametrize(("starts", "ends", "zone", "fields"), [
    (date(2026, 9, 14), date(2027, 4, 30), ROME, []),
    (None, None, "Mars/Olympus", ["starts_on", "ends_on", "zone"]),
    (date(2026, 9, 14), date(2026, 9, 14), ROME, ["ends_on"]),
    (date(2026, 9, 14), date(2036, 9, 14), ROME, ["ends_on"]),
])
def test_problems_of_an_edition(
    starts: date | None, ends: date | None, zone: str, fields: list[str],
) -> None:
    assert [one.field for one in rules.check_edition("Autumn", starts, ends, zone)] == fields


def test_an_edition_opens_when_it_is_set_up_and_closes_when_teams_are_done() -> None:
    now = datetime(2026, 9, 1, tzinfo=UTC)
    facts = EditionFacts(now, "Autumn", date(2026, 9, 14), date(2027, 4, 30), ROME, (PHASE, NEXT))
    assert EDITION.step("draft", "open", facts) == "open"
    assert EDITION.objection("draft", "open", replace(facts, phases=()))
    assert EDITION.step("open", "close", facts) == "closed"
    assert EDITION.objection("open", "close", replace(facts, open_teams=1))


@given(st.dictionaries(st.sampled_from(["members", "blocks", "tested"]), st.integers(1, 20)),
       st.dictionaries(st.sampled_from(["members", "blocks", "tested"]), st.integers(0, 20)))
def test_a_gate_names_everything_that_is_missing(
    demand: dict[str, int], found: dict[str, int],
) -> None:
    missing = rules.lacks(demand, found)
    assert {one.what for one in missing} == {
        what for what, need in demand.items() if found.get(what, 0) < need}
    assert all(one.sentence for one in missing)


@given(STARTS, st.integers(1, 33))
def test_the_story_moves_by_whole_weeks(today: date, week: int) -> None:
    told = story.built_in()
    moved = told.at(today, week)
    assert rules.week_of(moved.starts_on, today) == week
    assert moved.starts_on.weekday() == told.starts_on.weekday()
    by = moved.starts_on - told.starts_on
    for old, new in zip(told.challenges, moved.challenges, strict=True):
        assert new.dates.demo_day - old.dates.demo_day == by
        assert new.dates.opens.weekday() == old.dates.opens.weekday()


def test_the_demo_shows_the_tenth_week() -> None:
    moved = story.built_in().at(date(2026, 11, 24))
    assert rules.week_of(moved.starts_on, date(2026, 11, 24)) == 10
    assert moved.starts_on == date(2026, 9, 21)


def test_the_briefs_of_the_story_are_whole() -> None:
    for one in story.built_in().challenges:
        days = one.dates
        timeline = brief.Timeline(**{
            f"{name}_at": datetime.combine(getattr(days, name), time(12), UTC)
            for name in ("opens", "applications_close", "kick_off", "mid_review", "submission",
                         "demo_day")
        }, decision_within_days=days.decision_within_days)
        whole = brief.Brief(
            title=one.title, problem=one.problem, criteria=one.criteria, terms=one.terms,
            confidentiality=one.confidentiality, timeline=timeline, team_min=one.team_min,
            team_max=one.team_max, max_teams=one.max_teams)
        assert brief.check_brief(whole) == []
