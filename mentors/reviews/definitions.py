"""Rubrics: criteria with weights and a wording for every level, read from definition files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from workspace.foundation.definitions import Entry, Names, read

BUILT_IN: Final = Path(__file__).parent / "definitions" / "rubrics.yaml"
LOWEST: Final = 1
HIGHEST: Final = 5
LEVELS: Final = range(LOWEST, HIGHEST + 1)


@dataclass(frozen=True)
class Criterion:
    """One thing that a reviewer scores. `weight` in percent; `anchors` hold levels 1 to 5."""

    id: str
    title: str
    weight: int
    question: str
    anchors: tuple[str, ...]

    def anchor(self, level: int) -> str:
        """The wording of a level from 1 to 5."""
        return self.anchors[level - LOWEST]


@dataclass(frozen=True)
class PassRule:
    """When a pitch passes. Means are on the scale from 1 to 5."""

    mean_at_least: float
    no_criterion_below: float
    min_reviews: int
    requires_gates: tuple[str, ...] = ()


@dataclass(frozen=True)
class WeightOverride:
    """How far somebody may move the weights of a rubric for one challenge."""

    max_shift: int


@dataclass(frozen=True)
class Rubric:
    """Criteria by which one kind of thing is reviewed."""

    id: str
    title: str
    purpose: str
    reviewer_roles: tuple[str, ...]
    practice_sources: tuple[str, ...]
    allows_not_assessable: bool
    pass_rule: PassRule
    criteria: tuple[Criterion, ...]
    max_slides: int | None = None
    minutes: Mapping[str, int] | None = None
    note: str | None = None
    override: WeightOverride | None = None
    language: str = "en"

    def criterion(self, criterion_id: str) -> Criterion:
        """The criterion with this id. KeyError when there is none."""
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        raise KeyError(criterion_id)


@dataclass(frozen=True)
class FeedbackField:
    """One written remark that goes with the scores."""

    id: str
    title: str
    prompt: str


@dataclass(frozen=True)
class Rubrics:
    """Everything that a file of rubrics says."""

    conflict_kinds: tuple[str, ...]
    feedback: tuple[FeedbackField, ...]
    rubrics: tuple[Rubric, ...]

    def rubric(self, rubric_id: str) -> Rubric:
        """The rubric with this id. KeyError when there is none."""
        for rubric in self.rubrics:
            if rubric.id == rubric_id:
                return rubric
        raise KeyError(rubric_id)


def _criterion(entry: Entry, names: Names) -> Criterion:
    entry.only("id", "title", "weight", "question", "anchors")
    anchors = entry.entry("anchors")
    anchors.only(*(str(level) for level in LEVELS))
    return Criterion(
        id=names.take(entry), title=entry.text("title"),
        weight=entry.number("weight", least=1, most=100), question=entry.text("question"),
        anchors=tuple(anchors.text(str(level)) for level in LEVELS),
    )


def _pass_rule(entry: Entry) -> PassRule:
    entry.only("weighted_mean_at_least", "no_criterion_below", "min_reviews", "requires_gates")
    return PassRule(
        mean_at_least=entry.decimal("weighted_mean_at_least", least=LOWEST, most=HIGHEST),
        no_criterion_below=entry.decimal("no_criterion_below", least=LOWEST, most=HIGHEST),
        min_reviews=entry.number("min_reviews", least=1, most=20),
        requires_gates=entry.texts("requires_gates", optional=True),
    )


def _override(entry: Entry) -> WeightOverride | None:
    entry.only("allowed", "max_shift_per_criterion", "must_sum_to", "locked_when")
    entry.number("must_sum_to", 100, least=100, most=100)
    entry.choice("locked_when", ["challenge-published"], "challenge-published")
    shift = entry.number("max_shift_per_criterion", least=0, most=100)
    return WeightOverride(shift) if entry.flag("allowed") else None


def _rubric(entry: Entry, names: Names, criteria: Names, language: str) -> Rubric:
    entry.only("id", "title", "purpose", "reviewer_roles", "practice_sources", "scale",
               "pass_rule", "max_slides", "minutes", "confidentiality_required",
               "weight_override", "criteria")
    scale = entry.entry("scale")
    scale.only("min", "max", "step", "allow_not_assessable")
    scale.number("min", least=LOWEST, most=LOWEST)
    scale.number("max", least=HIGHEST, most=HIGHEST)
    scale.number("step", 1, least=1, most=1)
    rows = tuple(_criterion(one, criteria) for one in entry.entries("criteria"))
    total = sum(row.weight for row in rows)
    if total != 100:
        raise entry.error(f"the weights add up to {total}, expected 100", "criteria")
    minutes = None
    if "minutes" in entry:
        block = entry.entry("minutes")
        minutes = {key: block.number(key, least=1, most=240) for key in block}
    return Rubric(
        id=names.take(entry), title=entry.text("title"), purpose=entry.text("purpose"),
        reviewer_roles=entry.texts("reviewer_roles"),
        practice_sources=entry.texts("practice_sources", optional=True),
        allows_not_assessable=scale.flag("allow_not_assessable", False),
        pass_rule=_pass_rule(entry.entry("pass_rule")), criteria=rows,
        max_slides=entry.number("max_slides", least=1) if "max_slides" in entry else None,
        minutes=minutes, note=entry.optional_text("confidentiality_required"),
        override=_override(entry.entry("weight_override")) if "weight_override" in entry else None,
        language=language,
    )


def read_rubrics(source: Path | str | bytes, file: str | None = None) -> Rubrics:
    """The rubrics in a definition file, or in the text of one. Raises DefinitionError."""
    root = read(source, file)
    head = root.source(1)
    root.only("schema_version", "language", "conflict_kinds", "feedback_form", "rubrics")
    fields, field_names = [], Names("field")
    if "feedback_form" in root:
        form = root.entry("feedback_form")
        form.only("id", "fields")
        form.slug("id")
        for one in form.entries("fields"):
            one.only("id", "title", "prompt")
            fields.append(
                FeedbackField(field_names.take(one), one.text("title"), one.text("prompt")))
    names, criteria = Names("rubric"), Names("criterion")
    return Rubrics(
        conflict_kinds=root.texts("conflict_kinds", optional=True), feedback=tuple(fields),
        rubrics=tuple(_rubric(one, names, criteria, head.language)
                      for one in root.entries("rubrics")),
    )


@cache
def built_in() -> Rubrics:
    """The rubrics that come with the workspace."""
    return read_rubrics(BUILT_IN)


def rubric(rubric_id: str) -> Rubric:
    """The built-in rubric with this id. KeyError when there is none."""
    return built_in().rubric(rubric_id)
