"""A mentor suggests a status with a reason; the team accepts or declines by one click."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from canvases.boards import edits, live, queries
from canvases.boards.models import Canvas
from canvases.suggestions import actions, answers
from canvases.suggestions import queries as suggestions
from canvases.suggestions.facts import StatusSuggested, SuggestionStepped
from canvases.suggestions.models import StatusSuggestion
from tests.canvases.boards.test_doors import browser, post
from tests.canvases.invited.desk import board
from tests.canvases.pages import NASTY, Desk
from workspace.accounts.models import Person
from workspace.foundation.access import can
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.history import StateChange
from workspace.foundation.unit import write
from workspace.inbox.models import Notice
from workspace.journal.models import JournalEntry

Enter = Callable[[Person], FlaskClient]
SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
HTMX = {"HX-Request": "true"}


def suggest(desk: Desk, status: str = "supported", tier: str = "mentors",
            reason: str = "Three clinics said so") -> int:
    """The mentor suggests; gives the number of the suggestion."""
    mentor = desk.cast.actor("mentor")
    with write():
        line = queries.note_of(mentor, board(desk), desk.ids[tier])
        return actions.suggest(mentor, board(desk), line, status, reason, now()).id


def one(number: int) -> StatusSuggestion:
    return session().get_one(StatusSuggestion, number, populate_existing=True)


def status_of(desk: Desk, tier: str = "mentors") -> str:
    """What the note says on the board."""
    found: str = live.look(
        board(desk), lambda document: document.note(desk.ids[tier]).status  # type: ignore[union-attr]
    )
    return found


def told(seat: str, desk: Desk) -> list[str]:
    rows = session().scalars(select(Notice.kind).where(
        Notice.person_id == desk.cast.person(seat).id, Notice.kind.like("status-%")
    ).order_by(Notice.id))
    return list(rows)


def test_accepted_it_stands_on_the_board_and_in_the_record(desk: Desk) -> None:
    with desk.app.app_context():
        number = suggest(desk)
        assert status_of(desk) == "untested"
        assert told("lead", desk) == told("member", desk) == ["status-suggested"]
        assert told("mentor", desk) == []
        answers.accept(desk.cast.actor("member"), one(number), now())
        answers.accept(desk.cast.actor("lead"), one(number), now())
        held = one(number)
        assert status_of(desk) == "supported"
        assert (held.state, held.was, held.answered_by_id) == (
            "accepted", "untested", desk.cast.person("member").id)
        assert told("mentor", desk) == ["status-accepted"]
        events = session().scalars(select(JournalEntry.event).where(
            JournalEntry.event.in_((StatusSuggested.word(), SuggestionStepped.word()))
        )).all()
        assert sorted(events) == [StatusSuggested.word(), SuggestionStepped.word()]
        steps = session().scalars(select(StateChange.step).where(
            StateChange.kind == "status_suggestion", StateChange.thing_id == number
        )).all()
        assert steps == ["accept"]


def test_an_answer_is_taken_back(desk: Desk) -> None:
    with desk.app.app_context():
        number, lead = suggest(desk), desk.cast.actor("lead")
        answers.accept(lead, one(number), now())
        answers.undo(lead, one(number), now())
        assert (status_of(desk), one(number).state) == ("untested", "open")
        with write():
            actions.decline(lead, one(number), now())
            actions.decline(lead, one(number), now())
        assert told("mentor", desk) == ["status-accepted", "status-declined"]
        with pytest.raises(Refused):
            answers.accept(lead, one(number), now())
        assert status_of(desk) == "untested"
        answers.undo(lead, one(number), now())
        answers.accept(lead, one(number), now())
        edits.set_status(lead, board(desk), desk.ids["mentors"], "refuted")
        answers.undo(lead, one(number), now())
        assert status_of(desk) == "refuted"  # what somebody said since stays


@SQLITE
def test_one_waits_for_each_mentor_and_note(desk: Desk) -> None:
    with desk.app.app_context():
        first = suggest(desk)
        assert suggest(desk) == first
        second = suggest(desk, "refuted")
        assert (one(first).state, one(second).state) == ("withdrawn", "open")
        counts = suggestions.open_counts(desk.lead, board(desk))
        assert counts == {desk.ids["mentors"]: 1}
        for wrong, field in (("untested", "status"), ("grand", "status")):
            with pytest.raises(Refused) as refused:
                suggest(desk, wrong)
            assert refused.value.field == field
        with pytest.raises(Refused) as refused:
            suggest(desk, "parked", reason="  ")
        assert refused.value.field == "reason"
        with write():
            actions.withdraw(desk.cast.actor("mentor"), one(second), now())
        with pytest.raises(Refused):
            answers.accept(desk.lead, one(second), now())


@SQLITE
def test_who_suggests_who_answers_who_reads(desk: Desk) -> None:
    with desk.app.app_context():
        number = suggest(desk)
        for seat in ("lead", "member", "mentor", "pi", "officer", "conflicted", "rival", "former"):
            actor = desk.cast.actor(seat)
            assert bool(can(actor, "suggest", board(desk))) == (seat == "mentor"), seat
            assert bool(can(actor, "answer", one(number))) == (seat in ("lead", "member")), seat
            assert bool(can(actor, "withdraw", one(number))) == (seat == "mentor"), seat
            readers = ("lead", "member", "mentor", "pi", "officer")
            assert bool(can(actor, "view", one(number))) == (seat in readers), seat
        with write():
            session().get_one(Canvas, desk.canvas.id).archived_at = now()
        assert not can(desk.cast.actor("mentor"), "suggest", board(desk))
        assert not can(desk.lead, "answer", one(number))


@SQLITE
def test_with_its_note_it_goes_back_to_the_team(desk: Desk) -> None:
    with desk.app.app_context():
        number, mentor = suggest(desk), desk.cast.actor("mentor")
        live.edit(desk.lead, board(desk), lambda it: it.set_tier(desk.ids["mentors"], "team"))
        assert not suggestions.of_note(mentor, board(desk), desk.ids["mentors"])
        assert suggestions.open_counts(mentor, board(desk)) == {}
        assert not can(mentor, "view", one(number)) and can(desk.lead, "view", one(number))
        answers.accept(desk.lead, one(number), now())
        assert told("mentor", desk) == []


@SQLITE
def test_by_the_pages(desk: Desk, enter: Enter) -> None:
    mentor, lead = browser(desk, enter, "mentor"), browser(desk, enter, "lead")
    note = desk.ids["mentors"]
    panel, door = desk.url(f"/notes/{note}/panel"), desk.url(f"/notes/{note}/suggestions")
    page = mentor.get(panel).text
    assert "Suggest this status" in page and 'value="untested"' not in page
    assert "Suggest this status" not in lead.get(panel).text
    assert post(mentor, door, {"status": "supported", "reason": ""}).status_code == 422
    wrong = post(mentor, door, {"status": "untested", "reason": "Kept words"})
    assert wrong.status_code == 422 and "Kept words" in wrong.text
    assert post(mentor, door, {"status": "supported", "reason": NASTY}).status_code == 303
    assert post(mentor, desk.url(f"/notes/{desk.ids['team']}/suggestions"),
                {"status": "parked", "reason": "x"}).status_code == 404
    assert post(lead, door, {"status": "parked", "reason": "x"}).status_code == 403
    with desk.app.app_context():
        key = session().scalars(select(StatusSuggestion.public_id)).one()
    way = desk.url(f"/suggestions/{key}")
    listed = lead.get(desk.url("/list")).text
    assert "Status suggested" in listed and "/panel#suggested" in listed
    shown = lead.get(panel).text
    assert f"{way}/acceptance" in shown and "<script>alert" not in shown
    assert f"{way}/withdrawal" in mentor.get(panel).text
    assert post(mentor, f"{way}/acceptance").status_code == 403
    assert post(lead, f"{way}/withdrawal").status_code == 403
    region = post(lead, f"{way}/acceptance", headers=HTMX)
    assert region.status_code == 200 and 'id="note-panel"' in region.text
    assert "<html" not in region.text and f"{way}/undo" in region.text
    with desk.app.app_context():
        assert status_of(desk) == "supported"
    assert "Status suggested" not in lead.get(desk.url("/list")).text
    assert post(lead, f"{way}/undo", headers=HTMX).status_code == 200
    assert post(lead, f"{way}/refusal").status_code == 303
    assert "Declined" in mentor.get(panel).text
    with desk.app.app_context():
        assert status_of(desk) == "untested"
