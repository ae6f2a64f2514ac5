"""The key that signs: made once, kept outside the database, changed without losing the old ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.cast import Cast
from workspace.foundation.db import session
from workspace.foundation.settings import Settings
from workspace.foundation.unit import write
from workspace.journal import keys, statements
from workspace.journal.checking import check, verify
from workspace.journal.models import JournalEntry, RecordKey, RecordStatement


def sign() -> RecordStatement:
    with write():
        return statements.sign()


def path(app: Flask) -> Path:
    settings: Settings = app.config["INNOCORE"]
    return settings.record_key


@pytest.fixture
def begun(context: Flask, cast: Cast) -> Flask:
    sign()
    return context


def test_the_key_is_made_once_and_only_its_owner_reads_it(begun: Flask) -> None:
    assert path(begun).stat().st_mode & 0o777 == 0o600
    before = path(begun).read_bytes()
    sign()
    assert path(begun).read_bytes() == before
    assert len(keys.links()) == 1
    assert [it.name for it in path(begun).parent.glob("record_key*")] == ["record_key"]


def test_the_private_key_is_not_in_the_database(begun: Flask) -> None:
    mine = keys.own()
    assert mine is not None
    secret = mine.private.private_bytes_raw().hex()
    held = [
        str(value) for table in (RecordKey, RecordStatement, JournalEntry)
        for row in session().scalars(select(table)) for value in vars(row).values()
    ]
    assert any(mine.public in it for it in held)
    assert not any(secret in it for it in held)


def test_a_rotation_keeps_the_old_public_key_and_is_a_line_of_the_record(begun: Flask) -> None:
    old = path(begun).read_bytes()
    row = keys.rotate()
    sign()
    assert path(begun).read_bytes() != old
    assert path(begun).stat().st_mode & 0o777 == 0o600
    assert [it.key for it in keys.links()] == [keys.links()[0].key, row.public_key]
    line = session().scalars(
        select(JournalEntry).where(JournalEntry.event == "record-key-rotated")
    ).one()
    assert line.detail == {"number": 2, "key": row.public_key}
    assert verify() == []
    first, second = session().scalars(select(RecordStatement).order_by(RecordStatement.number))
    assert (json.loads(first.body)["key"], json.loads(second.body)["key"]) == (
        keys.links()[0].key, row.public_key,
    )
    assert keys.followers(keys.links(), {keys.links()[0].key}) == {it.key for it in keys.links()}


def test_a_rotation_that_was_cut_off_before_its_last_step_is_finished(begun: Flask) -> None:
    old = path(begun).read_bytes()
    keys.rotate()
    new = path(begun).read_bytes()
    path(begun).with_name("record_key.next").write_bytes(new)
    path(begun).write_bytes(old)
    sign()
    assert path(begun).read_bytes() == new
    assert verify() == []


def test_a_rotation_that_was_cut_off_before_the_commit_left_nothing(begun: Flask) -> None:
    path(begun).with_name("record_key.next").write_text("half a key", encoding="ascii")
    sign()
    keys.rotate()
    sign()
    assert verify() == []


def test_a_lost_key_is_replaced_and_what_it_signed_still_counts(begun: Flask) -> None:
    path(begun).unlink()
    assert verify()[0].chain == "key"
    with pytest.raises(keys.KeyAway, match="does not have the key"), write():
        statements.sign()
    with pytest.raises(keys.KeyAway):
        keys.rotate()
    keys.rotate(lost=True)
    sign()
    assert verify() == []
    assert session().scalars(
        select(JournalEntry).where(JournalEntry.event == "record-key-replaced")
    ).one()
    first = keys.links()[0].key
    assert keys.followers(keys.links(), {first}) == {first}, "nobody outside can follow"


def test_without_the_key_the_public_one_can_be_named(begun: Flask) -> None:
    public = keys.links()[-1].key
    path(begun).unlink()
    assert check(trusted=public).faults == []
    assert check(trusted="0" * 64).faults[0].chain == "key"


def test_a_key_of_another_machine_does_not_sign(begun: Flask, tmp_path: Path) -> None:
    path(begun).unlink()
    keys._make()
    with pytest.raises(keys.KeyAway), write():
        statements.sign()
    assert verify()[0].why == "The key that signs now is not the one of this machine."


def test_a_file_that_is_no_key_is_named(begun: Flask) -> None:
    path(begun).write_text("nothing", encoding="ascii")
    with pytest.raises(keys.KeyAway, match="record_key cannot be read"):
        keys.own()
    assert verify()[0].chain == "key"


def test_a_chain_of_keys_that_was_changed_is_found(begun: Flask) -> None:
    keys.rotate()
    keys.rotate()
    with write():
        session().execute(update(RecordKey).where(RecordKey.number == 1)
                          .values(public_key="0" * 64))
    assert [it.place for it in verify()][:1] == ["key 1"]
    with write():
        session().execute(update(RecordKey).where(RecordKey.number == 2)
                          .values(previous="0" * 64))
    assert [it.place for it in verify()][:1] == ["key 2"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_file_may_lie_elsewhere(app: Flask, tmp_path: Path) -> None:
    settings: Settings = app.config["INNOCORE"]
    assert settings.record_key == settings.data / "record_key"
    assert Settings(record_key_file=str(tmp_path / "k")).record_key == tmp_path / "k"
