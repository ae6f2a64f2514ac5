"""Every fact is written down, and a changed line is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from tests import cast
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.journal.checking import verify
from workspace.journal.models import JournalEntry, JournalHead


@pytest.fixture
def record(context: Flask) -> list[JournalEntry]:
    with write():
        cast.assemble()
    return list(session().scalars(select(JournalEntry).order_by(JournalEntry.id)))


def test_an_untouched_record_holds(record: list[JournalEntry]) -> None:
    assert len(record) > 10
    assert list(verify()) == []


def test_nothing_of_the_content_is_in_it(record: list[JournalEntry]) -> None:
    text = " ".join(str(entry.detail) for entry in record)
    for word in ("Gelsight", "Rita", "example.org", "annex"):
        assert word not in text


def _change(entry: JournalEntry) -> None:
    session().execute(
        update(JournalEntry).where(JournalEntry.id == entry.id).values(event="nothing-happened")
    )


def _remove(entry: JournalEntry) -> None:
    session().execute(delete(JournalEntry).where(JournalEntry.id == entry.id))


def _rewrite_who(entry: JournalEntry) -> None:
    session().execute(
        update(JournalEntry).where(JournalEntry.id == entry.id).values(who="somebody-else")
    )


@pytest.mark.parametrize("tamper", [_change, _remove, _rewrite_who])
@pytest.mark.parametrize("place", [0, 1, -1])
def test_the_first_bad_line_is_named(
    record: list[JournalEntry], tamper: Callable[[JournalEntry], None], place: int
) -> None:
    by_chain: dict[str, list[JournalEntry]] = {}
    for entry in record:
        by_chain.setdefault(entry.chain, []).append(entry)
    chain = next(lines for _name, lines in sorted(by_chain.items()) if len(lines) > 2)
    victim = chain[place]
    with write():
        tamper(victim)
    session().expire_all()
    faults = list(verify())
    assert [fault.chain for fault in faults] == [victim.chain]
    assert faults[0].seq in {victim.seq, victim.seq + 1}


def test_cutting_off_the_end_with_its_head_intact_is_found(record: list[JournalEntry]) -> None:
    with write():
        session().execute(delete(JournalHead).where(JournalHead.chain == record[0].chain))
    assert [fault.chain for fault in verify()] == [record[0].chain]
