"""The arithmetic of a rubric: one review's weighted score, and a panel put together.

Score of one review = sum(weight x level) / sum(weight of the criteria that were assessable), so
that it stays on the scale from 1 to 5. Exact fractions inside, rounded only for people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from mentors.reviews.definitions import Rubric
from workspace.foundation.checks import Problem
from workspace.foundation.text import _, decimals

DISAGREEMENT: Final = 2
"""A range of levels this wide on one criterion is flagged for discussion."""

Levels = Mapping[str, int | None]
"""Criterion id to level from 1 to 5; None means not assessable, absent means not scored."""


def weights_of(rubric: Rubric, moved: Mapping[str, int] | None = None) -> dict[str, int]:
    """Weight in percent of each criterion; `moved` holds the ones set for a challenge."""
    return {one.id: (moved or {}).get(one.id, one.weight) for one in rubric.criteria}


def exact_score(rubric: Rubric, levels: Levels, moved: Mapping[str, int] | None = None,
                ) -> Fraction | None:
    """The weighted score of one review on 1 to 5, exact. None when nothing was assessable."""
    total = weight_sum = 0
    for criterion_id, weight in weights_of(rubric, moved).items():
        level = levels.get(criterion_id)
        if level is not None:
            total += weight * level
            weight_sum += weight
    return Fraction(total, weight_sum) if weight_sum else None


def shown(score: Fraction | None, digits: int = 2) -> float | None:
    """A score for people: rounded half up."""
    if score is None:
        return None
    exact = Decimal(score.numerator) / Decimal(score.denominator)
    return float(exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))


def weighted_score(rubric: Rubric, levels: Levels, moved: Mapping[str, int] | None = None,
                   ) -> float | None:
    """The weighted score of one review on 1 to 5, rounded to two digits."""
    return shown(exact_score(rubric, levels, moved))


@dataclass(frozen=True)
class CriterionSummary:
    """What all reviews say about one criterion. Levels of reviews that could not assess it are
    not counted."""

    criterion_id: str
    levels: tuple[int, ...]
    mean: float | None
    is_disputed: bool

    @property
    def spread(self) -> int:
        """Highest less lowest level."""
        return max(self.levels) - min(self.levels) if self.levels else 0


@dataclass(frozen=True)
class Summary:
    """A panel put together: mean, range and number, and whether the pass rule holds."""

    reviews: int
    mean: float | None
    lowest: float | None
    highest: float | None
    criteria: tuple[CriterionSummary, ...]
    passes: bool
    obstacles: tuple[str, ...]
    """What keeps it from passing, as sentences."""

    @property
    def disputed(self) -> tuple[CriterionSummary, ...]:
        """Criteria on which the reviewers are far apart."""
        return tuple(one for one in self.criteria if one.is_disputed)


def consolidate(rubric: Rubric, reviews: Sequence[Levels],
                moved: Mapping[str, int] | None = None) -> Summary:
    """Put the reviews of a panel together. The order of the reviews does not matter."""
    scores = [score for levels in reviews
              if (score := exact_score(rubric, levels, moved)) is not None]
    mean = Fraction(sum(scores), len(scores)) if scores else None
    criteria, weak = [], []
    for criterion in rubric.criteria:
        given = sorted(level for levels in reviews
                       if (level := levels.get(criterion.id)) is not None)
        middle = Fraction(sum(given), len(given)) if given else None
        criteria.append(CriterionSummary(
            criterion.id, tuple(given), shown(middle),
            bool(given) and given[-1] - given[0] >= DISAGREEMENT,
        ))
        if middle is not None and middle < Fraction(str(rubric.pass_rule.no_criterion_below)):
            weak.append(criterion.title)
    obstacles = _obstacles(rubric, len(scores), mean, weak)
    return Summary(
        reviews=len(scores), mean=shown(mean), lowest=shown(min(scores, default=None)),
        highest=shown(max(scores, default=None)), criteria=tuple(criteria),
        passes=not obstacles, obstacles=obstacles,
    )


def _obstacles(rubric: Rubric, reviews: int, mean: Fraction | None,
               weak: Sequence[str]) -> tuple[str, ...]:
    rule, found = rubric.pass_rule, []
    if reviews < rule.min_reviews:
        found.append(_("%(have)d of %(least)d reviews are in.",
                       have=reviews, least=rule.min_reviews))
    if mean is not None and mean < Fraction(str(rule.mean_at_least)):
        found.append(_("The mean is %(mean)s. It needs %(least)s.",
                       mean=decimals(shown(mean) or 0.0, 2), least=decimals(rule.mean_at_least, 1)))
    if weak:
        found.append(_("Too low: %(criteria)s.", criteria=", ".join(weak)))
    return tuple(found)


def check_weights(rubric: Rubric, moved: Mapping[str, int]) -> list[Problem]:
    """Problems of weights that a sponsor wants for a challenge; `field` is the criterion's id."""
    if rubric.override is None:
        return [Problem("", _("The weights of this rubric are fixed."))] if moved else []
    problems = []
    known = {one.id: one.weight for one in rubric.criteria}
    for criterion_id, weight in moved.items():
        if criterion_id not in known:
            problems.append(Problem(criterion_id, _("This criterion is not in the rubric.")))
        elif weight < 1 or abs(weight - known[criterion_id]) > rubric.override.max_shift:
            problems.append(Problem(criterion_id, _(
                "Stay within %(shift)d of %(weight)d.",
                shift=rubric.override.max_shift, weight=known[criterion_id])))
    total = sum(weights_of(rubric, moved).values())
    if total != 100:
        problems.append(Problem("", _("The weights add up to %(total)d. They must make 100.",
                                      total=total)))
    return problems
