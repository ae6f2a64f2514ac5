"""What somebody who can change the database does to the record, and that it is found."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import delete, func, select, update

from tests.cast import Cast
from tests.journal.conftest import cut, happen, lines, rewrite
from workspace.foundation.clock import frozen
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.journal import keys, statements
from workspace.journal.actions import entry_hash
from workspace.journal.checking import Fault, Report, check, verify
from workspace.journal.models import JournalEntry, JournalHead, RecordKey, RecordStatement
from workspace.journal.rules import Head, Signed, Statement, digest, exported, imported

PLATFORM = "platform:0"


def heads_of(chain: str) -> list[tuple[int, int]]:
    """(statement, line) that each statement says of a chain."""
    began = lines(chain)[0].hash[:16]
    found = []
    for row in session().scalars(select(RecordStatement).order_by(RecordStatement.number)):
        for head in Statement.read(row.body).heads:
            if head.began == began:
                found.append((row.number, head.seq))
    return found


def forget_the_file(app: Flask) -> None:
    """As if this machine had kept nothing: what the database alone tells."""
    statements.forget_here()


def only(faults: list[Fault]) -> Fault:
    assert len(faults) == 1, faults
    return faults[0]


def test_an_untouched_record_holds(signed: Cast) -> None:
    report = check()
    assert report.faults == []
    assert (report.statements, report.chains) == (3, len(set(
        session().scalars(select(JournalEntry.chain).distinct()))))


def test_a_statement_holds_no_name_no_number_of_a_row_and_no_text(signed: Cast) -> None:
    row = statements.newest()
    assert row is not None
    plain = json.loads(row.body)
    assert set(plain) == {
        "product", "kind", "format", "number", "made_at", "key", "previous", "heads",
    }
    assert all(
        len(began) == 16 and isinstance(seq, int) and len(line) == 64
        for began, seq, line in plain["heads"]
    )
    for word in ("team:", "platform", signed.team.public_id, signed.team.name):
        assert word not in row.body


def test_lines_written_anew_with_right_hashes_are_found(signed: Cast) -> None:
    chain = f"team:{signed.team.id}"
    (_first, one), (_second, two), (_third, three) = heads_of(chain)
    rewrite(chain, two)
    fault = only(verify())
    assert (fault.chain, fault.seq) == (chain, one + 1)
    assert f"Lines {one + 1} to {two} were written anew; statement 2" in fault.why
    assert three > two > one


def test_a_chain_written_anew_from_its_first_line_is_found(signed: Cast) -> None:
    chain = f"team:{signed.team.id}"
    rewrite(chain, 1)
    fault = only(verify())
    assert (fault.chain, fault.seq) == (chain, 1)
    assert "from its first line" in fault.why


def test_a_tail_that_was_cut_off_is_found(signed: Cast) -> None:
    chain = f"team:{signed.team.id}"
    last = heads_of(chain)[-1][1]
    cut(chain, last - 1)
    fault = only(verify())
    assert (fault.chain, fault.seq) == (chain, last)
    assert f"statement 3 has {last}" in fault.why


def test_a_chain_that_was_taken_away_whole_is_found_by_its_name(signed: Cast) -> None:
    chain = f"team:{signed.team.id}"
    with write():
        session().execute(delete(JournalEntry).where(JournalEntry.chain == chain))
        session().execute(delete(JournalHead).where(JournalHead.chain == chain))
    fault = only(verify())
    assert (fault.chain, fault.seq) == (chain, 1)
    assert "The whole chain is gone" in fault.why


def test_lines_that_no_statement_covers_yet_may_still_be_followed(signed: Cast) -> None:
    happen(signed, 5)
    assert verify() == []


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_changed_statement_is_named(signed: Cast, number: int) -> None:
    with write():
        row = session().scalars(
            select(RecordStatement).where(RecordStatement.number == number)
        ).one()
        row.body = row.body.replace('"number":', '"number": ', 1)
    fault = next(it for it in verify() if it.chain == "statement")
    assert (fault.seq, fault.why) == (number, "This statement was changed.")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_statement_that_is_gone_is_named(signed: Cast, number: int) -> None:
    with write():
        session().execute(delete(RecordStatement).where(RecordStatement.number == number))
    fault = only(verify())
    assert (fault.chain, fault.seq) == ("statement", number)
    assert "gone" in fault.why


def test_all_statements_gone_is_found(signed: Cast, context: Flask) -> None:
    forget_the_file(context)
    with write():
        session().execute(delete(RecordStatement))
    assert only(verify()).place == "statement 1"


def test_statements_that_changed_places_are_found(signed: Cast) -> None:
    with write():
        for old, new in ((2, 20), (3, 2), (20, 3)):
            session().execute(update(RecordStatement).where(RecordStatement.number == old)
                              .values(number=new))
    fault = next(it for it in verify() if it.chain == "statement")
    assert fault.seq == 2
    assert "put in its place" in fault.why


def test_an_older_statement_in_the_place_of_a_newer_is_found(signed: Cast) -> None:
    with write():
        first, _second, third = session().scalars(
            select(RecordStatement).order_by(RecordStatement.number)
        )
        third.body, third.signature = first.body, first.signature
    assert only(verify()).place == "statement 3"


def test_a_statement_of_a_strangers_key_is_found(signed: Cast) -> None:
    """She rewrites the chain, makes a statement that fits, and signs it with a key of her own."""
    chain = f"team:{signed.team.id}"
    stranger = Ed25519PrivateKey.generate()
    public = stranger.public_key().public_bytes_raw().hex()
    rewrite(chain, heads_of(chain)[-1][1])
    with write():
        row = statements.newest()
        assert row is not None
        old = Statement.read(row.body)
        now_there = {
            lines(it)[0].hash[:16]: lines(it)[-1]
            for it in session().scalars(select(JournalEntry.chain).distinct()).all()
        }
        made = Statement(old.number, old.made_at, public, old.previous, tuple(
            Head(began, entry.seq, entry.hash) for began, entry in now_there.items()))
        row.body, row.signature = made.body(), stranger.sign(made.body().encode()).hex()
    statements.forget_here()
    assert [(it.place, it.why) for it in verify()] == [
        ("statement 3", "It is signed with a key that is not the house's."),
    ]


def test_a_strangers_key_put_into_the_table_is_found(signed: Cast) -> None:
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    with write():
        session().execute(update(RecordKey).values(public_key=stranger))
    fault = verify()[0]
    assert (fault.place, fault.why) == (
        "key 1", "The key that signs now is not the one of this machine.",
    )


def test_keys_that_are_gone_are_found(signed: Cast) -> None:
    with write():
        session().execute(delete(RecordKey))
    assert verify()[0].place == "key 1"


def test_a_forged_end_of_the_whole_record_is_found_by_what_this_machine_kept(
    signed: Cast, context: Flask
) -> None:
    """Somebody with the database alone takes back everything since the second statement."""
    _undo_the_last_day(signed)
    faults = verify()
    assert ("statement", 3) in {(it.chain, it.seq) for it in faults}
    assert f"team:{signed.team.id}" in {it.chain for it in faults}
    forget_the_file(context)
    assert verify() == [], "the database alone cannot tell: this is why heads are kept elsewhere"


def test_nothing_is_signed_over_a_record_that_was_taken_back(
    signed: Cast, days: list[datetime]
) -> None:
    _undo_the_last_day(signed)
    with frozen(days[-1] + timedelta(days=1)), pytest.raises(statements.Behind):
        statements.sign_daily()
    assert session().scalar(select(func.count()).select_from(RecordStatement)) == 2


def test_a_head_that_was_kept_elsewhere_tells_the_same(signed: Cast, context: Flask) -> None:
    row = statements.newest()
    assert row is not None
    kept = imported(exported(row.body, row.signature))
    assert check(kept).faults == []
    _undo_the_last_day(signed)
    forget_the_file(context)
    assert verify() == []
    faults = check(kept).faults
    assert {it.chain for it in faults} >= {"statement", f"team:{signed.team.id}"}


def test_a_head_fits_when_every_statement_and_key_is_gone(signed: Cast, context: Flask) -> None:
    """It stands on its own: the key of this machine and the lines are enough."""
    row = statements.newest()
    assert row is not None
    kept, key = imported(exported(row.body, row.signature)), Statement.read(row.body).key
    forget_the_file(context)
    with write():
        session().execute(delete(RecordStatement))
        session().execute(delete(RecordKey))
    report: Report = check(kept, key)
    assert not [it for it in report.faults if ":" in it.chain]
    rewrite(f"team:{signed.team.id}", 2)
    assert [it for it in check(kept, key).faults if ":" in it.chain]


def test_a_changed_head_from_elsewhere_is_not_believed(signed: Cast) -> None:
    row = statements.newest()
    assert row is not None
    other = Statement.read(row.body)
    body = Statement(other.number, other.made_at, other.key, other.previous, ()).body()
    fault = only(check(Signed(Statement.read(body), body, row.signature)).faults)
    assert (fault.place, fault.why) == (
        "file 3", "This statement was changed after it was signed.",
    )


def _undo_the_last_day(cast: Cast) -> None:
    """Every chain back to where the second statement left it, hashes and heads right."""
    with write():
        rows = session().scalars(select(RecordStatement).order_by(RecordStatement.number)).all()
        kept = {it.began: it.seq for it in Statement.read(rows[1].body).heads}
        session().delete(rows[2])
    for chain in session().scalars(select(JournalHead.chain)).all():
        if chain != PLATFORM:
            cut(chain, kept[lines(chain)[0].hash[:16]])
    # Its own line of the second statement comes after what that statement covers.
    told = next(it.seq for it in lines(PLATFORM) if it.detail.get("number") == 2
                and it.event == "record-signed")
    cut(PLATFORM, told)


def test_hashes_are_what_the_docs_say(signed: Cast) -> None:
    entry = lines(PLATFORM)[0]
    assert entry.hash == entry_hash(entry)
    row = statements.newest()
    assert row is not None
    assert Statement.read(row.body).previous == digest(session().scalars(
        select(RecordStatement.body).where(RecordStatement.number == row.number - 1)).one())
    assert keys.holds(Statement.read(row.body).key, row.body, row.signature)
