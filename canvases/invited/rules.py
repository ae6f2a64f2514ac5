"""Inviting a mentor to edit one canvas: for how long, and the few states of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from workspace.foundation.checks import Problem
from workspace.foundation.days import ONE_DAY, instant
from workspace.foundation.states import Machine, Sentence, Step, step
from workspace.foundation.text import _, lazy

DAYS: Final = 14
"""How long an invitation holds unless the team says otherwise."""
LONGEST: Final = 90


class InvitedState(StrEnum):
    """Where an invitation to edit stands."""

    INVITED = "invited"
    EDITING = "editing"
    ENDED = "ended"


@dataclass(frozen=True)
class InvitedFacts:
    """What the guards look at."""

    now: datetime
    until: datetime
    accompanies: bool
    """She mentors the team now, under an undertaking, without a conflict of interest."""
    inviter_stays: bool = True
    """Whoever invited her is in the team still."""


def in_time(facts: InvitedFacts) -> str | None:
    """Its last day is not over"""
    return None if facts.now < facts.until else _("This invitation has ended.")


def accompanies(facts: InvitedFacts) -> str | None:
    """She mentors the team under an undertaking, without a conflict of interest"""
    if facts.accompanies:
        return None
    return _("Only a mentor of the team, bound by the undertaking and without a conflict of "
             "interest, can edit with it.")


def inviter_stays(facts: InvitedFacts) -> str | None:
    """Whoever invited her is in the team still"""
    if facts.inviter_stays:
        return None
    return _("Whoever invited you is no longer in the team. Ask the team to invite you again.")


OPEN: Final = (InvitedState.INVITED, InvitedState.EDITING)
LABELS: Final[Mapping[InvitedState, Sentence]] = {
    InvitedState.INVITED: lazy("Invited"),
    InvitedState.EDITING: lazy("Edits"),
    InvitedState.ENDED: lazy("Ended"),
}
STEPS: Final[tuple[Step[InvitedState, InvitedFacts], ...]] = (
    step("accept", lazy("Accept"), InvitedState.INVITED, InvitedState.EDITING, "mentor",
         in_time, accompanies, inviter_stays),
    step("take-back", lazy("Take back"), OPEN, InvitedState.ENDED, "team"),
    step("give-up", lazy("Stop editing"), OPEN, InvitedState.ENDED, "mentor"),
    step("lapse", lazy("Lapse"), OPEN, InvitedState.ENDED, "house"),
)
INVITED: Final = Machine("Invitation to edit a canvas", InvitedState.INVITED, LABELS, STEPS)


def usual_day(today: date) -> date:
    """The last day that a form offers."""
    return today + timedelta(days=DAYS)


def end_of(day: date, zone: str) -> datetime:
    """The instant at which a last day is over."""
    return instant(day + ONE_DAY, time(), zone)


def check_day(day: date | None, today: date, promised: date | None) -> list[Problem]:
    """Problems of the last day (field `until`). `promised`: when the undertaking ends."""
    if day is None:
        return [Problem("until", _("Choose the last day."))]
    if day < today:
        return [Problem("until", _("This day is over. Choose a later one."))]
    if day > today + timedelta(days=LONGEST):
        return [Problem("until", _("Choose a day within the next %(days)d days.", days=LONGEST))]
    if promised is not None and day >= promised:
        return [Problem("until", _("The mentor's undertaking ends before that day. Choose an "
                                   "earlier one."))]
    return []
