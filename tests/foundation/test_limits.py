"""Counts of what may be done how often, in this process's memory and in Valkey."""

from __future__ import annotations

import pytest
from flask import Flask

from workspace.foundation import limits
from workspace.foundation.db import new_public_id
from workspace.foundation.errors import TooMany

RATE = "3 per 15 minutes"


@pytest.mark.parametrize("store", ["memory", "valkey"])
def test_what_was_counted_can_be_forgotten(store: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("valkey_url") if store == "valkey" else ""
    app, key = Flask("counting"), new_public_id()
    app.extensions["innocore.limits"] = limits.new_limiter(url)
    with app.app_context():
        for _turn in range(2):
            for _count in range(3):
                limits.count("sign-in", RATE, key)
            with pytest.raises(TooMany):
                limits.count("sign-in", RATE, key)
            limits.forget("sign-in", RATE, key)
        assert limits.left("sign-in", RATE, key)[0] == 3


def test_counts_go_on_while_the_store_is_away() -> None:
    app = Flask("counting")
    app.extensions["innocore.limits"] = limits.new_limiter("redis://127.0.0.1:1/0")
    with app.app_context():
        for _count in range(3):
            limits.count("sign-in", RATE, "away")
        with pytest.raises(TooMany):
            limits.count("sign-in", RATE, "away")
        limits.forget("sign-in", RATE, "away")
        limits.count("sign-in", RATE, "away")
