"""The index follows the tables, answers every question, and keeps nothing that is gone."""

from __future__ import annotations

import string
from collections.abc import Callable
from datetime import timedelta
from random import Random
from statistics import median
from time import process_time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, text, update

from tests import builders
from tests.canvases.conftest import desk as desk
from tests.canvases.pages import Desk
from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.foundation import clock
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.election import Election
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.search import feeding, queries
from workspace.search.models import Document, IndexState
from workspace.search.words import terms_of
from workspace.teams.models import Team

Enter = Callable[[Person], FlaskClient]
HOSTILE = [
    '"', "''", "gel*", "NEAR(gel sight)", "title:gel", "gel AND", "gel OR 1=1", "^gel", "-gel",
    "gel\0sight", "%", "_", "\\", "(", "{title}", "& |", "!gel", "gel:*", "<->", "<script>",
    "gelsight" * 1250, "é" * 10_000, "\U0001f9ea\U0001f9ea", "\u202egel", "a b c d e f g h i j",
    "ge\ud7ff\ufffd", "'; DROP TABLE team; --",
]


def titles(actor: Actor, question: str) -> list[str]:
    """What an actor is shown, as plain lines in their order."""
    groups = queries.answer(actor, terms_of(question))
    return [it.title.striptags() for group in groups for it in group.results]


@pytest.fixture
def asking(app: Flask, cast: Cast) -> object:
    """A request in which questions may be put."""
    with app.test_request_context():
        yield app


def test_what_is_written_is_found_with_and_without_marks(asking: Flask, cast: Cast) -> None:
    team = session().get_one(Team, cast.team.id)
    with write():
        team.title = "Částice perché ŽLUŤOUČKÝ università"
    lead = cast.actor("lead")
    for question in ("částice", "castice", "CASTI", "perche", "perché", "zlut", "žluť universita"):
        assert titles(lead, question) == ["Gelsight"], question
        assert titles(cast.actor("rival"), question) == []
        assert titles(cast.actor("programme_lead"), question) == []
    with write():
        team.title = "Another idea"
    assert titles(lead, "castice") == []
    assert titles(lead, "another") == ["Gelsight"]


def test_a_unit_that_is_thrown_away_leaves_no_word(asking: Flask, cast: Cast) -> None:
    team = session().get_one(Team, cast.team.id)
    with write() as unit:
        team.title = "Thrownaway"
        session().flush()
        unit.abandoned = True
    assert titles(cast.actor("lead"), "thrownaway") == []


def test_a_lost_right_counts_at_the_next_question(asking: Flask, cast: Cast) -> None:
    member = cast.person("member")
    assert titles(builders.actor(member), "gelsight project")
    with write():
        grants.end(builders.NOBODY, member.id, ("team-member",), "team", cast.team.id, now())
    with clock.frozen(now() + timedelta(seconds=1)):
        assert titles(builders.actor(member), "gelsight project") == []


def test_an_erased_name_is_gone_from_the_index(asking: Flask, cast: Cast) -> None:
    lead = cast.actor("lead")
    assert titles(lead, "tomas kral") == ["Tomas Kral"]
    with write():
        person = session().get_one(Person, cast.person("member").id)
        person.name, person.erased_at = "Somebody", now()
    assert titles(lead, "tomas") == []
    holding = session().scalar(
        select(func.count()).select_from(Document).where(Document.title.contains("kral"))
    )
    assert holding == 0


def test_people_are_found_by_those_who_know_them(asking: Flask, cast: Cast) -> None:
    assert titles(cast.actor("lead"), "tomas") == ["Tomas Kral"]
    assert titles(cast.actor("stranger"), "tomas") == []
    assert titles(cast.actor("sponsor"), "tomas") == []


@pytest.mark.parametrize("question", HOSTILE, ids=range(len(HOSTILE)))
def test_no_question_is_an_error(
    app: Flask, cast: Cast, enter: Enter, question: str
) -> None:
    lead = enter(cast.person("lead"))
    for path in ("/search", "/search/palette"):
        answer = lead.get(path, query_string={"q": question, "kind": question[:9], "page": "²"})
        # The front door refuses a NUL in any address, in words; the rest is answered.
        assert answer.status_code == (400 if "\0" in question else 200), path


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_seeded_storm_of_signs_is_no_error(asking: Flask, cast: Cast) -> None:
    dice, lead = Random(7), cast.actor("lead")
    signs = string.punctuation + "gelè \0\t" + "\u0301\u202e\u4e2d"
    for _ in range(150):
        queries.answer(lead, terms_of("".join(dice.choices(signs, k=dice.randint(1, 40)))))


def test_foreign_rows_change_neither_answer_nor_order(asking: Flask, cast: Cast) -> None:
    lead, dice = cast.actor("lead"), Random(11)
    words = ["gelsight", "phagelark", "project", "line", "a challenge", "invest", "ge", "universi"]
    before = {it: _whole(lead, it) for it in words}
    with write():
        for number in range(40):
            builders.team(
                cast.edition, cast.second_university, cast.person("rival_lead"),
                name=f"Gelsight project {number} {dice.choice(words)}", title="Gelsight line",
            )
    assert {it: _whole(lead, it) for it in words} == before
    assert before["gelsight"]


def _whole(actor: Actor, question: str) -> list[tuple[str, int, list[str]]]:
    return [
        (it.family, it.total, [f"{one.title} {one.url} {one.detail}" for one in it.results])
        for family in ("", "teams", "people")
        for it in queries.answer(actor, terms_of(question), family)
    ]


def test_hidden_rows_take_no_time_that_tells(asking: Flask, cast: Cast) -> None:
    with write():
        for number in range(300):
            session().add(Team(
                edition_id=cast.edition.id, home_organisation_id=cast.second_university.id,
                name=f"Secretword {number}", created_by_id=cast.person("rival_lead").id,
            ))
    stranger = cast.actor("stranger")

    def taken(question: str) -> float:
        begin = process_time()
        assert queries.answer(stranger, terms_of(question)) == []
        return process_time() - begin

    for question in ("secretword", "nowhereword"):
        taken(question)
    pairs = [(taken("secretword"), taken("nowhereword")) for _ in range(15)]
    hidden, absent = (median(it) for it in zip(*pairs, strict=True))
    assert hidden < absent * 2 + 0.01, (hidden, absent)


def test_notes_come_with_their_projection(app: Flask, cast: Cast, desk: Desk) -> None:
    with app.test_request_context():
        kept = list(session().scalars(
            select(Document.title).where(Document.kind == "note").order_by(Document.title)
        ))
        assert len(kept) == len(desk.texts())
        feeding.rebuild()
        again = list(session().scalars(
            select(Document.title).where(Document.kind == "note").order_by(Document.title)
        ))
        assert again == kept


def test_a_rebuild_finds_what_was_missed_and_forgets_what_is_gone(
    app: Flask, asking: Flask, cast: Cast
) -> None:
    before = _rows()
    with write():
        session().execute(delete(Document).where(Document.kind == "idea"))
        session().execute(update(Document).where(Document.kind == "person").values(title="lost"))
        session().add(Document(kind="team", family="teams", thing_id=9_999_999, part="",
                               title="ghost", body="", changed_at=now()))
    assert titles(cast.actor("lead"), "gelsight project") == []
    told = app.test_cli_runner().invoke(args=["search", "rebuild"]).output
    assert told == f"The index holds {len(before)} things.\n"
    session().expire_all()
    assert _rows() == before
    assert titles(cast.actor("lead"), "gelsight project") == ["Gelsight"]


def _rows() -> set[tuple[Any, ...]]:
    return {tuple(it) for it in session().execute(select(
        Document.kind, Document.thing_id, Document.part, Document.title, Document.body
    ))}


def test_the_first_start_builds_the_index_once(asking: Flask, cast: Cast) -> None:
    with write():
        session().execute(delete(Document))
        session().execute(delete(IndexState))
    feeding.start(asking)
    built = session().get_one(IndexState, 1).built_at
    assert titles(cast.actor("lead"), "gelsight project") == ["Gelsight"]
    feeding.start(asking)
    session().expire_all()
    assert session().get_one(IndexState, 1).built_at == built


def test_of_several_workers_that_start_one_builds_the_index(asking: Flask, cast: Cast) -> None:
    with write():
        session().execute(delete(Document))
        session().execute(delete(IndexState))
    other = Election(asking.extensions["innocore.database"], asking.config["INNOCORE"], "index")
    assert other.is_mine()
    feeding.start(asking)
    assert session().get(IndexState, 1) is None
    other.leave()
    session().rollback()
    feeding.start(asking)
    assert session().get_one(IndexState, 1).built_with


def test_both_databases_use_their_index(asking: Flask, cast: Cast) -> None:
    names = (
        "select name from sqlite_master where name = 'search_words'"
        if session().get_bind().dialect.name == "sqlite"
        else "select indexname from pg_indexes where indexname = 'ix_search_document_words'"
    )
    assert session().scalar(text(names))
