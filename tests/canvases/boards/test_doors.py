"""Who enters which page of a canvas, and what the notes of each tier reach."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from flask.testing import FlaskClient

from canvases.boards import actions, outside, queries, versions
from canvases.boards.models import Canvas
from canvases.discovery import actions as discovery
from tests.canvases.pages import WORDS, Desk
from tests.cast import SEATS
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.features import house
from workspace.foundation.unit import write
from workspace.inbox.models import Notice
from workspace.teams.models import Team

Enter = Callable[[Person], FlaskClient]
SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
MEMBERS = ("lead", "member")
READERS = (*MEMBERS, "mentor", "pi", "officer")
PAGES = ("", "/list", "/history", "/counts", "/notes/{note}/panel")
POSTS = ("/notes", "/notes/{note}", "/notes/{note}/move", "/notes/{note}/delete",
         "/notes/{note}/bring-back", "/notes/{note}/evidence", "/history", "/archive", "/rename")


def browser(desk: Desk, enter: Enter, seat: str) -> FlaskClient:
    """The seat's browser."""
    if seat == "visitor":
        return desk.app.test_client()
    return enter(desk.cast.person(seat))


def token(client: FlaskClient) -> dict[str, str]:
    """Headers with the token that forms carry."""
    import re

    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/sign-in").text)
    if found is None:
        found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/inbox").text)
    assert found is not None
    return {"X-CSRFToken": found[1]}


def post(client: FlaskClient, url: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
    """Send a form."""
    headers = token(client) | more.pop("headers", {})
    return client.post(url, data=data or {}, headers=headers, **more)


@SQLITE
def test_every_seat_at_every_door(desk: Desk, enter: Enter) -> None:
    for seat in SEATS:
        client = browser(desk, enter, seat)
        for rest in PAGES:
            answer = client.get(desk.url(rest.format(note=desk.ids["public"])))
            if seat == "visitor":
                assert answer.status_code in (302, 303, 401), rest
            else:
                assert answer.status_code == (200 if seat in READERS else 404), (seat, rest)
        for page in ("canvases", "evidence"):
            answer = client.get(f"/teams/{desk.team_id}/{page}")
            allowed = 200 if seat in READERS else 403 if seat == "programme_lead" else 404
            assert seat == "visitor" or answer.status_code == allowed, (seat, page)


@SQLITE
def test_only_members_change(desk: Desk, enter: Enter) -> None:
    for seat in SEATS:
        if seat in (*MEMBERS, "visitor"):
            continue
        client = browser(desk, enter, seat)
        for rest in POSTS:
            answer = post(client, desk.url(rest.format(note=desk.ids["public"])), {"text": "No"})
            assert answer.status_code == (403 if seat in READERS else 404), (seat, rest)
    assert len(desk.texts()) == len(WORDS)


@SQLITE
def test_notes_reach_their_circle_and_nobody_else(desk: Desk, enter: Enter) -> None:
    with desk.app.test_request_context():
        canvas = session().get_one(Canvas, desk.canvas.id)
        versions.name_version(desk.lead, canvas, "Named")
        version = queries.latest_version(canvas)
        assert version is not None
        old = version.public_id
        with write():
            line = queries.note_of(desk.lead, canvas, desk.ids["team"])
            piece = discovery.add(desk.lead, canvas, line,
                                  discovery.EvidenceDraft("for", "The vicuna letter"))
            actions.comment(desk.lead, canvas, line, "The tarsier remark")
            secret = piece.public_id
    places = ["", "/list", "/list?group=status", "/list?q=note", "/history", "/counts",
              f"/versions/{old}", "/export?format=svg",
              f"/notes/{desk.ids['team']}/panel", f"/notes/{desk.ids['mentors']}/panel"]
    for seat in ("mentor", "pi", "officer"):
        client = browser(desk, enter, seat)
        seen = "".join(client.get(desk.url(it)).text for it in places)
        seen += client.get(f"/teams/{desk.team_id}/canvases").text
        seen += client.get(f"/teams/{desk.team_id}/evidence").text
        seen += client.get(f"/teams/{desk.team_id}").text
        seen += client.get("/inbox").text
        paper = pypdfium2.PdfDocument(io.BytesIO(client.get(desk.url("/export")).data))
        seen += "".join(page.get_textpage().get_text_range() for page in paper)
        hidden = {"quokka", "vicuna", "tarsier"} if seat == "mentor" else set()
        for word in (*WORDS.values(), "vicuna", "tarsier"):
            assert (word in seen) == (word not in hidden), (seat, word)
    mentor = browser(desk, enter, "mentor")
    assert mentor.get(desk.url(f"/notes/{desk.ids['team']}/panel")).status_code == 404
    empty = mentor.get(desk.url(f"/notes/{desk.ids['team']}/panel"), headers={"HX-Request": "true"})
    never = mentor.get(desk.url("/notes/nothing/panel"), headers={"HX-Request": "true"})
    assert (empty.status_code, empty.data) == (200, never.data)
    answer = post(mentor, desk.url(f"/notes/{desk.ids['team']}/comments"), {"comment": "Hm"})
    assert answer.status_code == 404
    assert post(mentor, desk.url(f"/evidence/{secret}/remove")).status_code == 404


def test_a_release_holds_only_what_its_circle_may_read(desk: Desk) -> None:
    with desk.app.test_request_context():
        team = session().get_one(Team, desk.cast.team.id)
        canvas = session().get_one(Canvas, desk.canvas.id)
        versions.name_version(desk.lead, canvas, "For the sponsor")
        (item, _title, _label), = outside.offers(desk.lead, team)
        for tier, words in (("sponsor", {"narwhal", "okapi"}), ("public", {"okapi"})):
            data, checksum = outside.freeze(desk.lead, team, item, tier)
            assert {it["text"].split()[1] for it in data["notes"]} == words
            assert set(data["notes"][0]) == set(outside.SHOWN)
            assert checksum == outside.freeze(desk.lead, team, item, tier)[1]
            drawn = str(outside.draw(data))
            assert data["credit"] in drawn and "quokka" not in drawn and "axolotl" not in drawn
        kind = house().releasable("canvas")
        assert kind is not None and kind.freeze is outside.freeze


@SQLITE
def test_remarks_tell_the_team_without_a_word_of_them(desk: Desk, enter: Enter) -> None:
    mentor = browser(desk, enter, "mentor")
    place = desk.url(f"/notes/{desk.ids['mentors']}/comments")
    assert post(mentor, place, {"comment": "Ask the wombat"}).status_code == 303
    lead = browser(desk, enter, "lead")
    post(lead, place, {"comment": "We did"})
    with desk.app.app_context():
        told = session().query(Notice).all()
        kinds = {(it.kind, it.person_id) for it in told}
        people = desk.cast.people
        assert ("note-commented", people["member"].id) in kinds
        assert ("note-answered", people["mentor"].id) in kinds
        assert "wombat" not in "".join(str(it.details) + it.url for it in told)
    # Taken back into the team's circle, the mentor hears no more of it.
    with desk.app.app_context():
        from canvases.boards import live

        canvas = session().get_one(Canvas, desk.canvas.id)
        live.edit(desk.lead, canvas, lambda it: it.set_tier(desk.ids["mentors"], "team"))
    post(lead, place, {"comment": "Between us"})
    with desk.app.app_context():
        answered = [it for it in session().query(Notice).all() if it.kind == "note-answered"]
        assert len(answered) == 1


@SQLITE
def test_a_remark_is_resolved_and_opened_again(desk: Desk, enter: Enter) -> None:
    mentor, lead = browser(desk, enter, "mentor"), browser(desk, enter, "lead")
    note = desk.ids["mentors"]
    post(mentor, desk.url(f"/notes/{note}/comments"), {"comment": "Who pays?"})
    post(mentor, desk.url(f"/notes/{note}/comments"), {"comment": "Who pays?"})
    with desk.app.app_context():
        canvas = session().get_one(Canvas, desk.canvas.id)
        remark, = queries.comments_of(desk.lead, canvas, note)
        place = desk.url(f"/comments/{remark.public_id}")
    answer = post(lead, place + "/resolve", headers={"HX-Request": "true"})
    assert 'data-comments="0"' in answer.text and "<html" not in answer.text
    assert post(browser(desk, enter, "pi"), place + "/reopen").status_code == 403
    answer = post(mentor, place + "/reopen", headers={"HX-Request": "true"})
    assert 'data-comments="1"' in answer.text
    wrong = post(mentor, desk.url(f"/notes/{note}/comments"), {"comment": ""})
    assert wrong.status_code == 422


@SQLITE
def test_the_inbox_names_the_team_of_a_note_in_which_one_is_mentioned(
    desk: Desk, enter: Enter
) -> None:
    lead, mentor = browser(desk, enter, "lead"), browser(desk, enter, "mentor")
    post(lead, desk.url(f"/notes/{desk.ids['mentors']}/comments"), {"comment": "@Hanna Weiss look"})
    page = mentor.get("/inbox")
    assert page.status_code == 200
    assert "Gelsight" in page.text.split("<main")[1]


@SQLITE
def test_putting_away_makes_it_read_only(desk: Desk, enter: Enter) -> None:
    lead = browser(desk, enter, "lead")
    assert post(lead, desk.url("/archive")).status_code == 303
    assert post(lead, desk.url("/notes"), {"block": "x", "text": "y"}).status_code == 403
    page = lead.get(f"/teams/{desk.team_id}/canvases").text
    assert "Bring back" in page
    assert post(lead, desk.url("/revive")).status_code == 303
    assert post(lead, desk.url("/rename"), {"title": "New name"}).status_code == 303
    assert post(lead, desk.url("/rename"), {"title": " "}).status_code == 422
    assert "New name" in lead.get(desk.url("/list")).text


@SQLITE
def test_all_eight_templates_open(desk: Desk, enter: Enter) -> None:
    from canvases.boards import patterns

    lead = browser(desk, enter, "lead")
    new = f"/teams/{desk.team_id}/canvases/new"
    for template in patterns.built_in().templates:
        answer = post(lead, new, {"template": template.id, "title": ""})
        assert answer.status_code == 303
        assert lead.get(answer.location).status_code == 200
        listed = lead.get(answer.location + "/list").text
        assert all(block.id in listed for block in template.blocks)
    assert len(patterns.built_in().templates) == 8
    assert post(lead, new, {"template": "none"}).status_code == 422
    assert now() > desk.canvas.created_at
