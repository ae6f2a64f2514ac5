"""Backup and restore: the same rows, files and record again, and nothing that is not ours."""

from __future__ import annotations

import hashlib
import hmac
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select

from tests.cast import Cast
from workspace.accounts import links
from workspace.accounts.models import ErasedKey, Person, SignIn
from workspace.files.models import File
from workspace.foundation import migrate
from workspace.foundation.clock import now
from workspace.foundation.db import engine, session
from workspace.foundation.storage import new_key, storage
from workspace.foundation.unit import write
from workspace.journal.models import JournalEntry
from workspace.operations import archive
from workspace.operations.archive import BadBackup
from workspace.operations.backup import LEFT_OUT, Made, back_up
from workspace.operations.models import Backup
from workspace.operations.restore import restore

Empty = Callable[[str], Flask]
DATA = bytes(range(256)) * 400


@pytest.fixture
def stored(context: Flask, cast: Cast) -> str:
    """Key of a file of the cast's team."""
    key = new_key()
    kept = storage().put(key, DATA)
    with write():
        session().add(File(
            team_id=cast.team.id, owner_id=cast.team.id, storage_key=key, name="deck.pdf",
            content_type="application/pdf", size=kept.size, sha256=kept.sha256,
            uploaded_by_id=cast.actor("lead").person_id,
        ))
        for number in range(3):
            session().add(ErasedKey(key=f"{number}" * 22, erased_at=now()))
    session().commit()
    return key


@pytest.fixture
def made(context: Flask, stored: str, tmp_path: Path) -> Made:
    return back_up(tmp_path)


def counts(app: Flask) -> dict[str, int]:
    with app.app_context(), engine().connect() as connection:
        return {
            table.name: int(connection.scalar(select(func.count()).select_from(table)) or 0)
            for table in migrate.metadata().sorted_tables if table.name not in LEFT_OUT
        }


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_backed_up_is_there_again(
    app: Flask, made: Made, stored: str, empty_house: Empty, kind: str
) -> None:
    manifest = json.loads(zipfile.ZipFile(made.path).read(archive.MANIFEST))
    house = empty_house(kind)
    with house.app_context():
        done = restore(made.path)
        assert done.faults == ()
        assert (done.rows, done.files, done.missing) == (made.rows, 1, 0)
        with storage().open(stored) as file:
            assert file.read() == DATA
        assert session().scalar(
            select(func.count()).where(JournalEntry.event == "backup-restored")
        ) == 1
        assert session().scalars(select(SignIn).where(SignIn.ended_at.is_(None))).all() == []
        with write():  # running numbers go on after the highest
            session().add(Person(email="new@example.org", name="New"))
    after = counts(house)
    changed = {"journal_entry", "journal_head", "person"}
    assert {name: rows for name, rows in after.items() if name not in changed} == {
        name: rows for name, rows in manifest["tables"].items() if name not in changed
    }
    assert after["person"] == manifest["tables"]["person"] + 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_link_from_a_letter_is_not_good_again(
    context: Flask, cast: Cast, tmp_path: Path, empty_house: Empty
) -> None:
    """The backup knows it as unused; whether it was used since, nobody can say."""
    with write():
        secret = links.make(cast.person("lead"), links.RESET, now())
    made = back_up(tmp_path)
    with empty_house("sqlite").app_context():
        restore(made.path)
        assert links.find(secret, links.RESET, now()) is None


def test_the_backup_is_recorded_without_words(app: Flask, context: Flask, made: Made) -> None:
    row = session().scalars(select(Backup)).one()
    assert (row.result, row.size, row.files) == ("made", made.path.stat().st_size, 1)
    fact = session().scalars(
        select(JournalEntry).where(JournalEntry.event == "backup-made")
    ).one()
    assert fact.detail == {"backup_id": row.id}


def test_a_backup_holds_no_secret_and_only_its_owner_may_read_it(app: Flask, made: Made) -> None:
    secret = app.config["INNOCORE"].secret().encode()
    with zipfile.ZipFile(made.path) as opened:
        assert not any(secret in opened.read(it) for it in opened.namelist())
    assert made.path.stat().st_mode & 0o077 == 0


def test_a_file_that_the_store_lost_is_told(context: Flask, stored: str, tmp_path: Path) -> None:
    storage().delete(stored)
    made = back_up(tmp_path)
    assert (made.files, made.missing) == (0, 1)


def test_a_backup_overwrites_nothing(context: Flask, made: Made) -> None:
    with pytest.raises(BadBackup, match="there already"):
        back_up(made.path)


def test_a_house_without_tables_has_nothing_to_back_up(
    empty_house: Empty, tmp_path: Path
) -> None:
    told = empty_house("sqlite").test_cli_runner().invoke(args=["backup", "--to", str(tmp_path)])
    assert told.exit_code == 2
    assert "no tables" in told.output
    assert not list(tmp_path.glob("innocore-*"))


def test_a_backup_that_cannot_be_written_is_recorded(context: Flask, tmp_path: Path) -> None:
    with pytest.raises(BadBackup, match="no folder"):
        back_up(tmp_path / "nowhere" / "copy.zip")
    with pytest.raises(BadBackup, match="no folder"):
        back_up(tmp_path / "not-mounted")  # else a file would be where a folder is looked for
    taken = tmp_path / "copy.zip"
    (tmp_path / "copy.zip.part").mkdir()
    with pytest.raises(BadBackup, match="cannot be written"):
        back_up(taken)
    row = session().scalars(select(Backup)).one()
    assert row.result == "failed"


# --- what is refused --------------------------------------------------------------------------


def rewritten(
    made: Made, change: Callable[[dict[str, bytes]], None], signed_with: str | None = None
) -> Path:
    """A copy with other members; with a secret its manifest is made and signed anew."""
    with zipfile.ZipFile(made.path) as opened:
        members = {it: opened.read(it) for it in opened.namelist()}
    change(members)
    path = made.path.with_name("changed.zip")
    if signed_with is not None:
        body = members[archive.MANIFEST]
        key = archive.key_of(signed_with, "signature")
        members[archive.SIGNATURE] = hmac.new(key, body, hashlib.sha256).hexdigest().encode()
    with zipfile.ZipFile(path, "w") as out:
        for name, data in members.items():
            out.writestr(name, data)
    return path


def refused(house: Flask, path: Path, words: str) -> None:
    with house.app_context():
        with pytest.raises(BadBackup, match=words):
            restore(path)
        assert list(storage().older_than(now())) == []
    assert "person" not in tables(house) or counts(house)["person"] == 0


def tables(house: Flask) -> set[str]:
    with house.app_context():
        return set(inspect(engine()).get_table_names())


def _manifest(held: dict[str, bytes], **changes: object) -> None:
    body = json.loads(held[archive.MANIFEST])
    body.update(changes)
    held[archive.MANIFEST] = json.dumps(body).encode()


def test_a_changed_row_is_refused(app: Flask, made: Made, empty_house: Empty) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["tables/person.jsonl"] = members["tables/person.jsonl"].replace(b"a", b"b", 1)

    refused(empty_house("sqlite"), rewritten(made, change), "checksum of tables/person.jsonl")


def test_a_changed_manifest_is_refused(app: Flask, made: Made, empty_house: Empty) -> None:
    path = rewritten(made, lambda members: _manifest(members, made_at="yesterday"))
    refused(empty_house("sqlite"), path, "signature is wrong")


def test_another_key_is_named(app: Flask, made: Made, empty_house: Empty, tmp_path: Path) -> None:
    path = rewritten(
        made, lambda members: _manifest(members, keys=[{"name": "secret_key", "mark": "0" * 16}])
    )
    refused(empty_house("sqlite"), path, "another secret key")


@pytest.mark.parametrize(("changes", "words"), [
    ({"revision": "0001"}, "tables of revision 0001"),
    ({"format": 99}, "format 99"),
    ({"product": "something"}, "no backup of this product"),
    ({"tables": {"nobody": 1}}, "no table nobody"),
    ({"members": {"../../etc/passwd": {"size": 1, "sha256": "0"}}}, "other members"),
    ({"members": {"files/../x": {"size": 1, "sha256": "0"}}}, "other members"),
    ({"tables": "all"}, "no backup of this product"),
])  # fmt: skip
def test_what_does_not_fit_is_refused_even_with_our_signature(
    app: Flask, made: Made, empty_house: Empty, changes: dict[str, object], words: str
) -> None:
    path = rewritten(
        made, lambda members: _manifest(members, **changes), app.config["INNOCORE"].secret()
    )
    refused(empty_house("sqlite"), path, words)


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "files/../../evil", "tables/x.pickle"])
def test_a_member_that_is_a_path_is_refused(
    app: Flask, made: Made, empty_house: Empty, name: str
) -> None:
    path = rewritten(made, lambda members: members.update({name: b"x"}))
    refused(empty_house("sqlite"), path, "other members")
    assert not list(made.path.parent.rglob("evil"))


@pytest.mark.parametrize("share", [0.0, 0.2, 0.7, 0.99])
def test_a_file_that_was_cut_off_is_refused(
    app: Flask, made: Made, empty_house: Empty, share: float
) -> None:
    data = made.path.read_bytes()
    path = made.path.with_name("cut.zip")
    path.write_bytes(data[: int(len(data) * share)])
    refused(empty_house("sqlite"), path, "no backup, or a part of it is missing")


def test_a_member_that_went_bad_is_refused(app: Flask, made: Made, empty_house: Empty) -> None:
    data = bytearray(made.path.read_bytes())
    with zipfile.ZipFile(made.path) as opened:
        at = opened.getinfo("tables/person.jsonl").header_offset + 200
    data[at : at + 40] = bytes(40)
    path = made.path.with_name("bad.zip")
    path.write_bytes(data)
    refused(empty_house("sqlite"), path, "tables/person.jsonl")


def test_a_house_that_is_not_empty_is_left_alone(
    app: Flask, context: Flask, made: Made, empty_house: Empty
) -> None:
    before = counts(app)
    with pytest.raises(BadBackup, match="not empty"):
        restore(made.path)
    assert counts(app) == before
    house = empty_house("sqlite")
    with house.app_context():
        storage().put(new_key(), b"x")
        with pytest.raises(BadBackup, match="store of files is not empty"):
            restore(made.path)


def test_a_row_that_refers_to_nothing_leaves_nothing(
    app: Flask, made: Made, empty_house: Empty
) -> None:
    def change(members: dict[str, bytes]) -> None:
        first = members["tables/file.jsonl"].splitlines()[0]
        row = {**json.loads(first), "uploaded_by_id": 99_999}
        body = json.dumps(row, sort_keys=True, separators=(",", ":")).encode() + b"\n"
        members["tables/file.jsonl"] = body
        known = json.loads(members[archive.MANIFEST])["members"]
        known["tables/file.jsonl"] = {"size": len(body),
                                      "sha256": hashlib.sha256(body).hexdigest()}
        _manifest(members, members=known)

    path = rewritten(made, change, app.config["INNOCORE"].secret())
    for kind in ("sqlite", "postgresql"):
        refused(empty_house(kind), path, "could not be put back")
