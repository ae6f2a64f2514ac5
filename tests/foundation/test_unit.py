"""One piece of work is one transaction; facts wait for its end."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import builders
from workspace.accounts.models import Person
from workspace.foundation import unit
from workspace.foundation.db import session
from workspace.foundation.errors import Stale
from workspace.foundation.facts import Fact, announce, board


@dataclass(frozen=True)
class Rang(Fact):
    """Something for this test."""

    times: int


def count() -> int:
    return session().scalar(select(func.count()).select_from(Person)) or 0


def test_what_is_written_is_there_afterwards(context: Flask) -> None:
    with unit.write():
        builders.person("Ada Lovelace")
    session().rollback()
    assert count() == 1


def test_an_exception_leaves_nothing_and_says_nothing(context: Flask) -> None:
    heard: list[Fact] = []
    board().after(Rang, heard.append)
    with pytest.raises(ZeroDivisionError), unit.write():
        builders.person("Ada Lovelace")
        announce(Rang(None, 1))
        raise ZeroDivisionError
    assert count() == 0
    assert heard == []


def test_abandoned_work_leaves_nothing(context: Flask) -> None:
    heard: list[Fact] = []
    board().after(Rang, heard.append)
    with unit.write():
        builders.person("Ada Lovelace")
        announce(Rang(None, 1))
        unit.abandon()
    assert count() == 0
    assert heard == []


def test_listeners_inside_stand_or_fall_with_the_work(context: Flask) -> None:
    def echo(_fact: Fact) -> None:
        builders.person("Echo Two")

    board().on(Rang, echo)
    with unit.write():
        announce(Rang(None, 1))
    assert count() == 1


def test_listeners_after_the_commit_see_it_and_cannot_undo_it(context: Flask) -> None:
    seen: list[int] = []

    def look(_fact: Fact) -> None:
        seen.append(count())
        raise RuntimeError("a listener that fails")

    board().after(Rang, look)
    with unit.write():
        builders.person("Ada Lovelace")
        announce(Rang(None, 1))
    assert seen == [1]
    assert count() == 1


def test_a_fact_needs_a_unit(context: Flask) -> None:
    with pytest.raises(RuntimeError, match="outside a unit"):
        announce(Rang(None, 1))


def test_a_broken_constraint_says_that_somebody_was_faster(context: Flask) -> None:
    with unit.write():
        builders.person("Ada Lovelace")
    with pytest.raises(Stale), unit.write():
        builders.person("Ada Lovelace")
    assert count() == 1


def test_work_inside_work_is_one_piece(context: Flask) -> None:
    with pytest.raises(ZeroDivisionError), unit.write():
        with unit.write():
            builders.person("Ada Lovelace")
        raise ZeroDivisionError
    assert count() == 0


def test_twenty_writers_at_once_all_get_their_turn(context: Flask) -> None:
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with context.app_context():
                for turn in range(5):
                    with unit.write():
                        builders.person(f"Writer {number}", f"w{number}.{turn}@example.org")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    session().rollback()
    assert count() == 100
