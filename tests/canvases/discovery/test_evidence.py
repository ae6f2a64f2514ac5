"""Evidence: words, links, files; for and against; taken away and back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from canvases.boards import queries
from canvases.boards.models import Canvas
from canvases.discovery import actions
from canvases.discovery import queries as discovery
from canvases.discovery.actions import EvidenceDraft
from canvases.discovery.models import Evidence
from tests.canvases.boards.test_doors import browser, post
from tests.canvases.pages import Desk
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.unit import write
from workspace.journal.models import JournalEntry

Enter = Callable[[Person], FlaskClient]
SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.mark.parametrize("url", [
    "javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "file:///etc/passwd",
    "ftp://example.org", "//example.org", "example.org", "https://", "https://user:pw@example.org",
    "https://exa mple.org", "java\nscript:alert(1)", "mailto:nobody", "https://[::1",
    "https://example.org/" + "a" * 1000,
])
def test_other_links_are_refused(url: str) -> None:
    with pytest.raises(Refused) as refusal:
        actions.checked_url(url)
    assert refusal.value.field == "url"


@pytest.mark.parametrize("url", ["https://example.org/a?b=c#d", "http://example.org",
                                 "mailto:nurse@example.org", ""])
def test_links_that_may_stand(url: str) -> None:
    assert actions.checked_url(url) == url


def test_adding_counting_and_taking_away(desk: Desk) -> None:
    with desk.app.app_context():
        canvas = session().get_one(Canvas, desk.canvas.id)
        note = queries.note_of(desk.lead, canvas, desk.ids["team"])
        with write():
            first = actions.add(desk.lead, canvas, note, EvidenceDraft("for", "Seen", "", 3))
            again = actions.add(desk.lead, canvas, note, EvidenceDraft("for", "Seen", "", 3))
            actions.add(desk.lead, canvas, note, EvidenceDraft("against", "Not seen", "", 5))
        assert first is again
        assert discovery.counts(desk.lead, canvas) == {note.id: 2}
        assert [it.strength for it in discovery.of_note(desk.lead, canvas, note.id)] == [5, 3]
        with write():
            actions.remove(desk.lead, first, now())
        assert discovery.counts(desk.lead, canvas) == {note.id: 1}
        with write():
            actions.bring_back(desk.lead, first)
        assert session().scalar(discovery.count_of_team(canvas.team_id)) == 2
        for wrong in (EvidenceDraft("for"), EvidenceDraft("maybe", "x"),
                      EvidenceDraft("for", "x", strength=6)):
            with pytest.raises(Refused):
                actions.add(desk.lead, canvas, note, wrong)


@SQLITE
def test_the_panel_adds_removes_and_undoes(desk: Desk, enter: Enter) -> None:
    lead = browser(desk, enter, "lead")
    place = desk.url(f"/notes/{desk.ids['mentors']}/evidence")
    fragment = {"HX-Request": "true"}
    answer = post(lead, place, {"finding": "Seen", "stance": "for", "strength": "3"},
                  headers=fragment)
    assert answer.status_code == 200 and 'data-evidence="1"' in answer.text
    wrong = post(lead, place, {"finding": "Kept words", "stance": "for", "strength": "3",
                               "url": "javascript:alert(1)"}, headers=fragment)
    assert wrong.status_code == 422 and "Kept words" in wrong.text and "https://" in wrong.text
    assert 'href="javascript' not in wrong.text
    with desk.app.app_context():
        piece = session().query(Evidence).one().public_id
    gone = post(lead, desk.url(f"/evidence/{piece}/remove"), headers=fragment)
    assert 'data-evidence="0"' in gone.text and f"/evidence/{piece}/restore" in gone.text
    back = post(lead, desk.url(f"/evidence/{piece}/restore"), headers=fragment)
    assert 'data-evidence="1"' in back.text
    plain = post(lead, desk.url(f"/evidence/{piece}/remove"))
    assert f"/evidence/{piece}/restore" in plain.text
    assert post(browser(desk, enter, "mentor"),
                desk.url(f"/evidence/{piece}/restore")).status_code in (403, 404)


@SQLITE
def test_a_file_is_opened_by_whoever_reads_the_note(desk: Desk, enter: Enter) -> None:
    lead = browser(desk, enter, "lead")
    for tier in ("team", "mentors"):
        answer = post(
            lead, desk.url(f"/notes/{desk.ids[tier]}/evidence"),
            {"finding": "", "stance": "for", "strength": "3",
             "file": (io.BytesIO(PIXEL), f"{tier}.png")},
            content_type="multipart/form-data",
        )
        assert answer.status_code == 303, answer.text
    page = lead.get(f"/teams/{desk.team_id}/evidence").text
    files = re.findall(r'href="(/files/[^"]+)"[^>]*>(\w+)\.png', page)
    assert {name for _url, name in files} == {"team", "mentors"}
    for seat, readable in (("lead", {"team", "mentors"}), ("pi", {"team", "mentors"}),
                           ("officer", {"team", "mentors"}), ("mentor", {"mentors"}),
                           ("rival", set()), ("sponsor", set()), ("programme_lead", set())):
        client = browser(desk, enter, seat)
        assert {name for url, name in files if client.get(url).status_code == 200} == readable
    broken = post(
        lead, desk.url(f"/notes/{desk.ids['team']}/evidence"),
        {"finding": "Kept words", "stance": "for", "strength": "3",
         "file": (io.BytesIO(b"MZ not a picture"), "x.png")},
        content_type="multipart/form-data",
    )
    assert broken.status_code == 422 and "Kept words" in broken.text
    with desk.app.app_context():
        refused = session().scalars(
            select(JournalEntry).where(JournalEntry.event == "upload-refused")).all()
        assert [it.chain for it in refused] == [f"team:{desk.cast.team.id}"]
