"""Mentions: only of people who may see the thing, once a thing, and never in a letter's words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from canvases.boards import actions as boards
from canvases.boards import queries as board_queries
from canvases.boards.models import Canvas, NoteComment, NoteRow
from tests import builders
from tests.accounts.pages import letters
from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.inbox import mentions, queries
from workspace.inbox.models import Notice
from workspace.inbox.rules import MENTIONED

Enter = Callable[[Person], FlaskClient]
SECRET = "Gel sensors for Q-fever"


def board(cast: Cast, tier: str = "team") -> Canvas:
    """A canvas of the home team with one note of that tier."""
    canvas = boards.make_canvas(
        cast.actor("lead"), cast.team, "business-model-canvas", "Plan", now()
    )
    session().add(
        NoteRow(canvas_id=canvas.id, note_id="n1", block="channels", order="a0", text=SECRET,
                status="assumption", tier=tier, weight=0, kind="note")
    )
    session().flush()
    return canvas


def say(cast: Cast, canvas: Canvas, text: str, seat: str = "lead") -> NoteComment:
    line = board_queries.note_of(cast.actor(seat), canvas, "n1")
    return boards.comment(cast.actor(seat), canvas, line, text)


def told(cast: Cast, seat: str) -> int:
    return len(
        session().scalars(
            select(Notice).where(
                Notice.kind == MENTIONED, Notice.person_id == cast.person(seat).id
            )
        ).all()
    )


def test_a_name_becomes_a_mention_and_tells_once(context: Flask, cast: Cast) -> None:
    with write():
        canvas = board(cast)
        made = say(cast, canvas, "Ask @Tomas Kral and @Pia, not @Ines Braga or a@Tomas Kral.")
    member = cast.person("member")
    assert f"@[Tomas Kral]({member.public_id})" in made.text
    assert f"@[Pia Investi]({cast.person('pi').public_id})" in made.text
    assert "not @Ines Braga or a@Tomas Kral." in made.text
    assert (told(cast, "member"), told(cast, "pi"), told(cast, "rival")) == (1, 1, 0)
    assert queries.waiting(cast.actor("member")) == {"mention": 1}, "no second notice as news"
    with write():
        again = mentions.tell_mentioned([member.id], made, "/x")
    assert again == set()
    assert told(cast, "member") == 1


def test_a_narrow_note_mentions_no_mentor(context: Flask, cast: Cast) -> None:
    with write():
        narrow = board(cast)
        first = say(cast, narrow, "Dear @Hanna Weiss")
        wide = board(cast, "mentors")
        second = say(cast, wide, "Dear @Hanna Weiss")
    assert first.text == "Dear @Hanna Weiss"
    assert mentions.named_in(second.text) == [cast.person("mentor").public_id]
    assert told(cast, "mentor") == 1


def test_an_id_that_somebody_types_is_worth_nothing(context: Flask, cast: Cast) -> None:
    stranger = cast.person("stranger")
    with write():
        canvas = board(cast)
        made = say(cast, canvas, f"@[Tomas Kral]({stranger.public_id}) @[Me](x)")
    assert mentions.named_in(made.text) == [], "a typed form names nobody who may not read"
    assert made.text == "@Tomas Kral @Me"
    assert (told(cast, "stranger"), told(cast, "member")) == (0, 0)


def test_two_of_one_first_name_need_the_whole_name() -> None:
    people = [
        Person(name="Rita Moreau", email="a", public_id="a" * 22),
        Person(name="Rita Rossi", email="b", public_id="b" * 22),
        Person(name="Evil](x)\n[Name", email="c", public_id="c" * 22),
    ]
    text = mentions.settled("@Rita, @rita rossi!", people)
    assert text == f"@Rita, @[Rita Rossi]({'b' * 22})!"
    assert mentions.settled(text, people) == text
    assert mentions.plain(text) == "@Rita, @Rita Rossi!"
    assert "<b>" not in mentions.drawn(f"<b>{text}")
    assert mentions.drawn(text).count('class="mention"') == 1


def test_a_lost_right_loses_notice_and_letter(app: Flask, cast: Cast) -> None:
    with app.app_context(), write():
        canvas = board(cast)
        say(cast, canvas, "@Tomas Kral @Pia Investi")
        grants.end(builders.NOBODY, cast.person("member").id, ("team-member",), "team",
                   cast.team.id, now())
    assert letters(app, cast.email("member")) == []
    (letter,) = letters(app, cast.email("pi"))
    assert "Somebody mentions you." in letter
    assert SECRET not in letter and "Gelsight" not in letter and "Plan" not in letter
    with app.app_context():
        assert queries.unread(cast.actor("member")) == 0
        assert queries.unread(cast.actor("pi")) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_list_of_names_is_of_those_who_may_read(app: Flask, cast: Cast, enter: Enter) -> None:
    with app.app_context(), write():
        canvas = board(cast).public_id
    shown = enter(cast.person("lead")).get(f"/canvases/{canvas}/notes/n1/people?q=to")
    assert "Tomas Kral" in shown.text
    assert "Rita" not in shown.text and "Pia" not in shown.text
    everybody = enter(cast.person("lead")).get(f"/canvases/{canvas}/notes/n1/people").text
    assert "Hanna Weiss" not in everybody, "she may not read a note of the team alone"
    for seat in ("rival", "stranger", "mentor", "programme_lead"):
        refused = enter(cast.person(seat)).get(f"/canvases/{canvas}/notes/n1/people")
        assert refused.status_code == 404, seat
