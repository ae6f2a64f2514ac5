"""Nothing planted is found through the API either, whatever a token is for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import select

from mentors.reviews.models import CommentAnswer
from tests.cast import SEATS
from tests.leaks.keys import READING, key_of
from tests.leaks.table import allowed
from tests.leaks.test_planted_words import PARTS, found_in
from tests.leaks.world import HOME, RIVAL, Key, Planted
from tests.matrix.addresses import Book
from workspace.foundation.api import PER_MINUTE, PREFIX
from workspace.foundation.db import session
from workspace.tokens.rules import Place, Scope, Verb

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SHOWN = {
    "team.name", "team.title", "canvas.title", "note.team", "note.old", "evidence.text.team",
    "item.team", "claim", "pitch.title", "pitch.text.draft", "release.canvas.purpose",
    "answer.disagree", "version.name", "deck.name",
}
"""What the home team's lead does find: a crawl that is blind is noticed."""
NARROW = {"lead", "rival_lead", "mentor", "officer", "reviewer", "programme_lead", "sponsor"}
"""Whose narrow tokens are tried as well; random ones of everybody are in `test_random_scopes`."""
Ask = Callable[[str], tuple[int, bytes]]


def addresses() -> list[str]:
    """Every address of the API that can be looked at, with all that is planted."""
    book = Book(api=True)
    book.ids["comment"] = tuple(session().scalars(select(CommentAnswer.comment)))
    return [
        it.path + ("" if "<" in it.door.path.rpartition("/")[2] else "?limit=100")
        for door in book.doors if door.path.startswith(PREFIX) and "GET" in door.methods
        for it in book.of(door)
    ]


def asking(app: Flask, world: Planted, seat: str, *scopes: Scope) -> Ask:
    """Asks as a program of this seat; the next token comes before the rate of one is used up."""
    client, made = app.test_client(), count()

    def keys() -> Iterator[str]:
        while True:
            with app.test_request_context():
                key = key_of(world.person(seat), f"Crawl {next(made)}", *scopes)
            for _time in range(PER_MINUTE - 1):
                yield key

    key = keys()

    def ask(path: str) -> tuple[int, bytes]:
        headers = {} if seat == "visitor" else {"Authorization": f"Bearer {next(key)}"}
        answer = client.get(path, headers=headers)
        return answer.status_code, answer.data + repr(answer.headers).encode()

    return ask


@pytest.mark.parametrize("part", range(PARTS))
def test_every_token_finds_only_what_is_its_owners(part: int, app: Flask,
                                                   planted: Planted) -> None:
    with app.app_context():
        paths = addresses()
        programme = planted.cast.edition.programme_id
    assert len(paths) > 100
    narrow = {
        "team": (Scope(Verb.READ, Place.TEAM, planted.cast.team.id),),
        "programme": (Scope(Verb.WRITE, Place.PROGRAMME, programme),),
    }
    faults: list[str] = []
    for seat in (*SEATS, *planted.people)[part::PARTS]:
        whole: dict[str, set[Key]] = defaultdict(set)
        ask = asking(app, planted, seat, READING)
        for path in paths if seat != "visitor" else paths[: PER_MINUTE - 1]:
            status, told = ask(path)
            if status >= 500 or status == 429:
                faults.append(f"{seat}: {path} answers {status}")
            whole[path] = found_in(planted, told)
            faults += [
                f"{seat} finds {kind} of {side} on {path}"
                for kind, side in whole[path] if seat not in allowed(kind, side)
            ]
        found = set[Key]().union(*whole.values())
        if seat == "lead":
            blind = SHOWN - {kind for kind, side in found if side == HOME}
            faults += [f"nobody finds {kind}: the test looks in the wrong places" for kind in blind]
        if seat == "visitor":
            assert not found
            continue
        for name, scopes in narrow.items() if seat in NARROW else ():
            ask = asking(app, planted, seat, *scopes)
            for path in paths:
                status, told = ask(path)
                if status >= 500 or status == 429:
                    faults.append(f"{seat}, {name}: {path} answers {status}")
                more = found_in(planted, told)
                faults += [f"{seat}, {name}: {kind} on {path}" for kind in more - whole[path]]
                if name == "team":
                    faults += [f"{seat}, one team: {kind} of the rivals on {path}"
                               for kind, side in more if side == RIVAL]
    assert not faults, "\n".join(sorted(set(faults)))
