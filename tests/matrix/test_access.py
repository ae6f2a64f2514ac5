"""Every door, every seat, every owner: the answers are those of the one table, no more, no less.

With `WRITE_ACCESS=1` in the environment the table is written from what the house answers, to be
read line by line before it is committed.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask

from tests import builders
from tests.cast import SEATS
from tests.leaks.conftest import planted
from tests.leaks.world import Planted
from tests.matrix import table
from tests.matrix.sides import ABSENT, OWN, OWNERS, RIVAL, Sides, admissions, fill, sort_out
from workspace.accounts import sessions
from workspace.accounts.models import DataExport, Identity, Passkey, Person
from workspace.foundation.access import VISITOR, Actor
from workspace.foundation.clock import now
from workspace.foundation.db import Base, session
from workspace.foundation.errors import Denied, Missing
from workspace.foundation.unit import write
from workspace.foundation.web import Admission, Door, SignInNeeded, admit

__all__ = ["planted"]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
IN, REFUSED, MISSING, SIGN_IN = "in", "refused", "missing", "sign-in"


@dataclass
class House:
    """The planted house: its doors, what is in it and whose, and everybody with today's rights."""

    sides: Sides
    doors: dict[Door, Admission]
    actors: dict[str, Actor]

    @property
    def everybody(self) -> frozenset[str]:
        return frozenset(self.actors)

    def answer(self, seat: str, rule: Admission, ids: dict[str, str]) -> str:
        """What the door says."""
        try:
            admit(self.actors[seat], rule, ids)
        except SignInNeeded:
            return SIGN_IN
        except Missing:
            return MISSING
        except Denied:
            return REFUSED
        return IN


def own_things(person: Person) -> list[Base]:
    """What an account has of its own beside its sessions."""
    return [
        Passkey(person_id=person.id, name="Phone", credential_id=f"k{person.id}", public_key="-"),
        Identity(person_id=person.id, issuer="https://id.example", subject=str(person.id)),
        DataExport(person_id=person.id, file_key="a" * 32, size=1, checksum="b" * 64,
                   ready_at=now(), expires_at=now() + timedelta(hours=20)),
    ]


@pytest.fixture
def house(app: Flask, planted: Planted) -> Iterator[House]:
    with app.test_request_context(method="POST"):  # nothing is remembered between two questions
        with write():
            for seat in ("lead", "rival_lead"):
                sessions.begin(planted.person(seat), now())
                session().add_all(own_things(planted.person(seat)))
        seats = (*SEATS, *planted.people)
        actors = {
            seat: VISITOR if seat == "visitor" else builders.actor(planted.person(seat))
            for seat in seats
        }
        yield House(sort_out(planted), admissions(), actors)


def name_of(door: Door) -> str:
    return f"{'+'.join(door.methods)} {door.path}"


def test_every_answer_is_that_of_the_table(house: House) -> None:
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    empty = []
    for door, rule in house.doors.items():
        for owner in OWNERS if rule.things else ("-",):
            ids = fill(house.sides, rule, owner)
            if ids is None:
                if owner == OWN:
                    empty.append(name_of(door))
                continue
            answers = {seat: house.answer(seat, rule, ids) for seat in house.actors}
            assert answers["visitor"] in (SIGN_IN, IN) or rule.public
            found[name_of(door)][owner] = {
                word: table.cell(
                    frozenset(seat for seat, told in answers.items() if told == word),
                    house.everybody,
                )
                for word in (IN, REFUSED)
            }
    assert not empty, f"nothing of the home team is behind {empty}: plant it"
    if os.environ.get("WRITE_ACCESS"):
        table.FILE.write_text(table.write(found), encoding="utf-8")
    told = table.table()
    faults = []
    for name in sorted(found.keys() | told.keys()):
        for owner in sorted(found.get(name, {}).keys() | told.get(name, {}).keys()):
            got = found.get(name, {}).get(owner)
            wanted = told.get(name, {}).get(owner)
            if got is None or wanted is None:
                faults.append(f"{name} [{owner}]: the house says {got}, the table {wanted}")
                continue
            for word in (IN, REFUSED):
                seats = table.seats(got[word], house.everybody)
                expected = table.seats(wanted.get(word, ""), house.everybody)
                if seats != expected:
                    faults.append(
                        f"{name} [{owner}]: {word}: too many {sorted(seats - expected)}, "
                        f"too few {sorted(expected - seats)}"
                    )
    assert not faults, "\n".join(faults)


def test_what_is_absent_is_missing_for_everybody(house: House) -> None:
    tried = 0
    for door, rule in house.doors.items():
        whole = fill(house.sides, rule, OWN) or {}
        for name in rule.things:
            for seat in house.actors:
                told = house.answer(seat, rule, whole | {name: ABSENT})
                assert told in (MISSING, SIGN_IN), (name_of(door), name, seat, told)
                tried += 1
    assert tried > 2000


def test_a_thing_under_a_wrong_parent_is_missing_for_everybody(house: House) -> None:
    tried = 0
    for door, rule in house.doors.items():
        if len(rule.things) < 2:
            continue
        first = next(iter(rule.things))
        mine, theirs = (fill(house.sides, rule, it) for it in (OWN, RIVAL))
        if mine is None or theirs is None or mine[first] == theirs[first]:
            continue
        mixed = theirs | {first: mine[first]}
        for seat in house.actors:
            told = house.answer(seat, rule, mixed)
            assert told in (MISSING, SIGN_IN), (name_of(door), seat, told)
            tried += 1
    assert tried > 100
