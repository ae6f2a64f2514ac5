"""The list of erased people beside a backup: signed, and not believed when it was changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select

from tests.cast import Cast
from workspace.accounts.models import ErasedKey
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import engine, session
from workspace.foundation.settings import Settings
from workspace.foundation.unit import write
from workspace.journal import keys, statements
from workspace.journal.checking import verify
from workspace.journal.models import RecordStatement
from workspace.operations import erased
from workspace.operations.archive import BadBackup
from workspace.operations.backup import Made, back_up
from workspace.operations.erased import ERASED
from workspace.operations.restore import restore

Empty = Callable[[str], Flask]


def erase(names: Iterable[str]) -> None:
    with write():
        for name in names:
            session().add(ErasedKey(key=name * 22, erased_at=now()))
    session().commit()


@pytest.fixture
def made(context: Flask, cast: Cast, tmp_path: Path) -> Made:
    """A backup; one person was erased before, and one after it, when the list was made anew."""
    erase("1")
    (tmp_path / "kept").mkdir()
    made = back_up(tmp_path / "kept")
    erase("2")
    with frozen(now() + timedelta(seconds=2)):
        back_up(tmp_path / "kept")
    return made


def list_of(made: Made) -> Path:
    return made.path.with_name(ERASED)


def change(made: Made, **values: object) -> None:
    path = list_of(made)
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}), encoding="ascii")


def refused(house: Flask, made: Made, words: str) -> None:
    with house.app_context():
        with pytest.raises(BadBackup, match=words):
            restore(made.path)
        assert inspect(engine()).get_table_names() == []


def test_the_list_is_signed_and_only_its_owner_reads_it(context: Flask, made: Made) -> None:
    held = json.loads(list_of(made).read_text())
    assert held["erased"] == ["1" * 22, "2" * 22]
    assert held["key"] == keys.links()[-1].key
    assert list_of(made).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_another_machine_believes_it_by_what_is_in_the_backup(
    context: Flask, made: Made, empty_house: Empty, kind: str
) -> None:
    house = empty_house(kind)
    with house.app_context():
        done = restore(made.path)
        assert (done.erased, done.faults, done.had_list) == (1, (), True)
        settings: Settings = house.config["INNOCORE"]
        assert not settings.record_key.exists()
        assert session().scalar(select(func.count()).select_from(RecordStatement)) == 1
        assert verify()[0].chain == "key", "the key itself is not in a backup"
        session().rollback()
        shutil.copy(context.config["INNOCORE"].record_key, settings.record_key)
        assert verify() == []
        with write():
            statements.sign()
        assert verify() == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_list_with_somebody_left_out_is_refused(
    context: Flask, made: Made, empty_house: Empty
) -> None:
    change(made, erased=["1" * 22])
    refused(empty_house("sqlite"), made, "was changed after it was signed")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_list_without_a_signature_is_refused_unless_it_is_trusted(
    context: Flask, made: Made, empty_house: Empty
) -> None:
    path = list_of(made)
    path.write_text(json.dumps({"erased": ["1" * 22, "2" * 22, "3" * 22]}), encoding="ascii")
    house = empty_house("sqlite")
    refused(house, made, "is not signed")
    with house.app_context():
        done = restore(made.path, trust_erased=True)
        assert (done.erased, done.faults) == (2, ())


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_list_of_another_house_is_refused(
    context: Flask, made: Made, empty_house: Empty
) -> None:
    context.config["INNOCORE"].record_key.unlink()
    erased.write_list(made.path.parent, [], now(), keys._make(), ())
    refused(empty_house("sqlite"), made, "a key that this backup does not know")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_older_list_is_refused(context: Flask, made: Made, empty_house: Empty) -> None:
    signer = keys.own()
    earlier = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    erased.write_list(made.path.parent, [], earlier, signer, keys.links())
    refused(empty_house("sqlite"), made, "is older than the backup")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_list_that_was_signed_after_a_rotation_is_believed(
    context: Flask, made: Made, empty_house: Empty
) -> None:
    keys.rotate()
    erase("3")
    with frozen(now() + timedelta(seconds=4)):
        back_up(made.path.parent)
    house = empty_house("sqlite")
    with house.app_context():
        assert restore(made.path).erased == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_list_signed_after_the_key_was_lost_has_to_be_trusted(
    context: Flask, made: Made, empty_house: Empty
) -> None:
    context.config["INNOCORE"].record_key.unlink()
    keys.rotate(lost=True)
    with frozen(now() + timedelta(seconds=4)):
        back_up(made.path.parent)
    refused(empty_house("sqlite"), made, "a key that this backup does not know")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_machine_without_the_key_backs_up_all_the_same(
    context: Flask, made: Made, tmp_path: Path
) -> None:
    context.config["INNOCORE"].record_key.unlink()
    again = back_up(tmp_path)
    assert not again.signed
    assert json.loads((tmp_path / ERASED).read_text())["signature"] == ""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("words", [
    {"erased": 1}, {"erased": [1]}, {"keys": 1}, {"made_at": "never"}, {"keys": [{"number": -1}]},
    {"signature": 7}, {"key": "x"}, {"made_at": None},
])  # fmt: skip
def test_a_list_of_another_shape_is_refused(
    context: Flask, made: Made, empty_house: Empty, words: dict[str, object]
) -> None:
    change(made, **words)
    refused(empty_house("sqlite"), made, "list of erased people|was changed")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_a_list_it_is_said(context: Flask, made: Made, empty_house: Empty) -> None:
    list_of(made).unlink()
    house = empty_house("sqlite")
    with house.app_context():
        assert not restore(made.path).had_list
