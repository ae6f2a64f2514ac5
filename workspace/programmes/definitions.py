"""Programme templates: phases, gates, milestones and steps in weeks, read from definition files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from functools import cache
from pathlib import Path
from typing import Final

from workspace.foundation.definitions import Entry, Names, read

BUILT_IN: Final = Path(__file__).parent / "definitions" / "calendar.yaml"
DEMANDS: Final = ("members", "blocks", "versions", "tested", "interviews", "submissions")
MILESTONES: Final = (
    "opens", "applications_close", "kick_off", "mid_review", "submission", "demo_day",
)
WEEKDAYS: Final = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)
MOST_WEEKS: Final = 104


@dataclass(frozen=True)
class GateTemplate:
    """A decision point at the end of a phase. `levels` names a gate of the readiness scales."""

    id: str
    title: str
    levels: str | None
    demand: Mapping[str, int]
    """What is counted (see `DEMANDS`), and the least number of it."""


@dataclass(frozen=True)
class PhaseTemplate:
    """A stretch of weeks, half-open, counted from the start of the edition."""

    id: str
    title: str
    purpose: str
    from_week: int
    to_week: int
    gate: GateTemplate | None


@dataclass(frozen=True)
class Milestone:
    """A date that is proposed for challenges: `weekday` counts from Monday = 0, `at` is local."""

    id: str
    week: int
    weekday: int
    at: time


@dataclass(frozen=True)
class CalendarStep:
    """Something that happens in an edition: who acts, what comes out, which rule holds."""

    id: str
    title: str
    from_week: int
    to_week: int
    who: tuple[str, ...]
    output: str
    rule: str


@dataclass(frozen=True)
class ProgrammeTemplate:
    """What a new edition starts from."""

    id: str
    title: str
    summary: str
    weeks: int
    phases: tuple[PhaseTemplate, ...]
    milestones: tuple[Milestone, ...]
    steps: tuple[CalendarStep, ...]
    language: str = "en"


def _gate(entry: Entry) -> GateTemplate:
    entry.only("id", "title", "levels", "demand")
    demand: dict[str, int] = {}
    if "demand" in entry:
        wanted = entry.entry("demand")
        wanted.only(*DEMANDS)
        demand = {key: wanted.number(key, least=1, most=500) for key in wanted}
    return GateTemplate(entry.slug("id"), entry.text("title"), entry.optional_text("levels"),
                        demand)


def _weeks(entry: Entry, least: int, most: int) -> tuple[int, int]:
    first = entry.number("from", least=least, most=most - 1)
    return first, entry.number("to", least=first + 1, most=most)


def _phase(entry: Entry, names: Names, weeks: int, due: int) -> PhaseTemplate:
    entry.only("id", "title", "purpose", "from", "to", "gate")
    first, last = _weeks(entry, 0, weeks)
    if first != due:
        raise entry.error(f"phases follow each other: expected {due}, found {first}", "from")
    return PhaseTemplate(
        names.take(entry), entry.text("title"), entry.text("purpose", ""), first, last,
        _gate(entry.entry("gate")) if "gate" in entry else None,
    )


def _milestones(entry: Entry, weeks: int) -> tuple[Milestone, ...]:
    entry.only(*MILESTONES)
    found: list[Milestone] = []
    for key in MILESTONES:
        if key not in entry:
            continue
        one = entry.entry(key)
        one.only("week", "weekday", "at")
        try:
            at = time.fromisoformat(one.text("at"))
        except ValueError:
            raise one.error("expected a time like '23:59'", "at") from None
        milestone = Milestone(key, one.number("week", least=0, most=weeks - 1),
                              WEEKDAYS.index(one.choice("weekday", WEEKDAYS)), at)
        if found and (found[-1].week, found[-1].weekday) >= (milestone.week, milestone.weekday):
            raise one.error(f"must be later than {found[-1].id}", "week")
        found.append(milestone)
    return tuple(found)


def _template(entry: Entry, names: Names, language: str) -> ProgrammeTemplate:
    entry.only("id", "title", "summary", "weeks", "phases", "milestones", "steps")
    weeks = entry.number("weeks", least=1, most=MOST_WEEKS)
    phases: list[PhaseTemplate] = []
    phase_names, step_names = Names("phase"), Names("step")
    for one in entry.entries("phases"):
        phases.append(_phase(one, phase_names, weeks, phases[-1].to_week if phases else 0))
    if phases[-1].to_week != weeks:
        raise entry.error(f"the last phase ends in week {phases[-1].to_week}, expected {weeks}",
                          "phases")
    steps = []
    for one in entry.entries("steps", optional=True):
        one.only("id", "title", "from", "to", "who", "output", "rule")
        first, last = _weeks(one, -52, weeks)
        steps.append(CalendarStep(step_names.take(one), one.text("title"), first, last,
                                  one.texts("who"), one.text("output", ""), one.text("rule", "")))
    return ProgrammeTemplate(
        names.take(entry), entry.text("title"), entry.text("summary"), weeks, tuple(phases),
        _milestones(entry.entry("milestones"), weeks) if "milestones" in entry else (),
        tuple(steps), language,
    )


def read_calendar(source: Path | str | bytes, file: str | None = None,
                  ) -> tuple[ProgrammeTemplate, ...]:
    """The programme templates in a definition file, or in its text. Raises DefinitionError."""
    root = read(source, file)
    head = root.source(1)
    root.only("schema_version", "language", "templates")
    names = Names("template")
    return tuple(_template(one, names, head.language) for one in root.entries("templates"))


@cache
def built_in() -> tuple[ProgrammeTemplate, ...]:
    """The programme templates that come with the workspace."""
    return read_calendar(BUILT_IN)


def template(template_id: str) -> ProgrammeTemplate:
    """The built-in template with this id. KeyError when there is none."""
    for one in built_in():
        if one.id == template_id:
            return one
    raise KeyError(template_id)
