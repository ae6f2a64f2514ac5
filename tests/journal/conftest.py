"""A record that was signed on three days, with lines before, between and after."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.cast import Cast
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import session
from workspace.foundation.facts import announce
from workspace.foundation.unit import write
from workspace.journal import statements
from workspace.journal.actions import entry_hash
from workspace.journal.models import JournalEntry, JournalHead
from workspace.teams.facts import TeamChanged


def happen(cast: Cast, times: int = 2) -> None:
    """Lines in the chain of the cast's team."""
    with write():
        for _ in range(times):
            announce(TeamChanged(cast.actor("lead").person_id, cast.team.id, ("name",)))


@pytest.fixture
def days() -> list[datetime]:
    """The instants at which the record was signed."""
    today = now().replace(hour=3, minute=0, second=0, microsecond=0)
    return [today - timedelta(days=it) for it in (2, 1, 0)]


@pytest.fixture
def signed(context: Flask, cast: Cast, days: list[datetime]) -> Cast:
    """The cast in a house whose record was signed three times."""
    for at in days:
        with frozen(at):
            happen(cast)
            statements.sign_daily()
    happen(cast)
    session().commit()
    return cast


def lines(chain: str) -> list[JournalEntry]:
    """The lines of a chain as the database has them now."""
    session().expire_all()
    return list(session().scalars(
        select(JournalEntry).where(JournalEntry.chain == chain).order_by(JournalEntry.seq)
    ))


def rewrite(chain: str, first: int, who: str = "somebody-else") -> None:
    """What somebody does who can change the database and knows how hashes are made: change a line
    and everything after it, so that the chain holds by itself."""
    with write():
        previous = None
        for entry in lines(chain):
            if entry.seq == first:
                entry.who = who
            if previous is not None:
                entry.previous = previous
            entry.hash = entry_hash(entry)
            previous = entry.hash
        session().execute(
            update(JournalHead).where(JournalHead.chain == chain).values(hash=previous)
        )
    session().expire_all()


def cut(chain: str, last: int) -> None:
    """Take away the lines after one, so that the chain holds by itself."""
    with write():
        for entry in lines(chain):
            if entry.seq > last:
                session().delete(entry)
            elif entry.seq == last:
                session().execute(update(JournalHead).where(JournalHead.chain == chain).values(
                    seq=last, hash=entry.hash))
    session().expire_all()
