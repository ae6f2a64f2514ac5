"""Readiness scales and the gates that ask for levels on them, read from definition files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from workspace.foundation.definitions import Entry, Names, read

BUILT_IN: Final = Path(__file__).parent / "definitions" / "readiness-levels.yaml"
LOWEST: Final = 1
HIGHEST: Final = 9


@dataclass(frozen=True)
class Level:
    """One level of a scale, and what to show for it."""

    level: int
    title: str
    description: str
    evidence_to_show: tuple[str, ...]
    reading: str
    """How to read it for a biomedical result."""
    next_step: str


@dataclass(frozen=True)
class Scale:
    """One independent scale from 1 to 9. `source` names the model, the wording is our own."""

    id: str
    abbreviation: str
    title: str
    question: str
    source: str
    licence_note: str
    applies_note: str
    levels: tuple[Level, ...]
    language: str = "en"

    def level(self, number: int) -> Level:
        """The level with this number. KeyError when it is not on the scale."""
        if not LOWEST <= number <= HIGHEST:
            raise KeyError(number)
        return self.levels[number - LOWEST]


@dataclass(frozen=True)
class Gate:
    """A decision point: the least level on each scale that it looks at."""

    id: str
    title: str
    minimum: Mapping[str, int]


@dataclass(frozen=True)
class Readiness:
    """Everything that a file of readiness scales says."""

    scales: tuple[Scale, ...]
    gates: tuple[Gate, ...]
    claim_role: str
    confirm_roles: tuple[str, ...]
    new_application_resets: tuple[str, ...]
    """Scales that start again at 1 when a technology gets a new use."""

    def scale(self, scale_id: str) -> Scale:
        """The scale with this id. KeyError when there is none."""
        for scale in self.scales:
            if scale.id == scale_id:
                return scale
        raise KeyError(scale_id)

    def gate(self, gate_id: str) -> Gate:
        """The gate with this id. KeyError when there is none."""
        for gate in self.gates:
            if gate.id == gate_id:
                return gate
        raise KeyError(gate_id)


def _level(entry: Entry, names: Names, number: int) -> Level:
    entry.only("id", "level", "title", "description", "evidence_to_show", "biomedical_reading",
               "typical_next_step")
    names.take(entry)
    return Level(
        level=entry.number("level", least=number, most=number), title=entry.text("title"),
        description=entry.text("description"), evidence_to_show=entry.texts("evidence_to_show"),
        reading=entry.text("biomedical_reading", ""), next_step=entry.text("typical_next_step", ""),
    )


def _scale(entry: Entry, names: Names, language: str) -> Scale:
    entry.only("id", "abbreviation", "title", "question", "source", "licence_note",
               "applies_note", "levels")
    rows = entry.entries("levels", least=HIGHEST)
    if len(rows) > HIGHEST:
        raise entry.error(f"expected {HIGHEST} levels, found {len(rows)}", "levels")
    return Scale(
        id=names.take(entry), abbreviation=entry.text("abbreviation"), title=entry.text("title"),
        question=entry.text("question"), source=entry.text("source"),
        licence_note=entry.text("licence_note", ""), applies_note=entry.text("applies_note", ""),
        levels=tuple(_level(row, names, number) for number, row in enumerate(rows, LOWEST)),
        language=language,
    )


def read_readiness(source: Path | str | bytes, file: str | None = None) -> Readiness:
    """The scales and gates in a definition file, or in its text. Raises DefinitionError."""
    root = read(source, file)
    head = root.source(1)
    root.only("schema_version", "language", "display", "rules", "phase_gates", "scales")
    root.choice("display", ["radar"], "radar")
    rules = root.entry("rules")
    rules.only("min", "max", "start_level", "monotonic", "may_go_down", "claim_role",
               "confirm_roles", "new_application_resets")
    rules.number("min", least=LOWEST, most=LOWEST)
    rules.number("max", least=HIGHEST, most=HIGHEST)
    names = Names("level")
    scales = tuple(_scale(one, names, head.language) for one in root.entries("scales"))
    known = [scale.id for scale in scales]
    gates, gate_names = [], Names("gate")
    for one in root.entries("phase_gates", optional=True):
        one.only("id", "title", "minimum")
        minimum = one.entry("minimum")
        minimum.only(*known)
        gates.append(Gate(gate_names.take(one), one.text("title"), {
            scale: minimum.number(scale, least=LOWEST, most=HIGHEST)
            for scale in known if scale in minimum
        }))
    return Readiness(
        scales=scales, gates=tuple(gates), claim_role=rules.text("claim_role"),
        confirm_roles=rules.texts("confirm_roles"),
        new_application_resets=rules.texts("new_application_resets", allowed=known, optional=True),
    )


@cache
def built_in() -> Readiness:
    """The scales that come with the workspace."""
    return read_readiness(BUILT_IN)
