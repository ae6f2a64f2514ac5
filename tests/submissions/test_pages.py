"""The pages of submissions: nothing typed is lost, errors stand at their field, doors are kept."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.accounts.pages import TOKEN
from tests.cast import SEATS
from tests.files import made
from tests.submissions.desk import Desk
from workspace.accounts.models import Person
from workspace.files.models import File
from workspace.foundation import jobs
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.submissions import actions
from workspace.submissions.models import Entry, LateDecision, Submission

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Enter = Callable[[Person], FlaskClient]
TEAM = {"lead", "member"}
READERS = TEAM | {"mentor", "officer", "pi"}
MEGABYTE = 1024 * 1024


def token(client: FlaskClient) -> str:
    found = TOKEN.search(client.get("/challenges").text)
    assert found is not None
    return found[1]


def post(client: FlaskClient, path: str, **fields: object) -> TestResponse:
    return client.post(path, data={"csrf_token": token(client), **fields})


def pitch(desk: Desk, **fields: object) -> dict[str, object]:
    return {"title": "Typed title", "pitch_text": "Typed words & more", "canvas": desk.canvas,
            **fields}


@SQLITE
def test_from_the_first_click_to_withdrawal(desk: Desk, enter: Enter) -> None:
    lead = enter(desk.cast.person("lead"))
    home = f"/teams/{desk.team.public_id}/pitch"
    assert "Nothing is handed in yet" in lead.get(home).text
    begun = post(lead, f"{home}/pitch-review")
    address = begun.location
    assert post(lead, f"{home}/pitch-review").location == address  # twice gives the same draft
    assert post(lead, f"{home}/nonsense").status_code == 404
    kept = post(lead, f"{address}/draft", **pitch(desk, upload="1"),
                deck=(io.BytesIO(made.pdf(3)), "Our deck.pdf"))
    assert kept.status_code == 303
    assert "Typed words &amp; more" in lead.get(address).text
    assert "The pages are being drawn" in lead.get(address).text
    jobs.run_due(desk.app)
    assert lead.get(f"{address}/slides").text.count("<img") == 3
    done = post(lead, f"{address}/draft", **pitch(desk, submit="1"))
    assert done.status_code == 303
    again = post(lead, f"{address}/draft", **pitch(desk, submit="1", title="Twice"))
    assert again.status_code == 303
    shown = lead.get(address).text
    assert "Typed title" in shown and "Twice" not in shown and "Model" in shown
    late = post(lead, f"{address}/draft", **pitch(desk, title="Too late"))
    assert late.status_code == 409 and "Too late" in late.text and "handed in" in late.text
    assert session().scalar(select(func.count()).select_from(Submission)) == 1
    assert post(lead, f"{address}/withdrawal").status_code == 303
    assert post(lead, f"{address}/withdrawal").status_code == 409
    assert "Withdrawn" in lead.get(home).text


@SQLITE
def test_a_refused_deck_loses_no_text(desk: Desk, enter: Enter) -> None:
    with write():
        draft = actions.start(desk.cast.actor("member"), desk.team, "pitch-review", now())
    member = enter(desk.cast.person("member"))
    address = f"/submissions/{draft.public_id}"
    big = made.pdf() + b"\0" * (25 * MEGABYTE + 1)
    for name, data, status, words in (
        ("deck.pdf", b"%PDF-1.7\nbroken", {422}, ""),
        ("deck.pdf", b"", {422}, ""),
        ("deck.pdf", made.office("pptx"), {415, 422}, ""),
        ("deck.zip", made.office("pptx"), {415}, "A deck is a PDF file."),
        ("deck.pdf", big, {413}, "25 MB"),
        ("", b"", {422}, "Choose a PDF file first."),
    ):
        answer = post(member, f"{address}/draft", **pitch(desk, upload="1"),
                      deck=(io.BytesIO(data), name))
        case = (name, len(data), answer.status_code)
        assert answer.status_code in status, case
        assert "Typed words &amp; more" in answer.text, case
        assert 'value="Typed title"' in answer.text, case
        assert 'id="deck-error"' in answer.text and words in answer.text, case
    assert session().scalar(select(func.count()).select_from(File)) == 0
    # The text that came with the refused deck is kept, too.
    assert desk.one(draft.id).title == "Typed title"
    # Beyond the limit of a request nothing is read at all; the browser keeps its page.
    over = post(member, f"{address}/draft", **pitch(desk),
                deck=(io.BytesIO(b"0" * (26 * MEGABYTE + 1)), "deck.pdf"))
    assert over.status_code == 413
    # Text beyond the limit is refused with every word of it.
    long = post(member, f"{address}/draft", **pitch(desk, pitch_text="word " * 4001))
    assert long.status_code == 422 and long.text.count("word word") > 1000


@SQLITE
def test_what_is_missing_is_said_on_the_page(desk: Desk, enter: Enter) -> None:
    with write():
        draft = actions.start(desk.cast.actor("lead"), desk.team, "pitch-review", now())
    lead = enter(desk.cast.person("lead"))
    address = f"/submissions/{draft.public_id}/draft"
    for fields, error in (
        ({"title": ""}, "title-error"), ({"pitch_text": ""}, "pitch_text-error"),
        ({}, "deck-error"),
    ):
        answer = post(lead, address, **pitch(desk, submit="1") | fields)
        assert answer.status_code == 422 and f'id="{error}"' in answer.text, error
        assert 'id="error-summary"' in answer.text
    wrong = post(lead, address, **pitch(desk, canvas="someone-elses"))
    assert wrong.status_code == 422
    out = post(lead, address, **pitch(desk, remove="1"))
    assert out.status_code == 303


@SQLITE
def test_every_seat_at_every_door(desk: Desk, enter: Enter) -> None:
    client = desk.app.test_client()
    done = desk.handed_in()
    draft = desk.ready("result")
    entry = desk.entered()
    team, challenge = desk.team.public_id, desk.cast.challenge.public_id
    deck = done.deck
    assert deck is not None
    lead_of_programme, know_team = {"programme_lead"}, READERS | {"programme_lead"}
    know_done = READERS | lead_of_programme
    doors = [
        ("GET", f"/teams/{team}/pitch", know_team, READERS),
        ("POST", f"/teams/{team}/pitch/pitch-review", know_team, TEAM),
        ("GET", f"/teams/{team}/late", know_team, lead_of_programme),
        ("GET", f"/submissions/{done.public_id}", know_done, READERS),
        ("GET", f"/submissions/{done.public_id}/slides", know_done, READERS),
        ("POST", f"/submissions/{done.public_id}/draft", know_done, TEAM),
        ("GET", f"/files/{deck.public_id}", READERS, READERS),
        ("GET", f"/files/{deck.public_id}/pages/1", READERS, READERS),
        ("GET", f"/submissions/{draft.public_id}", TEAM, TEAM),
        ("POST", f"/submissions/{draft.public_id}/draft", TEAM, TEAM),
        ("POST", f"/submissions/{draft.public_id}/withdrawal", TEAM, set()),
        ("GET", f"/challenges/{challenge}/entries", None, lead_of_programme),
        ("POST", f"/entries/{entry.public_id}/step", know_team, lead_of_programme),
        ("POST", f"/entries/{entry.public_id}/withdrawal", know_team, {"lead"}),
    ]
    browsers = {it: enter(desk.cast.person(it)) for it in SEATS if it != "visitor"}
    tokens = {it: token(browser) for it, browser in browsers.items()}
    for method, path, know, may in doors:
        if path.endswith("/withdrawal") and "submissions" in path:
            continue  # the team's own withdrawal would end the table; see the story above
        for seat, browser in browsers.items():
            data = {"csrf_token": tokens[seat], "step": "nonsense"}
            answer = browser.open(path, method=method, data=data if method == "POST" else None)
            case = (method, path, seat, answer.status_code)
            if know is not None and seat not in know:
                assert answer.status_code == 404, case
            elif seat in may:
                assert answer.status_code in {200, 303, 409, 422} or (
                    path.endswith("/step") and answer.status_code == 404), case
            elif know is not None:
                assert answer.status_code == 403, case
            else:
                assert answer.status_code in {403, 404}, case
        if method == "GET":
            assert "/sign-in" in (client.get(path).location or ""), path


@SQLITE
def test_what_is_taken_back_is_closed_to_reviewers_and_readers(desk: Desk, enter: Enter) -> None:
    from tests import builders

    done = desk.handed_in()
    deck = done.deck
    assert deck is not None
    with write():
        builders.give(desk.cast.person("reviewer"), "submission-reader", "submission", done.id)
    address, file = f"/submissions/{done.public_id}", f"/files/{deck.public_id}"
    seats = {it: enter(desk.cast.person(it)) for it in ("reviewer", "mentor", "officer", "lead")}
    for browser in seats.values():
        assert browser.get(address).status_code == browser.get(file).status_code == 200
    with write():
        actions.withdraw(desk.cast.actor("lead"), done, now())
    for seat, browser in seats.items():
        expected = 200 if seat == "lead" else 404
        assert browser.get(address).status_code == expected, seat
        assert browser.get(file).status_code == expected, seat


@SQLITE
def test_the_programme_lead_decides_on_late_work(desk: Desk, enter: Enter) -> None:
    desk.entered()
    chief = enter(desk.cast.person("programme_lead"))
    path = f"/teams/{desk.team.public_id}/late"
    wrong = post(chief, path, purpose="pitch-review", until="2020-01-01T10:00", reason="Kept words")
    assert wrong.status_code == 422 and "Kept words" in wrong.text
    year = now().year + 1
    right = post(chief, path, purpose="pitch-review", until=f"{year}-12-01T10:00", reason="Flood")
    assert right.status_code == 303
    decision = session().scalars(select(LateDecision)).one()
    assert decision.until.isoformat() == f"{year}-12-01T09:00:00+00:00"  # Rome
    assert "may hand in late" in enter(desk.cast.person("lead")).get("/inbox").text
    page = f"/teams/{desk.team.public_id}/pitch"
    for seat in ("lead", "member"):
        assert "Flood" in enter(desk.cast.person(seat)).get(page).text, "the team reads why"
    for seat in ("mentor", "officer", "rival", "programme_lead"):
        assert "Flood" not in enter(desk.cast.person(seat)).get(page).text, seat


@SQLITE
def test_applying_to_a_challenge(desk: Desk, enter: Enter) -> None:
    lead = enter(desk.cast.person("lead"))
    with write():
        challenge = desk.challenge()
        challenge.team_min, challenge.max_teams = 2, 1
    path = f"/challenges/{desk.cast.challenge.public_id}/enter"
    empty = post(lead, path, team=desk.team.public_id, motivation="")
    assert empty.status_code == 422
    assert post(lead, path, team="nobodys", motivation="We").status_code == 422
    words = "We know gels and their <b>limits</b>."
    done = post(lead, path, team=desk.team.public_id, motivation=words)
    assert done.status_code == 303
    twice = post(lead, path, team=desk.team.public_id, motivation=words)
    assert twice.status_code == 422 and "applied to this challenge already" in twice.text
    assert "&lt;b&gt;limits" in twice.text
    rival = enter(desk.cast.person("rival_lead"))
    full = post(rival, path, team=desk.cast.rival_team.public_id, motivation="Us too")
    assert full.status_code == 422 and "the place is taken" in full.text
    chief = enter(desk.cast.person("programme_lead"))
    entry = session().scalars(select(Entry).where(Entry.state == "submitted")).one()
    listed = chief.get(f"/challenges/{desk.cast.challenge.public_id}/entries")
    assert "Gelsight" in listed.text
    for step, status in (("make-winner", 409), ("shortlist", 303), ("shortlist", 409),
                         ("submit-result", 404)):
        assert post(chief, f"/entries/{entry.public_id}/step", step=step).status_code == status
    assert post(lead, f"/entries/{entry.public_id}/withdrawal").status_code == 303
    back = post(lead, path, team=desk.team.public_id, motivation=words)
    assert back.status_code == 422


def test_the_last_place_is_given_once(desk: Desk) -> None:
    from workspace.challenges.models import Challenge
    from workspace.teams.models import Team

    with write():
        challenge = desk.challenge()
        challenge.team_min, challenge.max_teams = 2, 1
    cast = desk.cast

    def apply(seat: str, team_id: int) -> object:
        return actions.enter(
            cast.actor(seat), session().get_one(Team, team_id),
            session().get_one(Challenge, cast.challenge.id), "We want it.", now(),
        ).id

    found = desk.at_once(lambda: apply("lead", cast.team.id),
                         lambda: apply("rival_lead", cast.rival_team.id))
    assert sum(isinstance(it, int) for it in found) == 1
