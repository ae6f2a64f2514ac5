"""Entrants ask, the sponsor answers for everybody, and nobody learns who asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.pages import send
from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.challenges import actions
from workspace.challenges.models import Question
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused, Stale
from workspace.foundation.unit import write
from workspace.inbox.models import Notice

Enter = Callable[[Person], FlaskClient]


def asked(cast: Cast, text: str = "May we use plasma?") -> Question:
    with write():
        return actions.ask(cast.actor("lead"), cast.challenge, text, now())


def test_a_question_is_seen_by_all_and_the_asker_by_none(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    home = f"/challenges/{cast.challenge.public_id}"
    asker = enter(cast.person("lead"))
    assert send(asker, f"{home}/questions", on=home, text="May we use plasma?").status_code == 303
    assert "You asked" in asker.get(home).text
    for seat in ("member", "rival", "sponsor", "programme_lead", "officer"):
        page = enter(cast.person(seat)).get(home).text
        assert "May we use plasma?" in page and "A team asked" in page, seat
        assert "Rita" not in page, seat
        assert "Gelsight" not in page or seat == "member", seat  # her own switcher names it
    sponsor = enter(cast.person("sponsor"))
    for path in ("/challenges/questions", "/inbox"):
        page = sponsor.get(path).text
        assert "Rita" not in page and "Gelsight" not in page, path


def test_the_same_question_sent_twice_stays_one(context: Flask, cast: Cast) -> None:
    assert asked(cast).id == asked(cast).id
    notices = session().scalars(select(Notice).where(Notice.kind == "question-asked")).all()
    assert [it.person_id for it in notices] == [cast.person("sponsor").id]


def test_the_answer_tells_the_asker_and_grows_by_adding(context: Flask, cast: Cast) -> None:
    question = asked(cast)
    sponsor = cast.actor("sponsor")
    with write():
        actions.answer(sponsor, question, "Yes.", now(), seen="")
    with write():
        actions.answer(sponsor, question, "Yes.", now(), seen="")
    assert question.answer == "Yes."
    with pytest.raises(Stale), write():
        actions.answer(sponsor, question, "No.", now(), seen="")
    session().refresh(question)
    with write():
        actions.answer(sponsor, question, "From day 3.", now(), seen=actions.answer_mark(question))
    assert question.answer.startswith("Yes.") and question.answer.endswith("From day 3.")
    told = session().scalars(
        select(Notice.person_id).where(Notice.kind == "question-answered")).all()
    assert set(told) == {cast.person("lead").id}


def test_questions_end_with_the_submissions(context: Flask, cast: Cast) -> None:
    from datetime import timedelta

    hand_in = cast.challenge.submission_at
    assert hand_in is not None
    with pytest.raises(Refused, match="closed"), write():
        actions.ask(cast.actor("lead"), cast.challenge, "Late?", hand_in + timedelta(seconds=1))


def test_who_asks_and_who_answers(app: Flask, cast: Cast, enter: Enter) -> None:
    home = f"/challenges/{cast.challenge.public_id}"
    with app.app_context():
        question = asked(cast)
        path = f"{home}/questions/{question.public_id}"
    for seat in cast.people:
        status = enter(cast.person(seat)).get(path).status_code
        sees = seat in {"lead", "member", "rival_lead", "rival", "former", "participant", "mentor",
                        "conflicted", "pi", "officer", "programme_lead"}
        assert status == (200 if seat == "sponsor" else 403 if sees else 404), seat
    sponsor = enter(cast.person("sponsor"))
    refused = send(sponsor, f"{home}/questions", on=path, text="Hello?")
    assert refused.status_code == 403
    answered = send(sponsor, path, answer="Yes <script>alert(1)</script>", seen="")
    assert answered.status_code == 303
    shown = enter(cast.person("rival")).get(home).text
    assert "<script>alert" not in shown


def test_an_empty_question_comes_back_with_a_sentence(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    home = f"/challenges/{cast.challenge.public_id}"
    answer = send(enter(cast.person("lead")), f"{home}/questions", on=home, text="")
    assert answer.status_code == 422 and "Fill this in." in answer.text
