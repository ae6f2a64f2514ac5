"""Editions: their dates, phases and gates, made from a template and a first day.

Phases are half-open spans of instants: one ends at the local midnight at which the next begins,
so the last day on which a gate can be passed is the day before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import available_timezones

from workspace.foundation.checks import Problem
from workspace.foundation.days import Interval, day_in, instant
from workspace.foundation.states import Machine, Sentence, Step, step
from workspace.foundation.text import _, lazy, ngettext
from workspace.programmes.definitions import ProgrammeTemplate

WEEK: Final = timedelta(days=7)
MIDNIGHT: Final = time(0)
LONGEST: Final = timedelta(days=3 * 366)


class EditionState(StrEnum):
    """Where an edition is: being set up, running, over."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class PhasePlan:
    """One phase with its instants; `gate` is "" when it has none."""

    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    gate: str = ""
    gate_title: str = ""
    levels: str = ""
    """Gate of the readiness scales that holds here, or ""."""
    demand: Mapping[str, int] | None = None

    @property
    def span(self) -> Interval:
        """The phase as a half-open interval."""
        return Interval(self.starts_at, self.ends_at)


@dataclass(frozen=True)
class EditionFacts:
    """What the guards look at."""

    now: datetime
    title: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    zone: str = ""
    phases: tuple[PhasePlan, ...] = ()
    open_teams: int = 0


def set_up(facts: EditionFacts) -> str | None:
    """title, dates, zone and phases are set"""
    found = check_edition(facts.title, facts.starts_on, facts.ends_on, facts.zone)
    found += check_phases(facts.phases)
    return found[0].reason if found else None


def no_open_team(facts: EditionFacts) -> str | None:
    """every team is handed off, continued or closed"""
    if not facts.open_teams:
        return None
    return ngettext("%(num)d team is still at work. Close it or hand it off first.",
                    "%(num)d teams are still at work. Close them or hand them off first.",
                    facts.open_teams)


LABELS: Final[Mapping[EditionState, Sentence]] = {
    EditionState.DRAFT: lazy("Being set up"),
    EditionState.OPEN: lazy("Open"),
    EditionState.CLOSED: lazy("Closed"),
}

STEPS: Final[tuple[Step[EditionState, EditionFacts], ...]] = (
    step("open", lazy("Open the edition"), EditionState.DRAFT, EditionState.OPEN,
         "programme-lead", set_up),
    step("close", lazy("Close the edition"), EditionState.OPEN, EditionState.CLOSED,
         "programme-lead", no_open_team),
)

EDITION: Final = Machine("Edition", EditionState.DRAFT, LABELS, STEPS)


# Plans


def monday_of(day: date) -> date:
    """The Monday of the week of `day`: weeks of a template start there."""
    return day - timedelta(days=day.weekday())


def last_day(template: ProgrammeTemplate, starts_on: date) -> date:
    """The last day of an edition that starts on this day."""
    return starts_on + template.weeks * WEEK - timedelta(days=1)


def plan(template: ProgrammeTemplate, starts_on: date, zone: str) -> tuple[PhasePlan, ...]:
    """The phases of an edition that starts on this day, as instants; midnights are local."""
    phases = []
    for one in template.phases:
        gate = one.gate
        phases.append(PhasePlan(
            key=one.id, title=one.title,
            starts_at=instant(starts_on + one.from_week * WEEK, MIDNIGHT, zone),
            ends_at=instant(starts_on + one.to_week * WEEK, MIDNIGHT, zone),
            gate=gate.id if gate else "", gate_title=gate.title if gate else "",
            levels=(gate.levels or "") if gate else "", demand=dict(gate.demand) if gate else {},
        ))
    return tuple(phases)


def milestones(template: ProgrammeTemplate, starts_on: date, zone: str) -> dict[str, datetime]:
    """Instants that are proposed for the dates of a challenge, by name (`opens`, ...)."""
    first = monday_of(starts_on)
    return {
        one.id: instant(first + one.week * WEEK + timedelta(days=one.weekday), one.at, zone)
        for one in template.milestones
    }


def week_of(starts_on: date, day: date) -> int:
    """The week of the edition, 1 for its first seven days; 0 and below lie before it."""
    return (day - starts_on).days // 7 + 1


def phase_at(phases: Sequence[PhasePlan], now: datetime) -> int | None:
    """Index of the phase that runs at `now`, or None between, before and after."""
    for index, phase in enumerate(phases):
        if now in phase.span:
            return index
    return None


def last_day_of(phase: PhasePlan, zone: str) -> date:
    """The last local day on which the phase runs: the date of its gate."""
    return day_in(phase.ends_at - timedelta(microseconds=1), zone)


def share_done(phase: PhasePlan, now: datetime) -> float:
    """How much of a phase is over, from 0 to 1: the filled part of the rail."""
    if now <= phase.starts_at:
        return 0.0
    if now >= phase.ends_at:
        return 1.0
    return (now - phase.starts_at) / (phase.ends_at - phase.starts_at)


# Checks


def check_edition(title: str, starts_on: date | None, ends_on: date | None, zone: str,
                  ) -> list[Problem]:
    """Problems of an edition's own fields."""
    problems = []
    if not title.strip():
        problems.append(Problem("title", _("Give the edition a title.")))
    if starts_on is None:
        problems.append(Problem("starts_on", _("Choose the first day.")))
    if ends_on is None:
        problems.append(Problem("ends_on", _("Choose the last day.")))
    elif starts_on is not None and ends_on <= starts_on:
        problems.append(Problem("ends_on", _("The last day must be after the first one.")))
    elif starts_on is not None and ends_on - starts_on > LONGEST:
        problems.append(Problem("ends_on", _("An edition lasts at most three years.")))
    if zone not in available_timezones():
        problems.append(Problem("zone", _("Choose a time zone.")))
    return problems


def check_phases(phases: Sequence[PhasePlan]) -> list[Problem]:
    """Problems of the phases: at least one, each ends after it starts, none overlaps the next.

    Fields are `phases` and `phases-<index>-starts_at`, `phases-<index>-ends_at`.
    """
    if not phases:
        return [Problem("phases", _("Add at least one phase."))]
    problems = []
    for index, phase in enumerate(phases):
        if phase.ends_at <= phase.starts_at:
            problems.append(Problem(f"phases-{index}-ends_at", _(
                "“%(phase)s” must end after it starts.", phase=phase.title)))
        if index and phase.starts_at < phases[index - 1].ends_at:
            problems.append(Problem(f"phases-{index}-starts_at", _(
                "“%(phase)s” starts before “%(before)s” has ended. Choose a later day.",
                phase=phase.title, before=phases[index - 1].title)))
    if len({phase.key for phase in phases}) < len(phases):
        problems.append(Problem("phases", _("Two phases have the same key.")))
    return problems


DEMAND_LABELS: Final[Mapping[str, Sentence]] = {
    "members": lazy("Members"),
    "blocks": lazy("Blocks with notes"),
    "versions": lazy("Canvas versions"),
    "tested": lazy("Tested notes"),
    "interviews": lazy("Interviews"),
    "submissions": lazy("Submissions"),
}


@dataclass(frozen=True)
class Lack:
    """Something that a gate asks for, and a team has too little of."""

    what: str
    have: int
    need: int

    @property
    def sentence(self) -> str:
        """What is missing, for people."""
        return _("%(what)s: %(have)d of %(need)d.",
                 what=str(DEMAND_LABELS.get(self.what, self.what)), have=self.have, need=self.need)


def lacks(demand: Mapping[str, int], found: Mapping[str, int]) -> tuple[Lack, ...]:
    """What a team still lacks for a gate, each thing on its own; () when it is ready."""
    return tuple(Lack(what, found.get(what, 0), need) for what, need in demand.items()
                 if found.get(what, 0) < need)
