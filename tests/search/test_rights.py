"""Who finds what: planted words, on both databases."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from tests.cast import SEATS
from tests.leaks.conftest import planted as planted
from tests.leaks.planting import Key, Planted
from tests.leaks.table import allowed
from workspace.accounts.models import Person
from workspace.accounts.sessions import actor_for
from workspace.foundation.clock import now
from workspace.search import queries
from workspace.search.words import terms_of

Enter = Callable[[Person], FlaskClient]
FOUND = {
    "team.name": "idea", "team.title": "idea", "team.pitch": "idea", "team.keyword": "idea",
    "canvas.title": "canvas", "note.team": "note", "note.mentors": "note",
    "evidence.text.team": "evidence", "evidence.text.mentors": "evidence",
    "evidence.file.team": "evidence", "item.team": "item", "item.link.team": "item",
    "pitch.title": "submission", "pitch.text": "submission",
    "release.canvas.purpose": "release",
}
"""Texts that the lead of a team finds by their word."""


def _numbers(app: Flask, world: Planted, seat: str) -> dict[Key, int]:
    """How many results each planted word has for a seat."""
    with app.test_request_context():
        actor = actor_for(world.person(seat), now())
        found = {}
        for key, word in world.words.items():
            groups = queries.answer(actor, terms_of(word))
            if groups:
                found[key] = sum(it.total for it in groups)
                for group in groups:
                    assert len(group.results) == min(group.total, queries.FEW), (seat, key)
        return found


def test_every_seat_finds_only_what_is_hers(app: Flask, planted: Planted) -> None:
    faults = []
    for seat in (*(it for it in SEATS if it != "visitor"), *planted.people):
        for kind, side in _numbers(app, planted, seat):
            if seat not in allowed(kind, side) and not (
                (kind == "asker.name" and seat == "asker")
                or (kind == "applicant.email" and seat == "applicant")
            ):
                faults.append(f"{seat} finds {kind} of {side}")
    assert not faults, "\n".join(faults)


def test_the_lead_finds_what_her_team_wrote_and_what_is_gone_is_gone(
    app: Flask, planted: Planted
) -> None:
    lead, rival = _numbers(app, planted, "lead"), _numbers(app, planted, "rival_lead")
    missing = [kind for kind in FOUND if (kind, "home") not in lead]
    missing += [f"rival {kind}" for kind in FOUND if (kind, "rival") not in rival]
    assert not missing
    for gone in ("note.deleted", "note.old", "canvas.archived"):
        assert (gone, "home") not in lead


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
