"""Who finds what: planted words, on both databases."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import select

from tests.cast import SEATS
from tests.leaks.conftest import planted as planted
from tests.leaks.table import allowed
from tests.leaks.world import Key, Planted
from workspace.accounts.models import Person
from workspace.accounts.sessions import actor_for
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.releases import actions as releases
from workspace.releases.models import Release
from workspace.releases.rules import ReleaseState
from workspace.search import queries
from workspace.search.index import engine_of
from workspace.search.models import Document
from workspace.search.words import terms_of

Enter = Callable[[Person], FlaskClient]
FOUND = (
    "team.name", "team.title", "team.pitch", "team.keyword", "canvas.title", "note.team",
    "note.mentors", "evidence.text.team", "evidence.text.mentors", "evidence.file.team",
    "item.team", "item.link.team", "pitch.title", "pitch.text", "release.canvas.purpose",
)
"""Texts that the lead of a team finds by their word."""
GONE = ("note.deleted", "note.old", "canvas.archived")
WORD = re.compile("zq[0-9a-f]{12}xz")


def _found(app: Flask, world: Planted, seat: str) -> set[Key]:
    """The planted words of everything that answers a seat; all of them begin alike."""
    by_word = {word: key for key, word in world.words.items()}
    with app.test_request_context():
        actor = actor_for(world.person(seat), now())
        compare = engine_of(session().get_bind().dialect.name)
        rows = session().execute(
            select(Document.title, Document.body).where(
                compare.hits(("zq",)), queries.readable(actor, queries.STORED)
            )
        ).all()
        total = sum(it.total for it in queries.stored(actor, ("zq",), queries.STORED, 0, 1000))
        assert total == len(rows)
        shown = "".join(
            " ".join(escape(it).striptags() for it in (one.title, one.detail, one.piece)) + " "
            for group in (*queries.stored(actor, ("zq",), queries.STORED, 0, 1000),
                          *queries.answer(actor, ("zq",)))
            for one in group.results
        )
    text = " ".join(f"{it.title} {it.body}" for it in rows) + shown
    return {by_word[word] for word in WORD.findall(text)}


def test_every_seat_finds_only_what_is_hers_and_all_of_it(app: Flask, planted: Planted) -> None:
    faults = []
    for seat in (*(it for it in SEATS if it != "visitor"), *planted.people):
        found = _found(app, planted, seat)
        faults += [
            f"{seat} finds {kind} of {side}"
            for kind, side in found
            if seat not in allowed(kind, side) and not (kind == "asker.name" and seat == "asker")
        ]
        for lead, side in (("lead", "home"), ("rival_lead", "rival")):
            if seat == lead:
                faults += [f"{seat} misses {it}" for it in FOUND if (it, side) not in found]
                faults += [f"{seat} finds {it}" for it in GONE if (it, side) in found]
    assert not faults, "\n".join(faults)


def test_each_reader_finds_by_the_word(app: Flask, planted: Planted) -> None:
    word = planted.words["note.mentors", "home"]
    for seat, finds in (("lead", True), ("mentor", True), ("rival", False), ("sponsor", False)):
        with app.test_request_context():
            actor = actor_for(planted.person(seat), now())
            groups = queries.answer(actor, terms_of(f"{word}"))
            assert bool(groups) is finds, seat
            if finds:
                assert [it.total for it in groups] == [1]


def test_a_release_that_is_withdrawn_is_gone_at_once(app: Flask, planted: Planted) -> None:
    with app.test_request_context():
        release = session().scalars(
            select(Release).where(Release.state == ReleaseState.RELEASED)
        ).first()
        assert release is not None
        words = terms_of(release.item_title)
        sponsor = actor_for(planted.person("sponsor"), now())

        def shown() -> list[str]:
            groups = queries.stored(sponsor, words, ["work"], 0, 50)
            return [it.url for group in groups for it in group.results]

        address = f"/released/{release.public_id}"
        assert address in shown()
        with write():
            releases.withdraw(actor_for(planted.person("lead"), now()), release, now())
        assert address not in shown()


def test_the_page_shows_a_stranger_what_it_shows_for_a_word_that_is_nowhere(
    planted: Planted, enter: Enter
) -> None:
    stranger = enter(planted.person("stranger"))
    word = planted.words["note.team", "home"]
    for path in ("/search", "/search/palette"):
        hidden = stranger.get(path, query_string={"q": word}).text.replace(word, "W")
        absent = stranger.get(path, query_string={"q": "zqnowhere0xz"}).text
        absent = absent.replace("zqnowhere0xz", "W")
        assert _same(hidden) == _same(absent)


def _same(text: str) -> str:
    """The page without what differs between any two requests."""
    text = re.sub(r'(csrf-token" content|name="csrf_token" value)="[^"]*"', "", text)
    return re.sub(r'(session-ends" content)="[^"]*"', "", text)
