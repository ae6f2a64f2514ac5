"""Grants: half-open validity, and one kind of scope for each role. Sponsors' options likewise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sponsors.rules import ENGAGEMENT, EngagementFacts
from workspace.grants import rules
from workspace.grants.rules import Role

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
OFFSETS = st.timedeltas(timedelta(days=-9), timedelta(days=9))


@given(OFFSETS, st.none() | OFFSETS)
def test_a_grant_holds_from_its_start_until_its_end_excluded(
    start: timedelta, end: timedelta | None,
) -> None:
    ends_at = None if end is None else AT + end
    holds = rules.is_valid(AT + start, ends_at, AT)
    assert holds == (start <= timedelta(0) and (end is None or end > timedelta(0)))


def test_access_ends_at_the_very_instant() -> None:
    assert rules.is_valid(AT, AT + timedelta(seconds=1), AT)
    assert not rules.is_valid(AT - timedelta(days=1), AT, AT)


def test_every_role_has_one_kind_of_scope_and_a_word() -> None:
    assert set(rules.SCOPE_OF) == set(rules.LABELS) == set(Role)


@pytest.mark.parametrize(("role", "kind", "end", "fields"), [
    ("mentor", "team", None, []),
    ("mentor", "organisation", None, ["scope_kind"]),
    ("king", "team", None, ["role"]),
    ("member", "organisation", AT, ["ends_at"]),
    ("annex-reader", "challenge", None, ["ends_at"]),
    ("annex-reader", "challenge", AT + timedelta(days=1), []),
])
def test_problems_of_a_grant(role: str, kind: str, end: datetime | None, fields: list[str]) -> None:
    assert [one.field for one in rules.check_grant(role, kind, AT, end)] == fields


@given(OFFSETS)
def test_an_option_is_exercised_before_its_end_or_expires(offset: timedelta) -> None:
    facts = EngagementFacts(now=AT, option_ends=AT + offset)
    exercised = ENGAGEMENT.objection("option-running", "exercise", facts) is None
    expired = ENGAGEMENT.objection("option-running", "expire", facts) is None
    assert exercised == (offset > timedelta(0))
    assert exercised != expired


def test_nobody_declines_after_signing_terms() -> None:
    states = [state for state in ENGAGEMENT.states
              if any(one.name == "decline" for one in ENGAGEMENT.allowed(state))]
    assert states == ["lead", "contacted", "cda-signed", "terms-negotiation"]
