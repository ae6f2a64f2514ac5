"""What is asked once a page: shared while reading, asked anew wherever something is written."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import builders
from workspace.accounts.models import Person
from workspace.foundation.access import Actor
from workspace.foundation.once import answered, asked_once
from workspace.foundation.unit import write

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Counter:
    """Counts how often it was really asked."""

    def __init__(self) -> None:
        self.calls = 0

        @asked_once
        def question(*_args: object) -> int:
            self.calls += 1
            return self.calls

        self.question = question


def test_a_page_asks_once(app: Flask) -> None:
    counter = Counter()
    with app.test_request_context("/"):
        assert [counter.question(1), counter.question(1), counter.question(2)] == [1, 1, 2]
    with app.test_request_context("/"):
        assert counter.question(1) == 3


def test_a_change_asks_anew(app: Flask) -> None:
    counter = Counter()
    with app.test_request_context("/", method="POST"):
        assert [counter.question(1), counter.question(1)] == [1, 2]
    with app.test_request_context("/"):
        assert counter.question(1) == 3
        with write():
            assert [counter.question(1), counter.question(1)] == [4, 5]
        assert counter.question(1) == 6


def test_outside_a_page_nothing_is_kept(context: Flask) -> None:
    counter = Counter()
    assert [counter.question(1), counter.question(1)] == [1, 2]


def test_rows_are_told_apart_by_table_and_number_and_actors_by_themselves(app: Flask) -> None:
    counter = Counter()
    with app.test_request_context("/"):
        with write():
            person = builders.person("Nora One")
            place = builders.organisation("House One")
        assert person.id == place.id
        assert counter.question(person) != counter.question(place)
        assert counter.question(person) == counter.question(Person(id=person.id))
        one, other = Actor(person_id=1), Actor(person_id=1)
        assert counter.question(one) != counter.question(other)
        assert counter.question([person, 1]) != counter.question([place, 1])


def test_an_answer_that_is_known_is_not_asked_for(app: Flask) -> None:
    counter = Counter()
    with app.test_request_context("/"):
        answered(counter.question, 42, "a")
        assert counter.question("a") == 42
        assert counter.calls == 0
