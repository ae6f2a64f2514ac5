"""The command line: what an operator types, and the exit code that a script looks at."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.cast import Cast
from tests.journal.conftest import lines, rewrite
from workspace.foundation.db import session
from workspace.journal import statements
from workspace.journal.rules import Malformed, Statement, exported, imported


def run(app: Flask, *words: str) -> tuple[int, str]:
    session().rollback()
    done = app.test_cli_runner().invoke(args=["audit", *words])
    return done.exit_code, done.output


@pytest.fixture
def kept(signed: Cast, tmp_path: Path) -> Path:
    """The last head, kept elsewhere."""
    row = statements.newest()
    assert row is not None
    path = tmp_path / "head.json"
    path.write_text(exported(row.body, row.signature), encoding="ascii")
    return path


def test_a_good_record_holds(context: Flask, signed: Cast, kept: Path) -> None:
    code, told = run(context, "verify", "--head", str(kept))
    assert code == 0, told
    assert "3 signed heads" in told
    assert "fits." in told
    assert told.endswith("The record holds.\n")


def test_the_first_bad_line_is_named(context: Flask, signed: Cast, kept: Path) -> None:
    chain = f"team:{signed.team.id}"
    seq = next(it.seq for it in Statement.read(imported(kept.read_text()).body).heads
               if it.began == lines(chain)[0].hash[:16])
    rewrite(chain, seq)
    code, told = run(context, "verify")
    assert code == 1
    assert f"{chain} line " in told
    assert "The record does not hold." in told


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("text", ["", "[]", "{}", '{"statement": 1, "signature": "0"}', "\u00e9"])
def test_what_is_no_head_is_refused(
    context: Flask, signed: Cast, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    code, told = run(context, "verify", "--head", str(path))
    assert code == 2
    assert "is no signed head" in told


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_other_words_are_refused(context: Flask, signed: Cast, tmp_path: Path) -> None:
    assert run(context, "verify", "--key", "abc")[0] == 2
    assert run(context, "verify", "--head", str(tmp_path / "nowhere"))[0] == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_keys_are_shown_and_rotated(context: Flask, signed: Cast) -> None:
    _code, before = run(context, "key")
    code, told = run(context, "rotate-key")
    assert code == 0, told
    _code, after = run(context, "key")
    assert after.startswith(before.strip())
    assert len(after.splitlines()) == 2
    assert run(context, "sign")[0] == 0
    assert run(context, "verify")[0] == 0
    newest = after.splitlines()[-1].split()[1]
    context.config["INNOCORE"].record_key.unlink()
    assert run(context, "sign")[0] == 2
    assert run(context, "rotate-key")[0] == 2
    assert run(context, "verify")[0] == 1
    assert run(context, "verify", "--key", newest)[0] == 0


@pytest.mark.parametrize("body", [
    "", "null", '{"format":2}', "[" * 5000,
    '{"product":"innocore-workspace","kind":"record-heads","format":1}',
])  # fmt: skip
def test_a_text_that_is_no_statement_is_malformed(body: str) -> None:
    with pytest.raises(Malformed):
        Statement.read(body)


def test_a_statement_has_one_spelling() -> None:
    made = Statement(1, "2026-01-01T00:00:00+00:00", "0" * 64, "0" * 64, ())
    assert Statement.read(made.body()) == made
    with pytest.raises(Malformed):
        Statement.read(made.body().replace(",", ", "))
    with pytest.raises(Malformed):
        Statement.read(made.body().replace("}", ',"more":1}'))
    with pytest.raises(Malformed):
        Statement.read(made.body().replace('"number":1', '"number":true'))
