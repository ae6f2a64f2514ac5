"""Editing by forms, through the room: seen live, nothing overwritten, undone."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from canvases.boards import edits, live, queries
from canvases.boards.edits import NoteDraft, mark_of
from canvases.boards.models import Canvas
from tests.canvases.boards.test_doors import browser, post
from tests.canvases.pages import BLOCK, NASTY, OTHER, Desk
from workspace.accounts.models import Person
from workspace.foundation.db import session
from workspace.foundation.errors import Denied, Missing, Stale

SEEN = re.compile(r'name="seen"[^>]* value="([^"]*)"')
Enter = Callable[[Person], FlaskClient]
SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def draft(**values: Any) -> NoteDraft:
    """A form's content."""
    usual: dict[str, Any] = {"text": "", "status": "untested", "tier": "team", "weight": 3,
                             "block": BLOCK}
    return NoteDraft(**(usual | values))


def row(desk: Desk, tier: str = "team") -> queries.NoteLine:
    """The note as the projection holds it."""
    with desk.app.app_context():
        canvas = session().get_one(Canvas, desk.canvas.id)
        return queries.note_of(desk.lead, canvas, desk.ids[tier])


def test_a_form_changes_the_live_board(desk: Desk) -> None:
    with desk.app.app_context():
        canvas = session().get_one(Canvas, desk.canvas.id)
        note, old = desk.ids["team"], "The quokka note"
        edits.change_note(desk.lead, canvas, note, draft(
            text="Better", was=mark_of(old), status="testing", weight=5, tier="mentors",
            block=OTHER, place="first"))
        kept = queries.note_of(desk.lead, canvas, note)
        assert (kept.text, kept.status, kept.weight, kept.tier, kept.block) == (
            "Better", "testing", 5, "mentors", OTHER)
        with pytest.raises(Stale):
            edits.change_note(desk.lead, canvas, note, draft(text="Late", was=mark_of(old)))
        assert "Better" in desk.texts()
        with pytest.raises(Missing):
            edits.change_note(desk.lead, canvas, "nothing", draft(text="x"))
        with pytest.raises(Denied):
            edits.add_note(desk.cast.actor("mentor"), canvas, BLOCK, "No")


def test_two_list_edits_at_once_lose_nothing(desk: Desk) -> None:
    refused: list[str] = []
    ready = threading.Barrier(2)

    def write(seat: str, text: str) -> None:
        with desk.app.app_context():
            actor = desk.cast.actor(seat)
            canvas = session().get_one(Canvas, desk.canvas.id)
            ready.wait(5)
            try:
                edits.change_note(actor, canvas, desk.ids["team"],
                                    draft(text=text, was=mark_of("The quokka note")))
            except Stale:
                refused.append(text)

    both = [threading.Thread(target=write, args=it) for it in
            (("lead", "From Rita"), ("member", "From Tomas"))]
    for each in both:
        each.start()
    for each in both:
        each.join(20)
    assert len(refused) == 1
    kept = ({"From Rita", "From Tomas"} - set(refused)).pop()
    assert kept in desk.texts() and row(desk).text == kept


@SQLITE
def test_a_stale_form_keeps_the_typed_text(desk: Desk, enter: Enter) -> None:
    lead = browser(desk, enter, "lead")
    with desk.app.app_context():
        canvas = session().get_one(Canvas, desk.canvas.id)
        live.edit(desk.lead, canvas, lambda it: it.set_text(desk.ids["team"], "Theirs"))
    fields = {"text": "Mine", "status": "testing", "weight": "4", "tier": "team", "block": BLOCK,
              "place": "", "was": mark_of("The quokka note")}
    answer = post(lead, desk.url(f"/notes/{desk.ids['team']}"), fields)
    assert answer.status_code == 422
    assert "Mine" in answer.text and "Theirs" in answer.text
    assert mark_of("Theirs") in answer.text
    answer = post(lead, desk.url(f"/notes/{desk.ids['team']}"),
                  fields | {"was": mark_of("Theirs")})
    assert answer.status_code == 303 and row(desk).text == "Mine"


@SQLITE
def test_a_form_leaves_alone_what_its_reader_left(desk: Desk, enter: Enter) -> None:
    lead, note = browser(desk, enter, "lead"), desk.ids["team"]
    shown = SEEN.search(lead.get(desk.url(f"/notes/{note}/panel")).text)
    assert shown is not None
    with desk.app.app_context():
        canvas = session().get_one(Canvas, desk.canvas.id)
        edits.set_status(desk.lead, canvas, note, "refuted")
        edits.move_note(desk.lead, canvas, note, OTHER)
    fields = {"text": "The quokka note", "status": "untested", "weight": "5", "tier": "team",
              "block": BLOCK, "place": "", "was": mark_of("The quokka note"), "seen": shown[1]}
    assert post(lead, desk.url(f"/notes/{note}"), fields).status_code == 303
    kept = row(desk)
    assert (kept.weight, kept.status, kept.block) == (5, "refuted", OTHER)
    assert post(lead, desk.url(f"/notes/{note}"), fields | {"status": "parked"}).status_code == 303
    assert row(desk).status == "parked"


@SQLITE
def test_comments_have_a_measure(desk: Desk, enter: Enter) -> None:
    lead, note = browser(desk, enter, "lead"), desk.ids["team"]
    answers = [post(lead, desk.url(f"/notes/{note}/comments"), {"comment": f"Number {it}"})
               for it in range(61)]
    assert [it.status_code for it in answers[:60]] == [303] * 60
    assert answers[60].status_code == 429


@SQLITE
def test_add_move_delete_and_undo(desk: Desk, enter: Enter) -> None:
    lead = browser(desk, enter, "lead")
    assert post(lead, desk.url("/notes"), {"block": OTHER, "text": "Fresh"}).status_code == 303
    assert post(lead, desk.url("/notes"), {"block": OTHER, "text": ""}).status_code == 422
    long = post(lead, desk.url("/notes"), {"block": OTHER, "text": "x" * 6000})
    assert long.status_code == 422 and "xxxxx" in long.text
    assert post(lead, desk.url("/notes"), {"block": "nowhere", "text": "x"}).status_code == 422
    note = desk.ids["team"]
    post(lead, desk.url(f"/notes/{note}/move"), {"to": "down"})
    page = lead.get(desk.url("/list")).text
    assert page.index("axolotl") < page.index("quokka") < page.index("narwhal")
    post(lead, desk.url(f"/notes/{note}/move"), {"to": "up"})
    page = lead.get(desk.url("/list")).text
    assert page.index("quokka") < page.index("axolotl")
    post(lead, desk.url(f"/notes/{note}/move"), {"to": OTHER})
    assert row(desk).block == OTHER
    gone = post(lead, desk.url(f"/notes/{note}/delete"))
    assert "The quokka note" not in desk.texts()
    page = lead.get(gone.location).text
    assert "bring-back" in page and "Undo" in page
    assert post(lead, desk.url(f"/notes/{note}/bring-back")).status_code == 303
    back = row(desk)
    assert (back.text, back.block, back.author) == ("The quokka note", OTHER, "Rita Moreau")
    assert post(lead, desk.url("/notes/never/bring-back")).status_code == 404


@SQLITE
def test_nothing_that_people_write_becomes_markup(desk: Desk, enter: Enter) -> None:
    lead = browser(desk, enter, "lead")
    post(lead, desk.url("/notes"), {"block": OTHER, "text": NASTY})
    post(lead, desk.url(f"/notes/{desk.ids['team']}/comments"), {"comment": NASTY})
    post(lead, desk.url(f"/notes/{desk.ids['team']}/evidence"),
         {"finding": NASTY, "stance": "for", "strength": "2"})
    post(lead, desk.url("/rename"), {"title": NASTY[:200]})
    post(lead, desk.url("/history"), {"name": NASTY[:200]})
    with desk.app.app_context():
        version = queries.latest_version(session().get_one(Canvas, desk.canvas.id))
        assert version is not None
        place = f"/versions/{version.public_id}"
    for rest in ("", "/list", "/list?q=%3Cscript%3E", "/history", place,
                 f"/notes/{desk.ids['team']}/panel", "/export?format=svg"):
        page = lead.get(desk.url(rest)).text
        assert "<script>alert" not in page and "<img src=x" not in page, rest
        assert "svg" in rest or "{{ 7*7 }}" in page or "7*7" not in page


@SQLITE
def test_the_list_is_grouped_and_filtered_by_its_address(desk: Desk, enter: Enter) -> None:
    lead = browser(desk, enter, "lead")
    with desk.app.app_context():
        canvas = session().get_one(Canvas, desk.canvas.id)
        live.edit(desk.lead, canvas, lambda it: it.set_status(desk.ids["team"], "refuted"))
    page = lead.get(desk.url("/list?status=refuted")).text
    assert "quokka" in page and "okapi" not in page
    page = lead.get(desk.url("/list?q=OKAPI&group=author")).text
    assert "okapi" in page and "quokka" not in page and "Rita Moreau" in page
    assert "Clear filters" in lead.get(desk.url("/list?q=nowhere")).text
    assert lead.get(desk.url("/list?group=bogus&status=bogus")).status_code == 200


@SQLITE
def test_a_taken_right_is_refused_in_the_room_too(desk: Desk) -> None:
    with desk.app.app_context():
        canvas = session().get_one(Canvas, desk.canvas.id)
        former = desk.cast.actor("former")
        with pytest.raises(Denied):
            edits.remove_note(former, canvas, desk.ids["team"])
