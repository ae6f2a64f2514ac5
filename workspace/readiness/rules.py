"""Readiness: claimed by a team, confirmed by a named person, compared scale by scale.

The scales are never put together into one number: the lowest one shows where the next work
belongs, and a mean would hide it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from workspace.foundation.checks import Problem
from workspace.foundation.states import Machine, Sentence, Step, step
from workspace.foundation.text import _, lazy
from workspace.readiness.definitions import HIGHEST, LOWEST, Gate, Scale


class ClaimState(StrEnum):
    """A team's claim of one level on one scale. A claim that is answered never changes."""

    CLAIMED = "claimed"
    CONFIRMED = "confirmed"
    RETURNED = "returned"


@dataclass(frozen=True)
class ClaimFacts:
    """What the guards look at. `actor_id` answers the claim."""

    actor_id: int | None = None
    claimed_by_id: int | None = None
    team_member_ids: frozenset[int] = frozenset()
    is_newest: bool = True
    """No later claim on the same scale replaced this one."""
    remark: str = ""


def is_outside(facts: ClaimFacts) -> str | None:
    """a named person who neither claimed it nor belongs to the team"""
    if facts.actor_id is None:
        return _("A named person confirms a level.")
    if facts.actor_id == facts.claimed_by_id or facts.actor_id in facts.team_member_ids:
        return _("A team cannot confirm its own level. A mentor or a transfer officer does.")
    return None


def is_current(facts: ClaimFacts) -> str | None:
    """no later claim on this scale replaced it"""
    if facts.is_newest:
        return None
    return _("The team has made a newer claim on this scale. Look at that one.")


def has_remark(facts: ClaimFacts) -> str | None:
    """a remark says what is missing"""
    return None if facts.remark.strip() else _("Say what is missing.")


LABELS: Final[Mapping[ClaimState, Sentence]] = {
    ClaimState.CLAIMED: lazy("Claimed"),
    ClaimState.CONFIRMED: lazy("Confirmed"),
    ClaimState.RETURNED: lazy("Sent back"),
}

STEPS: Final[tuple[Step[ClaimState, ClaimFacts], ...]] = (
    step("confirm", lazy("Confirm"), ClaimState.CLAIMED, ClaimState.CONFIRMED,
         "mentor, tto-officer", is_outside, is_current),
    step("return", lazy("Send back"), ClaimState.CLAIMED, ClaimState.RETURNED,
         "mentor, tto-officer", is_outside, is_current, has_remark),
)

CLAIM: Final = Machine("Readiness claim", ClaimState.CLAIMED, LABELS, STEPS)


@dataclass(frozen=True)
class Standing:
    """Where a team is on one scale. 0 means that nothing was claimed or confirmed yet."""

    scale: str
    claimed: int = 0
    confirmed: int = 0


@dataclass(frozen=True)
class Claim:
    """One answered or open claim, in the order in which they were made."""

    scale: str
    level: int
    state: str


def standings(scales: Collection[str], claims: Collection[Claim]) -> tuple[Standing, ...]:
    """Where a team is on each scale, from its claims, oldest first.

    The newest claim is what is claimed (one that was sent back claims nothing), the newest
    confirmed one is what is confirmed. Levels may go down: a new use of a technology starts lower.
    """
    claimed, confirmed = dict.fromkeys(scales, 0), dict.fromkeys(scales, 0)
    for one in claims:
        if one.scale not in claimed:
            continue
        if one.state == ClaimState.RETURNED:
            claimed[one.scale] = confirmed[one.scale]
            continue
        claimed[one.scale] = one.level
        if one.state == ClaimState.CONFIRMED:
            confirmed[one.scale] = one.level
    return tuple(Standing(scale, claimed[scale], confirmed[scale]) for scale in scales)


def check_claim(scale: Scale | None, level: int, evidence: str, *, covered: Collection[int] = (),
                confirmed: int = 0) -> list[Problem]:
    """Problems of a claim (fields `scale`, `level`, `evidence`).

    `covered` are the levels below for which evidence was accepted or is given with the claim: a
    level needs evidence for itself and for every level below it; a confirmed level covers all
    below.
    """
    if scale is None:
        return [Problem("scale", _("Choose a scale."))]
    if not LOWEST <= level <= HIGHEST:
        return [Problem("level", _("Choose a level from %(low)d to %(high)d.",
                                   low=LOWEST, high=HIGHEST))]
    problems = []
    if not evidence.strip():
        problems.append(Problem("evidence", _("Say what shows that you are at this level.")))
    bare = [number for number in range(confirmed + 1, level) if number not in covered]
    if bare:
        problems.append(Problem("level", _(
            "Evidence is missing for level %(level)d: “%(title)s”. "
            "A level needs evidence for every level below it.",
            level=bare[0], title=scale.level(bare[0]).title)))
    return problems


@dataclass(frozen=True)
class Shortfall:
    """One scale on which a team is below a gate."""

    scale: str
    needed: int
    confirmed: int
    claimed: int

    @property
    def waits_for_confirmation(self) -> bool:
        """The claim would do; a mentor or officer has still to confirm it."""
        return self.claimed >= self.needed

    def sentence(self, abbreviation: str) -> str:
        """What is missing, for people."""
        if self.waits_for_confirmation:
            return _("%(scale)s %(needed)d is claimed but not confirmed.",
                     scale=abbreviation, needed=self.needed)
        return _("%(scale)s is confirmed at %(have)d and needs %(needed)d.",
                 scale=abbreviation, have=self.confirmed, needed=self.needed)


def compare(gate: Gate, found: Collection[Standing]) -> tuple[Shortfall, ...]:
    """Scales below the gate, each on its own; () opens it. Only confirmed levels count."""
    by_scale = {one.scale: one for one in found}
    missing = []
    for scale, needed in gate.minimum.items():
        one = by_scale.get(scale, Standing(scale))
        if one.confirmed < needed:
            missing.append(Shortfall(scale, needed, one.confirmed, one.claimed))
    return tuple(missing)


@dataclass(frozen=True)
class Axis:
    """One axis of the radar. Points are on a circle of radius 1, x to the right, y down."""

    scale: str
    claimed: int
    confirmed: int
    needed: int
    """Level that the gate asks for, 0 when it does not look at this scale."""
    end: tuple[float, float]
    claimed_at: tuple[float, float]
    confirmed_at: tuple[float, float]
    needed_at: tuple[float, float]


def radar(found: Collection[Standing], gate: Gate | None = None) -> tuple[Axis, ...]:
    """The axes of the radar, clockwise from the top; the centre is level 0, the rim level 9."""
    axes = []
    for index, one in enumerate(found):
        angle = 2 * math.pi * index / len(found)
        x, y = math.sin(angle), -math.cos(angle)
        needed = gate.minimum.get(one.scale, 0) if gate else 0
        axes.append(Axis(
            one.scale, one.claimed, one.confirmed, needed, _spot(x, y, HIGHEST),
            _spot(x, y, one.claimed), _spot(x, y, one.confirmed), _spot(x, y, needed),
        ))
    return tuple(axes)


def _spot(x: float, y: float, level: int) -> tuple[float, float]:
    return (round(x * level / HIGHEST, 4) + 0.0, round(y * level / HIGHEST, 4) + 0.0)
