"""Every page door for every seat, with own, foreign and absent ids, read and posted to."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.leaks.conftest import planted
from tests.leaks.world import Planted
from tests.matrix.addresses import ABSENT, TABLES, Address, Book
from workspace.accounts.models import DataExport, Identity, Passkey, Person
from workspace.foundation import migrate
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.foundation.web import Door
from workspace.teams.models import Team

__all__ = ["planted"]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Enter = Callable[[Person], FlaskClient]

CHANGING = re.compile(
    r"\b[0-9a-f]{16}\b|(?<=nonce=\")[^\"]+|(?<=value=\")[\w.-]{40,}\""
    r"|(?<=content=\")[\w.-]{40,}|(?<=next=)[^\"&]+"
)
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
TYPED = {"text": "x", "reason": "x", "name": "x"}
OUTSIDERS = ("stranger", "scout", "other_sponsor")
"""People with accounts and without any tie to the teams."""
SECRET = {
    "glass",
    "canvas",
    "checklist",
    "item",
    "comment",
    "evidence",
    "version",
    "note",
    "submission",
    "panel",
    "review",
    "pin",
    "task",
    "claim",
    "join_request",
    "team",
    "entry",
    "release",
    "file",
    "member",
    "mentor_assignment",
    "assignment",
    "notice",
    "invitation",
    "invited",
    "suggestion",
}
"""Parameters whose things nobody outside may know of."""
OPEN = {"/released/<release>", "/join/<secret>", "/personas/<int:number>"}
"""Doors that answer in their own way: they are public."""
KEPT_QUIET = {"sign_in", "rate_limit", "job", "journal_entry", "journal_head"}
"""Tables in which being refused, or being there, may leave a trace."""


def same(text: str, *ids: str) -> str:
    """A page without what differs from one request to the next."""
    for it in ids:
        if len(it) > 3:  # a number stands in many places
            text = text.replace(it, ABSENT)
    return CHANGING.sub("~", text)


def parameters(door: Door) -> list[str]:
    """Names of its parameters, outermost first."""
    return re.findall(r"<(?:\w+:)?(\w+)>", door.path)


@pytest.fixture
def book(app: Flask, planted: Planted, enter: Enter) -> Book:
    """All addresses of the planted house."""
    enter(planted.person("lead"))
    with app.app_context():
        keep_keys(planted.person("lead"))
        return Book()


def keep_keys(person: Person) -> None:
    """The person has a passkey, a linked account and an archive of her data."""
    with write():
        session().add(
            Passkey(person_id=person.id, name="A key", credential_id="key", public_key="key")
        )
        session().add(Identity(person_id=person.id, issuer="https://id.example", subject="x"))
        session().add(DataExport(person_id=person.id))


def one_each(book: Book, method: str) -> Iterator[Address]:
    """Every door of this method with the newest ids that there are."""
    for door in book.doors:
        if method in door.methods:
            found = next(iter(book.of(door)), None)
            if found is not None:
                yield found


def test_the_cast_has_a_thing_for_every_door(book: Book) -> None:
    empty = sorted(
        {
            name
            for door in book.doors
            for name in parameters(door)
            if name in TABLES and not book.ids[name]
        }
    )
    assert not empty, f"nothing in the house for {empty}: their doors are not tried"


def test_a_visitor_is_asked_to_sign_in(app: Flask, book: Book) -> None:
    client = app.test_client()
    faults = []
    for address in one_each(book, "GET"):
        answer = client.get(address.path)
        if address.door.public:
            if answer.status_code >= 500:
                faults.append(f"{address.path}: {answer.status_code}")
        elif answer.status_code != 302 or "/sign-in" not in answer.headers["Location"]:
            faults.append(f"{address.path}: {answer.status_code}")
    assert not faults, "\n".join(faults)


def test_an_outsider_cannot_tell_what_is_there(
    app: Flask, book: Book, planted: Planted, enter: Enter
) -> None:
    faults = []
    for seat in OUTSIDERS:
        client = enter(planted.person(seat))
        for address in one_each(book, "GET"):
            names = parameters(address.door)
            if not SECRET & set(names) or address.door.path in OPEN or address.door.public:
                continue
            nothing = client.get(next(iter(book.of(address.door, absent=True))).path)
            answer = client.get(address.path)
            if (answer.status_code, nothing.status_code) != (404, 404):
                faults.append(f"{seat}: {address.path} answers {answer.status_code}")
            elif same(answer.text, *address.ids) != same(nothing.text, *address.ids):
                faults.append(f"{seat}: {address.path} looks different from nothing")
    assert not faults, "\n".join(faults)


def _of_team(app: Flask, book: Book, planted: Planted, team_id: int) -> set[str]:
    """Public ids of everything that belongs to a team, by its `team_id`."""
    found: set[str] = set()
    with app.app_context():
        found.add(session().get_one(Team, team_id).public_id)
        for tables in TABLES.values():
            for table in tables:
                column = getattr(table, "team_id", None)
                if column is not None:
                    ids = select(table.public_id).where(column == team_id)  # type: ignore[attr-defined]
                    found |= set(session().scalars(ids))
    return found


@pytest.mark.parametrize(("seat", "side"), [("rival_lead", "team"), ("lead", "rival_team")])
def test_a_rival_cannot_tell_what_is_there(
    seat: str, side: str, app: Flask, book: Book, planted: Planted, enter: Enter
) -> None:
    theirs = _of_team(app, book, planted, getattr(planted.cast, side).id)
    client = enter(planted.person(seat))
    faults, tried = [], 0
    for door in book.doors:
        names = parameters(door)
        if "GET" not in door.methods or door.public or not names:
            continue
        if names[0] not in TABLES or names[0] == "opening":
            continue
        for address in book.of(door):
            if address.ids[0] not in theirs:
                continue
            tried += 1
            answer = client.get(address.path)
            if answer.status_code != 404:
                faults.append(f"{address.path} answers {answer.status_code}")
            break
    assert tried > 30
    assert not faults, "\n".join(faults)


def fingerprint(app: Flask) -> dict[str, str]:
    """Number of rows and a checksum of their content, for every table."""
    found = {}
    with app.app_context():
        for table in migrate.metadata().sorted_tables:
            if table.name in KEPT_QUIET:
                continue
            rows = sorted(repr(tuple(row)) for row in session().execute(select(table)))
            digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()
            found[table.name] = f"{len(rows)} rows, {digest[:12]}"
    return found


def test_nobody_without_a_right_changes_anything(
    app: Flask, book: Book, planted: Planted, enter: Enter
) -> None:
    before = fingerprint(app)
    faults = []
    for seat in ("visitor", "stranger", "other_sponsor", "scout"):
        client = app.test_client() if seat == "visitor" else enter(planted.person(seat))
        form = client.get("/sign-in" if seat == "visitor" else "/settings").text
        token = TOKEN.findall(form)[0]
        for address in one_each(book, "POST"):
            names = set(parameters(address.door))
            if address.door.public or not names & SECRET:
                continue
            answer = client.post(address.path, data={"csrf_token": token} | TYPED)
            if answer.status_code not in (302, 401, 403, 404):
                faults.append(f"{seat}: POST {address.path} answers {answer.status_code}")
    after = fingerprint(app)
    faults += [
        f"{name}: {before[name]} became {after[name]}"
        for name in before
        if before[name] != after[name]
    ]
    assert not faults, "\n".join(faults)


def test_a_form_without_its_token_is_refused(
    app: Flask, book: Book, planted: Planted, enter: Enter
) -> None:
    client = enter(planted.person("lead"))
    before = fingerprint(app)
    faults = []
    for address in one_each(book, "POST"):
        if address.door.path == "/unsubscribe/<ticket>":
            continue  # one click of a mail program, without a form of ours: it only ends letters
        answer = client.post(address.path, data={"text": "x"})
        if answer.status_code != 400:
            faults.append(f"POST {address.path} answers {answer.status_code}")
    after = fingerprint(app)
    faults += [f"{name} changed" for name in before if before[name] != after[name]]
    assert not faults, "\n".join(faults)


BREAKERS = ("visitor", "lead", "mentor", "reviewer", "sponsor", "officer", "programme_lead",
            "administrator")
"""One of each kind of page; the leak test looks at the same pages with everybody."""


def test_no_seat_and_no_door_break(app: Flask, book: Book, planted: Planted, enter: Enter) -> None:
    faults = []
    for seat in BREAKERS:
        client = app.test_client() if seat == "visitor" else enter(planted.person(seat))
        for address in one_each(book, "GET"):
            code = client.get(address.path).status_code
            fine = (200, 302, 303, 403, 404, 409, *((422,) if address.door.public else ()))
            if code >= 500 or code not in fine:
                faults.append(f"{seat}: {address.path} answers {code}")
    assert not faults, "\n".join(faults)
