"""Versions: by name, by themselves, at the gate; restored without losing anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask.testing import FlaskClient

from canvases.boards import edits, glance, live, outside, queries, versions
from canvases.boards.document import Document
from canvases.boards.models import Canvas, CanvasVersion
from tests.canvases.boards.test_doors import browser, post
from tests.canvases.pages import WORDS, Desk
from workspace.accounts.models import Person
from workspace.foundation import clock
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.unit import write
from workspace.home import pages
from workspace.teams.models import Team

Enter = Callable[[Person], FlaskClient]
SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def here(desk: Desk) -> Canvas:
    """The canvas in the open session."""
    return session().get_one(Canvas, desk.canvas.id)


def all_to(desk: Desk, status: str, document: Document) -> None:
    """Set the status of every note."""
    for note in desk.ids.values():
        document.set_status(note, status)


def test_restoring_keeps_the_history(desk: Desk) -> None:
    with desk.app.app_context():
        first = versions.name_version(desk.lead, here(desk), "First")
        live.edit(desk.lead, here(desk), lambda it: it.remove_note(desk.ids["team"]))
        live.edit(desk.lead, here(desk), lambda it: it.set_text(desk.ids["public"], "Later words"))
        versions.restore(desk.lead, session().get_one(CanvasVersion, first.id))
        assert sorted(desk.texts()) == sorted(f"The {it} note" for it in WORDS.values())
        kept = list(reversed(queries.versions_of(here(desk))))
        assert [it.kind for it in kept] == ["named", "automatic", "restored"]
        assert "Later words" in str(kept[1].notes)
        assert kept[0].sha256 == kept[2].sha256 and kept[2].name == "1"
        with pytest.raises(Refused):
            versions.name_version(desk.lead, here(desk), "  ")


def test_a_version_keeps_itself_after_five_quiet_minutes(desk: Desk) -> None:
    with desk.app.app_context():
        versions.keep_quiet_ones()
        assert queries.latest_version(here(desk)) is None
    later = now() + timedelta(minutes=6)
    with desk.app.app_context(), clock.frozen(later):
        versions.keep_quiet_ones()
        versions.keep_quiet_ones()
        kept = queries.versions_of(here(desk))
        assert [(it.kind, it.number, it.made_by_id) for it in kept] == [("automatic", 1, None)]
        assert len(kept[0].notes) == len(WORDS)


def test_the_first_version_begins_discovery(desk: Desk) -> None:
    with desk.app.app_context():
        with write():
            session().get_one(Team, desk.cast.team.id).state = "team-formed"
        versions.name_version(desk.lead, here(desk), "First")
        session().expire_all()
        assert session().get_one(Team, desk.cast.team.id).state == "discovery"


def test_handing_in_freezes_a_version_at_the_gate(desk: Desk) -> None:
    with desk.app.test_request_context():
        team = session().get_one(Team, desk.cast.team.id)
        (choice, _title), = outside.choices(desk.lead, team)
        assert outside.freeze_part(desk.lead, team, "", now()) is None
        with write():
            data = outside.freeze_part(desk.lead, team, choice, now())
        assert data is not None and data["version"] == 1
        assert len(data["notes"]) == 3, "the note of the team alone stays with the team"
        kept = data["notes"][0]["text"]
        live.edit(desk.lead, here(desk), lambda it: it.remove_note(data["notes"][0]["id"]))
        assert kept in str(outside.draw(data))
        with write():
            again = outside.freeze_part(desk.lead, team, choice, now())
        assert again is not None and again["version"] == 2
        with pytest.raises(Refused):
            outside.freeze_part(desk.lead, team, "nothing", now())


def test_numbers_for_gates_and_glyphs(desk: Desk) -> None:
    with desk.app.test_request_context():
        team = session().get_one(Team, desk.cast.team.id)
        live.edit(desk.lead, here(desk), lambda it: it.set_status(desk.ids["team"], "supported"))
        assert glance.gate_counts(team) == {"blocks": 1, "versions": 0, "tested": 1}
        glyph = glance.glyphs([team.id])[team.id]
        assert (glyph.notes, glyph.tested, glyph.share) == (4, 1, 25)
        cell = next(it for it in glyph.cells if it["title"] == "Customer segments")
        assert cell["status"] == "untested"
        assert {it["status"] for it in glyph.cells} == {"untested", "empty"}
        live.edit(desk.lead, here(desk), partial(all_to, desk, "refuted"))
        glyph = glance.glyphs([team.id])[team.id]
        assert {it["status"] for it in glyph.cells} == {"refuted", "empty"}
        live.edit(desk.lead, here(desk), partial(all_to, desk, "parked"))
        glyph = glance.glyphs([team.id])[team.id]
        assert (glyph.notes, {it["status"] for it in glyph.cells}) == (0, {"empty"})
        assert glance.overview_stats(desk.lead, team.edition, [team])[0]["value"]
        assert any(it.title == "Active" and team.id in it.cells for it in pages.columns([team]))


@SQLITE
def test_the_history_page(desk: Desk, enter: Enter) -> None:
    lead = browser(desk, enter, "lead")
    assert "No versions yet" in lead.get(desk.url("/history")).text
    assert post(lead, desk.url("/history"), {"name": ""}).status_code == 422
    assert post(lead, desk.url("/history"), {"name": "Before"}).status_code == 303
    with desk.app.app_context():
        version = queries.latest_version(here(desk))
        assert version is not None
        place = desk.url(f"/versions/{version.public_id}")
        live.edit(desk.lead, here(desk), lambda it: it.set_status(desk.ids["public"], "refuted"))
    page = lead.get(place).text
    assert "Now Refuted, was Untested" in page and "Before" in page
    assert post(browser(desk, enter, "mentor"), place + "/restore").status_code == 403
    assert post(browser(desk, enter, "rival"), place + "/restore").status_code == 404
    assert post(lead, place + "/restore").status_code == 303
    assert "Restored from version 1" in lead.get(desk.url("/history")).text


def test_a_sign_that_no_database_keeps_stays_out_of_versions_and_of_what_forms_compare(
    desk: Desk,
) -> None:
    def type_oddly(document: Document) -> None:
        text: Any = document.notes[desk.ids["team"]]
        text["text"].insert(0, "A\x00B ")

    with desk.app.app_context():
        live.edit(desk.lead, here(desk), type_oddly)
        made = versions.name_version(desk.lead, here(desk), "Odd")
        assert f"AB The {WORDS['team']} note" in [it["text"] for it in made.notes]
        line = queries.note_of(desk.lead, here(desk), desk.ids["team"])
        mark = edits.mark_of(line.text)
        draft = edits.NoteDraft("Better words", None, None, None, None, was=mark)
        edits.change_note(desk.lead, here(desk), desk.ids["team"], draft)
        assert "Better words" in desk.texts()
