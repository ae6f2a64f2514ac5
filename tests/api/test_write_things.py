"""What programs write: briefs, answers, drafts, requests, declarations; as the pages do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from tests import builders
from tests.cast import Cast
from tests.files import made
from tests.reviews.panels import complete, panel_of, pitch
from workspace.accounts.models import Person
from workspace.challenges import actions as challenges
from workspace.challenges.facts import AnnexOpened
from workspace.challenges.models import Challenge
from workspace.foundation.clock import now, today
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.teams.models import Team

Key = Callable[..., str]
Caller = Callable[[str], Callable[..., Any]]


def step(call: Callable[..., Any], seen: str, method: str, path: str, **options: Any) -> Any:
    """A change of what stands at `seen`, with its mark."""
    mark = call("GET", seen).headers["ETag"]
    return call(method, path, headers={"If-Match": mark}, **options)


def a_brief() -> dict[str, Any]:
    """A brief that may go to review."""
    dates = ("opens_at", "applications_close_at", "submission_at", "demo_day_at")
    return {
        "title": "Cold chain", "problem": "Shipments thaw.", "annex": "Route 7 fails.",
        "criteria": [{"title": "Hold time", "weight": 60}, {"title": "Cost", "weight": 40}],
        "terms": {"model": "ip-team-owned-with-option", "option_field": "cold chain",
                  "option_period_days": 90},
        "timeline": {
            name: (now() + timedelta(weeks=4 * at + 1)).isoformat()
            for at, name in enumerate(dates)
        },
        "prize": {"cash": 12_000},
    }


def test_a_brief_is_written_reviewed_given_back_and_published(
    app: Flask, cast: Cast, key: Key, caller: Caller
) -> None:
    sponsor, lead = caller(key("sponsor")), caller(key("programme_lead"))
    start = {"edition": cast.edition.public_id, "sponsor": cast.company.public_id, "title": "Cold"}
    once = {"Idempotency-Key": "brief"}
    first = sponsor("POST", "/challenges", json=start, headers=once)
    assert first.status_code == 201, first.json
    assert sponsor("POST", "/challenges", json=start, headers=once).json == first.json
    one = f"/challenges/{first.json['id']}"
    brief = f"{one}/brief"
    assert step(sponsor, brief, "POST", f"{one}/submission").status_code == 422
    changed = step(sponsor, brief, "PATCH", brief, json=a_brief())
    assert changed.status_code == 200, changed.json
    assert changed.json["annex"] == "Route 7 fails."
    assert changed.headers["ETag"] == sponsor("GET", brief).headers["ETag"]
    assert lead("GET", brief).json["annex"] is None
    assert step(lead, brief, "PATCH", brief, json={"annex": "Mine"}).json["field"] == "annex"
    assert step(sponsor, brief, "POST", f"{one}/submission").json["state"] == "in-review"
    assert step(sponsor, brief, "PATCH", brief, json={"title": "Late"}).status_code == 403
    back = step(lead, brief, "POST", f"{one}/changes", json={"reason": "Name the route"})
    assert back.json["state"] == "draft"
    old = lead("GET", brief).headers["ETag"]
    step(sponsor, brief, "PATCH", brief, json={"background": "Known for years"})
    step(sponsor, brief, "POST", f"{one}/submission")
    signed = {"terms_signed": True}
    unread = lead("POST", f"{one}/publication", json=signed, headers={"If-Match": old})
    assert unread.status_code == 412
    assert step(sponsor, brief, "POST", f"{one}/publication", json=signed).status_code == 403
    shown = step(lead, brief, "POST", f"{one}/publication", json=signed)
    assert shown.json["state"] == "published", shown.json
    locked = step(sponsor, brief, "PATCH", brief, json={"prize": {"cash": 1}})
    assert locked.status_code == 422
    assert caller(key("lead"))("GET", one).json["title"] == "Cold chain"


@pytest.mark.parametrize(("sent", "field"), [
    ({"edition": "A" * 22}, "edition"), ({"sponsor": "A" * 22}, "sponsor"),
    ({"timeline": {"opens_at": "2026-12-01T00:00:00"}}, "timeline.opens_at"),
    ({"timeline": {"opens_at": "1026-12-01T00:00:00Z"}}, "timeline.opens_at"),
    ({"criteria": [{"title": "a", "weight": True}]}, "criteria.0.weight"),
    ({"terms": {"model": "mine"}}, "terms.model"), ({"prize": {"cash": -1}}, "prize.cash"),
    ({"state": "published"}, "state"),
])
def test_a_wrong_brief_names_its_field(cast: Cast, key: Key, caller: Caller,
                                       sent: dict[str, Any], field: str) -> None:
    start = {"edition": cast.edition.public_id, "sponsor": cast.company.public_id}
    answer = caller(key("sponsor"))("POST", "/challenges", json=start | sent)
    assert (answer.status_code, answer.json["field"]) == (422, field)


def test_nobody_begins_a_brief_for_somebody_else(cast: Cast, key: Key, caller: Caller) -> None:
    start = {"edition": cast.edition.public_id, "sponsor": cast.other_company.public_id}
    assert caller(key("sponsor"))("POST", "/challenges", json=start).json["field"] == "sponsor"
    assert caller(key("lead"))("POST", "/challenges", json=start).status_code == 403


def test_who_reads_an_annex_is_on_record(app: Flask, cast: Cast, key: Key,
                                         caller: Caller) -> None:
    from workspace.journal.models import JournalEntry as Line

    path = f"/challenges/{cast.challenge.public_id}/brief"
    with app.app_context(), write():
        challenge = session().get_one(Challenge, cast.challenge.id)
        challenges.sign_annex(builders.actor(cast.people["lead"]), challenge, now())
    assert caller(key("sponsor"))("GET", path).json["annex"] == cast.challenge.annex

    def openings() -> int:
        with app.app_context():
            return session().query(Line).filter_by(event=AnnexOpened.word()).count()

    before = openings()
    assert caller(key("lead"))("GET", path).json["annex"] == cast.challenge.annex
    assert caller(key("member"))("GET", path).json["annex"] is None
    assert openings() == before + 1


def test_the_sponsor_answers_a_question_as_it_was_read(cast: Cast, key: Key,
                                                       caller: Caller) -> None:
    sponsor, lead = caller(key("sponsor")), caller(key("lead"))
    board = f"/challenges/{cast.challenge.public_id}/questions"
    one = f"{board}/{lead('POST', board, json={'text': 'For homes?'}).json['id']}"
    assert step(lead, one, "POST", f"{one}/answer", json={"answer": "Yes"}).status_code == 403
    old = sponsor("GET", one).headers["ETag"]
    said = step(sponsor, one, "POST", f"{one}/answer", json={"answer": "Yes"})
    assert said.json["answer"] == "Yes"
    late = sponsor("POST", f"{one}/answer", json={"answer": "No"}, headers={"If-Match": old})
    assert late.status_code == 412
    more = step(sponsor, one, "POST", f"{one}/answer", json={"answer": "And wards"})
    assert more.json["answer"].startswith("Yes")
    assert more.json["answer"].endswith("And wards")


def test_a_draft_is_begun_changed_and_handed_in(cast: Cast, key: Key, caller: Caller) -> None:
    call, team = caller(key("lead")), f"/teams/{cast.team.public_id}"
    canvas = call("POST", f"{team}/canvases", json={"template": "business-model-canvas"}).json
    draft = call("POST", f"{team}/submissions", json={"purpose": "pitch-review"})
    assert draft.status_code == 201, draft.json
    again = call("POST", f"{team}/submissions", json={"purpose": "pitch-review"})
    assert again.json["id"] == draft.json["id"]
    one = f"/submissions/{draft.json['id']}"
    text = {"title": "A gel that sees", "pitch_text": "It sees infection."}
    assert call("PATCH", one, json=text).status_code == 428
    assert step(call, one, "PATCH", one, json=text).json["pitch_text"] == "It sees infection."
    wrong = step(call, one, "PUT", f"{one}/deck", data={"file": (BytesIO(b"x"), "deck.txt")})
    assert wrong.status_code == 415
    with_deck = step(call, one, "PUT", f"{one}/deck",
                     data={"file": (BytesIO(made.pdf(1)), "deck.pdf")})
    assert with_deck.json["deck"] is not None
    assert step(call, one, "DELETE", f"{one}/deck").status_code == 204
    assert caller(key("mentor"))("GET", one).status_code == 404
    step(call, one, "PUT", f"{one}/deck", data={"file": (BytesIO(made.pdf(1)), "deck.pdf")})
    handed = step(call, one, "POST", f"{one}/handing-in",
                  json={"parts": {"canvas": canvas["id"]}})
    assert handed.json["state"] == "submitted", handed.json
    assert step(call, one, "PATCH", one, json=text).status_code == 409
    assert step(call, one, "PUT", f"{one}/deck",
                data={"file": (BytesIO(made.pdf(1)), "deck.pdf")}).status_code == 409


def test_a_release_is_asked_for_and_taken_back(cast: Cast, key: Key, caller: Caller) -> None:
    call, team = caller(key("lead")), f"/teams/{cast.team.public_id}"
    canvas = call("POST", f"{team}/canvases", json={"template": "business-model-canvas"}).json
    call("POST", f"/canvases/{canvas['id']}/versions", json={"name": "For the open day"})
    item = call("GET", f"{team}/releases/items").json["items"][0]
    keys = {it["key"] for it in call("GET", f"{team}/releases/audiences").json["items"]}
    assert "public" in keys
    wish = {"item": item["key"], "audience": "public", "purpose": "Open day",
            "show_on": str(today("UTC") + timedelta(days=60))}
    for sent, field in (({"item": "canvas.nothing"}, "item"), ({"audience": "all"}, "audience"),
                        ({"disclosure_kind": "no such"}, "disclosure_kind"),
                        ({"show_on": "soon"}, "show_on")):
        assert call("POST", f"{team}/releases", json=wish | sent).json["field"] == field
    assert caller(key("member"))("POST", f"{team}/releases", json=wish).status_code == 403
    asked = call("POST", f"{team}/releases", json=wish)
    assert asked.status_code == 201, asked.json
    one = f"/releases/{asked.json['id']}"
    assert step(call, one, "POST", f"{one}/withdrawal").json["state"] == "withdrawn"


@pytest.fixture
def panel(app: Flask, cast: Cast) -> tuple[str, str]:
    """Ids of a panel and of the review of `reviewer`, not declared yet."""
    with app.app_context():
        with write():
            handed = pitch(session().get_one(Team, cast.team.id),
                           session().get_one(Person, cast.people["lead"].id))
        with write():
            found = panel_of(handed)
            found.min_reviews = 1
            from mentors.reviews import actions

            asked = actions.assign(builders.actor(cast.people["programme_lead"]), found,
                                   session().get_one(Person, cast.people["reviewer"].id), now())
        return found.public_id, asked.public_id


def test_a_reviewer_declares_first_and_the_team_answers(
    app: Flask, cast: Cast, key: Key, caller: Caller, panel: tuple[str, str]
) -> None:
    from mentors.reviews import actions
    from mentors.reviews.models import Panel, Review

    reviewer, lead = caller(key("reviewer")), caller(key("lead"))
    one = f"/reviews/{panel[1]}"
    early = step(reviewer, one, "PUT", one, json={"remark": "Strong"})
    assert early.status_code == 409
    wrong = step(reviewer, one, "POST", f"{one}/declaration", json={"conflict": "tired"})
    assert wrong.json["field"] == "conflict"
    said = step(reviewer, one, "POST", f"{one}/declaration", json={"conflict": None})
    assert said.json == {"goes_on": True}
    assert step(reviewer, one, "PUT", one, json={"remark": "Strong"}).status_code == 200
    list_ = f"/teams/{cast.team.public_id}/feedback"
    assert lead("GET", list_).json["items"] == []
    with app.app_context(), write():
        review = session().query(Review).filter_by(public_id=panel[1]).one()
        actor = builders.actor(cast.people["reviewer"])
        actions.save(actor, review, complete(review), now())
        actions.submit(actor, review, now())
    comment = f"/panels/{panel[0]}/comments/score.{panel[1]}."
    assert lead("GET", comment + "x").status_code == 404
    with app.app_context(), write():
        actions.release(builders.actor(cast.people["programme_lead"]),
                        session().query(Panel).filter_by(public_id=panel[0]).one(), now())
    comments = lead("GET", list_).json["items"]
    assert comments
    assert reviewer("GET", f"/panels/{panel[0]}/comments/{comments[0]['id']}").status_code == 403
    for number, kind in enumerate(("done", "will-do", "disagree", "question")):
        path = f"/panels/{panel[0]}/comments/{comments[number % len(comments)]['id']}"
        told = step(lead, path, "PUT", f"{path}/answer", json={"kind": kind, "text": "So"})
        assert told.json["answer"] == {"kind": kind, "text": "So"}, told.json
    path = f"/panels/{panel[0]}/comments/{comments[0]['id']}"
    stranger = step(lead, path, "PUT", f"{path}/answer",
                    json={"kind": "will-do", "owner": cast.people["rival"].public_id})
    assert stranger.json["field"] == "owner"
    tasks = lead("GET", f"/teams/{cast.team.public_id}/feedback-tasks").json["items"]
    task = f"/feedback-tasks/{tasks[0]['id']}"
    assert step(lead, task, "PATCH", task, json={"done": True}).json["done_at"] is not None
    assert caller(key("rival"))("GET", task).status_code == 404


def test_a_conflict_gives_the_review_away(key: Key, caller: Caller,
                                          panel: tuple[str, str]) -> None:
    call, one = caller(key("reviewer")), f"/reviews/{panel[1]}"
    said = step(call, one, "POST", f"{one}/declaration", json={"conflict": "supervisor"})
    assert said.json == {"goes_on": False}, said.json
    assert call("GET", one).status_code == 404
    assert call("GET", "/reviews").json["items"] == []
