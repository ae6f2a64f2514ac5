"""Scoring: drafts lose nothing, reviewers do not see each other, the team reads all together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from mentors.reviews import actions, queries
from mentors.reviews.models import CommentAnswer, FeedbackTask, Pin, Review
from mentors.reviews.rules import PanelState
from tests import builders
from tests.accounts.pages import TOKEN, send
from tests.cast import Cast
from tests.reviews.panels import complete, scene, scene_in
from tests.teams.rooms import told
from workspace.accounts.models import Person
from workspace.foundation.access import visible
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.unit import write

Enter = Callable[[Person], FlaskClient]


def count(kind: type) -> int:
    return session().scalar(select(func.count()).select_from(kind)) or 0


def test_a_draft_may_be_incomplete_and_a_review_may_not(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    first, _second = it.asked()
    actor = cast.actor("reviewer")
    with pytest.raises(Refused, match="conflict of interest"), write():
        actions.save(actor, first, complete(first), now())
    with write():
        actions.declare(actor, first, "", now())
        key = next(iter(complete(first).scores))
        actions.save(actor, first, actions.ReviewDraft({key: (2, False, "")}, {}, "x"), now())
    with pytest.raises(Refused), write():
        actions.submit(actor, first, now())
    with pytest.raises(Refused, match="from 1 to 5"), write():
        actions.save(actor, first, actions.ReviewDraft({key: (9, False, "")}, {}, ""), now())
    with write():
        actions.save(actor, first, complete(first), now())
        actions.submit(actor, first, now())
        actions.submit(actor, first, now())
    with pytest.raises(Refused, match="stays as it is"), write():
        actions.save(actor, first, complete(first), now())
    with pytest.raises(Refused), write():
        actions.add_pin(actor, first, 1, 5, 5, "Late", now())


def test_pins_stay_on_the_deck(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    first, _second = it.begun()
    actor = cast.actor("reviewer")
    with write():
        pin = actions.add_pin(actor, first, 2, -5, 4000, "Here", now())
    assert (pin.x, pin.y) == (0, 1000)
    for page in (0, 3):
        with pytest.raises(Refused, match="no such slide"), write():
            actions.add_pin(actor, first, page, 1, 1, "Nowhere", now())
    with write():
        actions.remove_pin(actor, pin, now())
    assert count(Pin) == 0


def test_nobody_reads_what_is_not_hers_yet(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    first, second = it.begun()

    def read_by(person: Person) -> set[int]:
        found = session().scalars(visible(builders.actor(person), Review))
        return {one.reviewer_id for one in found}

    with write():
        actions.save(builders.actor(it.second), second, complete(second), now())
        actions.submit(builders.actor(it.second), second, now())
    assert read_by(it.first) == {it.first.id}, "the other's is in, mine is not"
    assert read_by(cast.person("lead")) == set()
    assert read_by(it.lead) == {it.first.id, it.second.id}
    with write():
        actions.save(cast.actor("reviewer"), first, complete(first), now())
        actions.submit(cast.actor("reviewer"), first, now())
    assert it.panel.state == PanelState.CONSOLIDATED
    assert told(cast, "programme_lead", "reviews-complete") == 1
    assert read_by(it.first) == {it.first.id, it.second.id}
    assert read_by(cast.person("lead")) == set()
    with write():
        actions.release(builders.actor(it.lead), it.panel, now())
        actions.release(builders.actor(it.lead), it.panel, now())
    assert it.panel.submission.state == "reviewed"
    for seat in ("lead", "member", "mentor", "pi"):
        assert read_by(cast.person(seat)) == {it.first.id, it.second.id}, seat
    for seat in ("rival", "former", "sponsor", "scout", "stranger", "conflicted"):
        assert read_by(cast.person(seat)) == set(), seat
    assert told(cast, "member", "reviews-released") == 1


def test_release_waits_for_all(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    it.begun()
    with pytest.raises(Refused), write():
        actions.release(builders.actor(it.lead), it.panel, now())


def test_the_team_answers_and_promises_become_tasks(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    it.finished()
    lead = cast.actor("lead")
    with write():
        actions.release(builders.actor(it.lead), it.panel, now())
    comments = queries.comments_of(it.panel)
    assert comments
    assert all("Strong." not in one.text for one in comments), "the remark is the lead's alone"
    key = comments[0].key

    def answer(kind: str, text: str = "", owner: int | None = None, comment: str = key) -> None:
        with write():
            actions.answer(lead, it.panel, actions.AnswerDraft(comment, kind, text, owner), now())

    for kind, words in (("disagree", "why"), ("question", "question"), ("praise", "Choose")):
        with pytest.raises(Refused, match=words):
            answer(kind)
    with pytest.raises(Refused, match="not there"):
        answer("done", comment="pin.none")
    with pytest.raises(Refused, match="member of the team"):
        answer("will-do", "x", owner=cast.person("rival").id)
    answer("will-do", "We ask two more.", cast.person("member").id)
    answer("will-do", "We ask two more.", cast.person("member").id)
    assert (count(CommentAnswer), count(FeedbackTask)) == (1, 1)
    assert it.panel.state == PanelState.ACKNOWLEDGED
    task = session().scalars(select(FeedbackTask)).one()
    answer("done", "We did.")
    assert task.done_at is not None
    with write():
        actions.finish_task(lead, task, False, now())
    assert task.done_at is None


def test_first_pages_count_what_the_page_of_reviews_lists(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    first, second = it.begun()
    with write():
        words = {"feedback-keep": "The gel.", "feedback-change": " "}
        for review, fields in ((first, words), (second, {})):
            actor = builders.actor(review.reviewer)
            actions.add_pin(actor, review, 1, 500, 500, "Here", now())
            draft = replace(complete(review), feedback=fields)
            actions.save(actor, review, draft, now())
            review.scores[0].comment, review.scores[1].score = " ", None
            review.scores[1].not_assessable = True
            actions.submit(actor, review, now())
        actions.release(builders.actor(it.lead), it.panel, now())
    session().expire_all()

    def waits() -> int:
        return sum(one.answer is None for one in queries.comments_of(it.panel))

    assert waits() == 2 * len(queries.rubric_of(it.panel).criteria) + 1
    assert queries.unanswered([it.panel]) == {it.panel.id: waits()}
    with write():
        for one, kind in zip(queries.comments_of(it.panel), ("done", "will-do"), strict=False):
            actions.answer(cast.actor("lead"), it.panel, actions.AnswerDraft(one.key, kind, "Yes"),
                           now())
    assert queries.unanswered([it.panel]) == {it.panel.id: waits()}
    panels, tasks = queries.released(cast.actor("mentor"), cast.team)
    assert (panels, [one.title for one in tasks]) == ([it.panel], ["Yes"])
    assert queries.released(cast.actor("rival"), cast.team) == ([], [])
    assert queries.summaries([it.panel]) == {it.panel.id: queries.summary(it.panel)}
    (panel, facts), = queries.panels_of(builders.actor(it.lead), cast.edition)
    assert (panel, facts) == (it.panel, queries.facts_of(it.panel))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_page_saves_by_itself_and_keeps_what_was_typed(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    with scene_in(app, cast) as it:
        review = it.begun()[0]
        path = f"/reviews/{review.public_id}"
        criteria = [one.id for one in queries.rubric_of(it.panel).criteria]
    client = enter(cast.person("reviewer"))
    shown = client.get(path)
    token = TOKEN.search(shown.text)
    assert token is not None
    script = {"Accept": "application/json"}
    fields = {"csrf_token": token[1], f"score-{criteria[0]}": "4", "remark": "Between us"}
    saved = client.post(f"{path}/draft", data=fields, headers=script)
    assert (saved.status_code, saved.json and saved.json["scored"]) == (200, 1)
    # An old token, a session that has ended: the script learns it by a number, nothing is lost.
    assert client.post(f"{path}/draft", data=fields | {"csrf_token": "old"},
                       headers=script).status_code == 400
    long = client.post(f"{path}/draft", data=fields | {"remark": "x" * 20_001}, headers=script)
    assert (long.status_code, "Shorten" in long.text) == (422, True)
    typed = {"csrf_token": token[1], f"score-{criteria[0]}": "2", f"score-{criteria[1]}": "5",
             f"comment-{criteria[1]}": "Keep <this> text", "remark": "Between us"}
    wrong = client.post(f"{path}/draft", data=typed | {"submit": "1"})
    assert wrong.status_code == 422
    assert "Keep &lt;this&gt; text" in wrong.text
    assert "Between us" in wrong.text
    assert "Write one concrete next action" in wrong.text
    with app.app_context():
        kept = session().scalars(select(Review).where(Review.public_id == review.public_id)).one()
        assert kept.remark == "Between us"
        assert {one.score for one in kept.scores} == {4, None}
    full = {"csrf_token": token[1], "submit": "1"} | {f"score-{one}": "4" for one in criteria}
    for _twice in range(2):
        done = client.post(f"{path}/draft", data=full)
        assert done.status_code == 303
    late = client.post(f"{path}/draft", data=fields, headers=script)
    assert late.status_code in {409, 422}
    assert "Submitted on" in client.get(path).text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_ended_session_is_told(app: Flask, cast: Cast, client: FlaskClient) -> None:
    with scene_in(app, cast) as it:
        path = f"/reviews/{it.begun()[0].public_id}/draft"
    token = TOKEN.search(client.get("/sign-in").text)
    assert token is not None
    answer = client.post(path, data={"csrf_token": token[1]},
                         headers={"Accept": "application/json"})
    assert answer.status_code == 401


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_wrong_answer_keeps_its_text(app: Flask, cast: Cast, enter: Enter) -> None:
    with scene_in(app, cast) as it:
        it.finished()
        with write():
            actions.release(builders.actor(it.lead), it.panel, now())
        key = queries.comments_of(it.panel)[0].key
        panel, team = it.panel.public_id, cast.team.public_id
    client = enter(cast.person("member"))
    page = f"/teams/{team}/feedback"
    wrong = send(client, f"/panels/{panel}/answers", on=page, comment=key, text="Because it <b>")
    assert wrong.status_code == 422
    assert "Because it &lt;b&gt;" in wrong.text
    good = send(client, f"/panels/{panel}/answers", on=page, comment=key, kind="disagree",
                text="Because it is tested")
    assert good.status_code == 303
    assert "Because it is tested" in client.get(page).text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_declaring_needs_an_answer(app: Flask, cast: Cast, enter: Enter) -> None:
    with scene_in(app, cast) as it:
        path = f"/reviews/{it.asked()[0].public_id}"
    client = enter(cast.person("reviewer"))
    shown = client.get(path).text
    assert "A gel that sees" not in shown, "the title comes after the declaration"
    assert send(client, f"{path}/declaration", on=path).status_code == 422
    assert send(client, f"{path}/declaration", on=path, kind="none").status_code == 303
    assert "A gel that sees" in client.get(path).text
    gone = send(client, f"{path}/declaration", on=path, kind="relative")
    assert gone.status_code == 303
    assert client.get(path).status_code == 404
    assert client.get("/reviews").status_code == 200
