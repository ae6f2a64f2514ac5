"""Codes of an authenticator app: the figures of RFC 6238, drift, and no code twice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from workspace.accounts.factors import recovery, totp

RFC_SECRET = b"12345678901234567890"
INSTANTS = some.datetimes(
    min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1), timezones=some.just(UTC)
)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert totp.code_of(RFC_SECRET, seconds // totp.STEP) == code


@given(at=INSTANTS, drift=some.integers(-5, 5))
def test_a_clock_may_differ_by_one_step(at: datetime, drift: int) -> None:
    step = totp.step_at(at) + drift
    found = totp.matching_step(RFC_SECRET, totp.code_of(RFC_SECRET, step), at, 0)
    if abs(drift) <= 1:
        assert found is not None and abs(found - totp.step_at(at)) <= 1
    else:  # six digits may fit by chance, then they fit as that other step
        assert found is None or totp.code_of(RFC_SECRET, found) == totp.code_of(RFC_SECRET, step)


@given(at=INSTANTS, drift=some.integers(-1, 1))
def test_a_used_step_and_those_before_it_never_count_again(at: datetime, drift: int) -> None:
    step = totp.step_at(at) + drift
    code = totp.code_of(RFC_SECRET, step)
    used = totp.matching_step(RFC_SECRET, code, at, 0)
    assert used is not None
    again = totp.matching_step(RFC_SECRET, code, at, used)
    assert again is None or again > used
    latest = totp.step_at(at) + totp.DRIFT
    assert totp.matching_step(RFC_SECRET, code, at, latest) is None


@given(typed=some.text(max_size=12))
def test_anything_typed_is_read_without_a_fault(typed: str) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    found = totp.matching_step(RFC_SECRET, typed, at, 0)
    near = {totp.code_of(RFC_SECRET, totp.step_at(at) + it) for it in (-1, 0, 1)}
    assert (found is not None) == ("".join(typed.split()) in near)


def test_blanks_in_a_code_do_not_matter() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    code = totp.code_of(RFC_SECRET, totp.step_at(at))
    assert totp.matching_step(RFC_SECRET, f" {code[:3]} {code[3:]} ", at, 0) is not None


def test_the_drawing_brings_no_style_of_its_own() -> None:
    drawn = totp.drawing(totp.address(RFC_SECRET, "a+b&c@x.example"))
    assert drawn.startswith("<svg") and "style=" not in drawn and "<script" not in drawn


def test_recovery_codes_differ_and_are_read_as_people_write_them() -> None:
    codes = recovery.new_codes()
    assert len(set(codes)) == recovery.HOW_MANY
    for code in codes:
        assert recovery.plain(f" {code.upper()} ") == code.replace("-", "")
        assert recovery.plain(code[:-1]) == ""


@given(typed=some.text(max_size=40))
def test_what_is_no_recovery_code_is_nothing(typed: str) -> None:
    found = recovery.plain(typed)
    assert found == "" or (len(found) == recovery.LENGTH and set(found) <= set(recovery.LETTERS))
