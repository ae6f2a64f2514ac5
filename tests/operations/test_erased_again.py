"""A backup brings back whoever was erased since; the restore erases her again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.accounts.test_erasure import STAYS, found, opens, plant, secrets_of
from tests.cast import Cast
from workspace.accounts import own_data
from workspace.accounts.models import Person
from workspace.foundation import clock
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.operations.backup import back_up
from workspace.operations.erased import ERASED
from workspace.operations.restore import restore

Empty = Callable[[str], Flask]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restore_erases_whoever_was_erased_since(
    context: Flask, cast: Cast, empty_house: Empty, tmp_path: Path, kind: str
) -> None:
    person = cast.person("member")
    with write():
        planted = plant(cast)
    assert opens(context, planted) == 200
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
    made = back_up(tmp_path / "before")
    with write():
        own_data.erase(cast.actor("member"), session().get_one(Person, person.id), clock.now())
    back_up(tmp_path / "after")
    house = empty_house(kind)
    with house.app_context():
        done = restore(made.path, tmp_path / "after" / ERASED)
        assert (done.erased, done.faults) == (1, ())
        assert found(planted.words) == set()
        assert secrets_of(person.id) == STAYS
        again = session().get_one(Person, person.id)
        assert again.public_id == person.public_id and again.erased_at is not None
        assert own_data.erased_keys() == [person.public_id]
    assert opens(house, planted) == 401
