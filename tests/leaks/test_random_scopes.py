"""Whatever a token is for: it gives a part of what its owner gets, and never more."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as start_at
from hypothesis import strategies as some
from sqlalchemy import select

from mentors.reviews.models import CommentAnswer
from tests.leaks.keys import key_of
from tests.leaks.world import Planted
from tests.matrix.addresses import Book
from workspace.foundation.api import PREFIX
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.foundation.web import SAFE
from workspace.tokens.models import AccessToken
from workspace.tokens.rules import Place, Scope, Verb

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SEATS = ("lead", "member", "rival_lead", "mentor", "officer", "reviewer", "sponsor",
         "programme_lead", "administrator", "stranger")
REFUSED = {401, 403, 404}
EXAMPLES, ASKED = 40, 12
Place_ = tuple[str, str]


def places(world: Planted) -> list[tuple[Place, int]]:
    """Where a scope may count, a place that is not there among them."""
    cast = world.cast
    return [(Place.EVERYTHING, 0), (Place.TEAM, cast.team.id), (Place.TEAM, cast.rival_team.id),
            (Place.TEAM, 10**6), (Place.PROGRAMME, cast.edition.programme_id),
            (Place.PROGRAMME, 10**6)]


def doors(book: Book) -> dict[Place_, list[str]]:
    """Addresses of the API by method and door. A restoration has no body that could be wrong."""
    book.ids["comment"] = tuple(session().scalars(select(CommentAnswer.comment)))
    return {
        (method, door.path): [it.path for it in book.of(door)]
        for door in book.doors if door.path.startswith(PREFIX)
        for method in door.methods if not door.path.endswith("/restoration")
    }


def ask(app: Flask, key: str, method: str, path: str) -> tuple[int, Any]:
    """An answer. A change comes without a mark and without a good body: it changes nothing."""
    more: dict[str, Any] = {} if method in SAFE else {"json": []}
    answer = app.test_client().open(
        path, method=method, headers={"Authorization": f"Bearer {key}"}, **more
    )
    assert answer.status_code < 500, (method, path)
    assert answer.status_code != 429
    if method not in SAFE:
        assert answer.status_code >= 400, (method, path)
    return answer.status_code, answer.get_json(silent=True)


def is_part(less: Any, more: Any) -> bool:
    """Whether a list holds rows of the other alone, or a thing is the same thing."""
    if isinstance(less, dict) and "items" in less and isinstance(more, dict):
        return all(it in more.get("items", ()) for it in less["items"])
    return bool(less == more)


def test_a_token_gives_a_part_of_what_its_owner_gets(app: Flask, planted: Planted) -> None:
    with app.app_context():
        known = doors(Book(api=True))
        where = places(planted)
    chosen = sorted(known)
    methods = sorted({method for method, _path in chosen})
    assert any(method not in SAFE for method in methods)
    passed: set[str] = set()
    scopes = some.lists(
        some.builds(lambda verb, at: Scope(verb, *at), some.sampled_from(list(Verb)),
                    some.sampled_from(where)),
        min_size=1, max_size=3, unique=True,
    )

    @start_at(11)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(seat=some.sampled_from(SEATS), scopes=scopes, number=some.integers(0, 2**32))
    def one(seat: str, scopes: list[Scope], number: int) -> None:
        dice = Random(number)
        with app.test_request_context():
            whole = key_of(planted.person(seat), "Whole", *(
                Scope(it, Place.EVERYTHING) for it in Verb
            ))
            part = key_of(planted.person(seat), "Part", *scopes)
        for asked in dice.choices(methods, k=ASKED):  # each kind as often as the others
            method, path = dice.choice([it for it in chosen if it[0] == asked])
            address = dice.choice(known[method, path])
            told, body = ask(app, part, method, address)
            if told in REFUSED:
                continue
            passed.add(method)
            every, all_of_it = ask(app, whole, method, address)
            assert every == told, (seat, scopes, method, address, told, every)
            if method in SAFE:
                assert is_part(body, all_of_it), (seat, scopes, address)
                assert {it.verb for it in scopes} != {Verb.LIVE}
            else:
                assert {it.verb for it in scopes} & {Verb.WRITE, Verb.REVIEW}
        with app.app_context(), write():
            for row in session().scalars(select(AccessToken).where(
                AccessToken.person_id == planted.person(seat).id,
                AccessToken.revoked_at.is_(None),
            )):
                row.revoked_at = now()

    one()
    assert {"GET", "POST", "PATCH"} <= passed, passed


