"""Feeds of everybody in a world of planted words: without titles none, with titles only hers."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import SEATS
from tests.leaks.conftest import planted
from tests.leaks.table import allowed
from tests.leaks.test_planted_words import found_in
from tests.leaks.world import Planted
from workspace.accounts.sessions import actor_for
from workspace.calendars import actions
from workspace.foundation.clock import now
from workspace.foundation.unit import write

__all__ = ["planted"]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def read(app: Flask, world: Planted, seat: str, *, titles: bool) -> bytes:
    """What a calendar gets at the address of a feed of this person, its lines unfolded."""
    with app.app_context(), write():
        actor = actor_for(world.person(seat), now())
        _row, secret = actions.make(actor, "Phone", titles=titles)
    answer = app.test_client().get(f"/calendar/{secret}.ics")
    assert answer.status_code == 200, seat
    return bytes(answer.data).replace(b"\r\n ", b"")


def test_nobody_s_feed_holds_a_word_that_is_not_hers(app: Flask, planted: Planted) -> None:
    seen: dict[str, int] = {}
    told = 0
    for seat in sorted((set(SEATS) | set(planted.people)) - {"visitor"}):
        shy = read(app, planted, seat, titles=False)
        assert found_in(planted, shy) == set(), seat
        assert b"URL" not in shy and b"DESCRIPTION" not in shy, seat
        seen[seat] = shy.count(b"BEGIN:VEVENT")
        full = read(app, planted, seat, titles=True)
        assert full.count(b"BEGIN:VEVENT") == seen[seat], seat
        for key in found_in(planted, full):
            told += 1
            assert seat in allowed(*key), f"{seat} finds {key} in her feed"
    assert seen["lead"] and seen["sponsor"] and seen["programme_lead"] and seen["participant"]
    assert not seen["stranger"]
    assert told, "no feed with titles says anything: the test looks in the wrong place"
