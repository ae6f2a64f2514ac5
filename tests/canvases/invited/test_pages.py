"""The pages: the team invites, the mentor answers and edits the list; nothing narrower shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from canvases.boards import edits, live
from canvases.boards.edits import mark_of
from canvases.boards.models import NoteRow
from canvases.invited.models import InvitedEditor
from tests.canvases.boards.test_doors import browser, post
from tests.canvases.invited.desk import board, invite
from tests.canvases.pages import BLOCK, OTHER, WORDS, Desk
from tests.matrix.test_doors import same
from workspace.accounts.models import Person
from workspace.foundation.clock import today
from workspace.foundation.db import session

Enter = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def key_of(desk: Desk) -> str:
    """Public id of the newest invitation."""
    with desk.app.app_context():
        return session().scalars(
            select(InvitedEditor.public_id).order_by(InvitedEditor.id.desc()).limit(1)
        ).one()


def test_from_the_invitation_to_the_end(desk: Desk, enter: Enter) -> None:
    lead, mentor = browser(desk, enter, "lead"), browser(desk, enter, "mentor")
    place = desk.url("/editors")
    for seat in ("lead", "member"):  # the whole team may look who edits
        ways = browser(desk, enter, seat)
        assert f'href="{place}"' in ways.get(desk.url()).text
        assert ways.get(place).status_code == 200
    page = lead.get(place).text
    assert "Hanna Weiss" in page and "Nobody outside the team edits this canvas." in page
    hanna = desk.cast.person("mentor").public_id
    wrong = post(lead, place, {"person": hanna, "until": "2020-01-01"})
    assert wrong.status_code == 422 and "Choose a later one" in wrong.text
    until = today("Europe/Rome") + timedelta(days=7)
    assert post(lead, place, {"person": "x" * 22, "until": until}).status_code == 422
    assert post(lead, place, {"person": hanna, "until": until}).status_code == 303
    page = lead.get(place).text
    assert "has not answered yet" in page and "All your mentors are invited." in page

    one = f"/editors/{key_of(desk)}"
    assert "Gelsight invites you to edit its canvas" in mentor.get("/today").text
    shown = mentor.get(desk.url("/list")).text
    assert "The team invites you to edit this canvas" in shown and "Add note" not in shown
    assert mentor.get(place).status_code == 403
    assert post(mentor, desk.url("/notes"), {"block": OTHER, "text": "Early"}).status_code == 403
    assert post(lead, desk.url(f"{one}/acceptance")).status_code == 403
    assert post(mentor, desk.url(f"{one}/acceptance")).status_code == 303
    assert "invites you to edit" not in mentor.get("/today").text
    shown = mentor.get(desk.url()).text
    assert "You edit this canvas until" in shown and "Add note" in shown
    assert post(mentor, desk.url("/notes"), {"block": OTHER, "text": "Mine"}).status_code == 303
    assert "Mine" in desk.texts()
    assert "edits until" in lead.get(place).text

    member = browser(desk, enter, "member")
    assert post(member, place, {"person": hanna, "until": until}).status_code == 403
    assert post(member, desk.url(f"{one}/end")).status_code == 303
    assert post(mentor, desk.url("/notes"), {"block": OTHER, "text": "Late"}).status_code == 403
    after = mentor.get(desk.url("/list"))
    assert after.status_code == 200 and "Add note" not in after.text and "Mine" in after.text
    assert "Before" in lead.get(place).text
    assert "Late" not in desk.texts()


def test_nothing_of_the_team_alone_reaches_an_invited_mentor(desk: Desk, enter: Enter) -> None:
    with desk.app.app_context():
        invite(desk)
        edits.remove_note(desk.lead, board(desk), edits.add_note(
            desk.lead, board(desk), BLOCK, "The gone quokka"
        ))
    mentor = browser(desk, enter, "mentor")
    note, hidden = desk.ids["mentors"], desk.ids["team"]
    pages = ["", "/list", "/list?group=author", f"/notes/{note}/panel", "/history", "/counts",
             f"/list?undo={hidden}"]
    for rest in pages:
        text = mentor.get(desk.url(rest)).text
        assert WORDS["team"] not in text, rest
        assert hidden not in text or "undo" in rest, rest
    for rest in ("", "/move", "/delete", "/bring-back"):
        absent = post(mentor, desk.url(f"/notes/AbsentNote0000{rest}"), {"to": "up", "text": "x"})
        answer = post(mentor, desk.url(f"/notes/{hidden}{rest}"), {"to": "up", "text": "x"})
        assert (answer.status_code, absent.status_code) == (404, 404), rest
        assert same(answer.text, hidden) == same(absent.text, "AbsentNote0000"), rest


def test_the_form_of_an_invited_mentor_says_nothing_of_readers(desk: Desk, enter: Enter) -> None:
    with desk.app.app_context():
        invite(desk)
    mentor, note = browser(desk, enter, "mentor"), desk.ids["sponsor"]
    page = mentor.get(desk.url(f"/notes/{note}/panel")).text
    assert 'name="text"' in page and 'name="tier"' not in page and "Delete note" not in page
    assert 'id="finding"' not in page  # evidence is the team's
    sent = {"text": "The narwhal sings", "status": "testing", "weight": "4", "tier": "public",
            "block": BLOCK, "place": "", "was": mark_of("The narwhal note")}
    assert post(mentor, desk.url(f"/notes/{note}"), sent).status_code == 303
    with desk.app.app_context():
        row = session().get_one(NoteRow, (desk.canvas.id, note))
        assert (row.text, row.status, row.tier) == ("The narwhal sings", "testing", "sponsor")
    stale = post(mentor, desk.url(f"/notes/{note}"), sent | {"text": "Again"})
    assert stale.status_code == 422 and "Again" in stale.text and "The narwhal sings" in stale.text
    away = sent | {"place": desk.ids["team"], "was": mark_of("The narwhal sings")}
    assert post(mentor, desk.url(f"/notes/{note}"), away).status_code == 422


def test_deleting_is_undone_and_only_for_own_notes(desk: Desk, enter: Enter) -> None:
    with desk.app.app_context():
        invite(desk)
        made = edits.add_note(desk.cast.actor("mentor"), board(desk), OTHER, "Own thought")
    mentor = browser(desk, enter, "mentor")
    page = mentor.get(desk.url("/list")).text
    assert page.count("/delete") == 1 and f"/notes/{made}/delete" in page
    assert post(mentor, desk.url(f"/notes/{desk.ids['mentors']}/delete")).status_code == 403
    gone = post(mentor, desk.url(f"/notes/{made}/delete"))
    assert "Undo" in mentor.get(gone.location).text
    assert post(mentor, desk.url(f"/notes/{made}/bring-back")).status_code == 303
    with desk.app.app_context():
        note = live.look(board(desk), lambda document: document.note(made))
        assert note is not None and note.tier == "mentors"


def test_what_stays_the_teams(desk: Desk, enter: Enter) -> None:
    with desk.app.app_context():
        invite(desk)
    mentor, note = browser(desk, enter, "mentor"), desk.ids["mentors"]
    for rest in ("/history", "/archive", "/rename", f"/notes/{note}/evidence"):
        assert post(mentor, desk.url(rest), {"name": "x", "title": "x"}).status_code == 403, rest
    assert post(mentor, f"/teams/{desk.team_id}/canvases/new").status_code == 403
