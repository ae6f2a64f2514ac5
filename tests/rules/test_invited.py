"""Inviting a mentor to edit: the last day, and the steps of an invitation."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from canvases.invited import rules
from canvases.invited.rules import INVITED, InvitedFacts, InvitedState
from workspace.foundation.errors import Refused

TODAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def known(**values: object) -> InvitedFacts:
    usual: dict[str, object] = {"now": AT, "until": AT + timedelta(days=14), "accompanies": True}
    return InvitedFacts(**(usual | values))  # type: ignore[arg-type]


@pytest.mark.parametrize(("day", "promised", "wrong"), [
    (TODAY, None, False),
    (TODAY + timedelta(days=90), None, False),
    (TODAY + timedelta(days=91), None, True),
    (TODAY - timedelta(days=1), None, True),
    (None, None, True),
    (TODAY + timedelta(days=5), TODAY + timedelta(days=6), False),
    (TODAY + timedelta(days=5), TODAY + timedelta(days=5), True),
])
def test_the_last_day(day: date | None, promised: date | None, wrong: bool) -> None:
    assert [it.field for it in rules.check_day(day, TODAY, promised)] == ["until"] * wrong


def test_the_usual_day_is_two_weeks_ahead_and_counts_to_its_end() -> None:
    day = rules.usual_day(TODAY)
    assert day == date(2026, 12, 8)
    assert rules.end_of(day, "Europe/Rome") == datetime(2026, 12, 8, 23, tzinfo=UTC)


@pytest.mark.parametrize("less", [
    {"accompanies": False}, {"inviter_stays": False}, {"until": AT},
])
def test_nobody_accepts_what_no_longer_holds(less: dict[str, object]) -> None:
    assert INVITED.step(InvitedState.INVITED, "accept", known()) == InvitedState.EDITING
    with pytest.raises(Refused):
        INVITED.step(InvitedState.INVITED, "accept", known(**less))


@pytest.mark.parametrize("name", ["take-back", "give-up", "lapse"])
@pytest.mark.parametrize("state", rules.OPEN)
def test_it_ends_whatever_holds(name: str, state: InvitedState) -> None:
    facts = known(accompanies=False, inviter_stays=False, until=AT)
    assert INVITED.step(state, name, facts) == InvitedState.ENDED
    with pytest.raises(Refused):
        INVITED.step(InvitedState.ENDED, name, facts)
