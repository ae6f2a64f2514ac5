"""What an invited mentor edits, what stays out of her reach, and that it ends at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from canvases.boards import edits, live, queries
from canvases.boards.document import Document
from canvases.boards.models import Canvas, CanvasUpdate, NoteRow
from canvases.boards.schema import Note
from tests import builders
from tests.canvases.invited.desk import board, draft, invite, take_back
from tests.canvases.invited.test_invite import ENDINGS
from tests.canvases.pages import BLOCK, OTHER, Desk
from workspace.accounts.models import Person
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Denied, HouseError, Missing, Refused
from workspace.foundation.unit import write

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
MENTORS = "The axolotl note"


def on_board(desk: Desk, note_id: str) -> Note | None:
    """A note as it is on the screens now."""
    found: Note | None = live.look(board(desk), lambda document: document.note(note_id))
    return found


def order(desk: Desk, block: str = BLOCK) -> list[str]:
    """The words of a block's notes, as they stand on the board."""
    found: list[str] = live.look(board(desk), lambda document: [
        it.text.split()[1] for it in document.read() if it.block == block
    ])
    return found


def test_an_invited_mentor_edits_what_mentors_read(desk: Desk) -> None:
    with desk.app.app_context():
        invite(desk)
        mentor, note = desk.cast.actor("mentor"), desk.ids["mentors"]
        edits.change_note(mentor, board(desk), note, draft(
            "The axolotl regrows", MENTORS, status="supported", weight=5, block=OTHER
        ))
        shown = on_board(desk, note)
        assert shown is not None
        assert (shown.text, shown.status, shown.weight, shown.block, shown.tier) == (
            "The axolotl regrows", "supported", 5, OTHER, "mentors")
        assert shown.author == desk.lead.public_id
        last = session().scalars(
            select(CanvasUpdate).order_by(CanvasUpdate.id.desc()).limit(1)
        ).one()
        assert last.person_id == mentor.person_id
        kept = queries.note_of(desk.lead, board(desk), note)
        assert kept.text == "The axolotl regrows"


def test_what_she_adds_is_for_mentors_and_hers(desk: Desk) -> None:
    with desk.app.app_context():
        invite(desk)
        mentor = desk.cast.actor("mentor")
        made = edits.add_note(mentor, board(desk), OTHER, "A new thought")
        row = session().get_one(NoteRow, (desk.canvas.id, made))
        assert (row.tier, row.author_id) == ("mentors", mentor.person_id)
        assert queries.note_of(mentor, board(desk), made).text == "A new thought"
        edits.remove_note(mentor, board(desk), made)
        assert on_board(desk, made) is None
        edits.bring_back(mentor, board(desk), made)
        back = on_board(desk, made)
        assert back is not None and back.author == mentor.public_id and back.tier == "mentors"


@SQLITE
def test_a_note_of_the_team_is_not_there(desk: Desk) -> None:
    with desk.app.app_context():
        invite(desk)
        mentor, note = desk.cast.actor("mentor"), desk.ids["team"]
        before = on_board(desk, note)
        for act in (
            lambda: edits.change_note(mentor, board(desk), note, draft("Mine", "The quokka note")),
            lambda: edits.move_note(mentor, board(desk), note, OTHER),
            lambda: edits.move_note(mentor, board(desk), note, "down"),
            lambda: edits.remove_note(mentor, board(desk), note),
            lambda: edits.bring_back(mentor, board(desk), note),
            lambda: edits.set_status(mentor, board(desk), note, "refuted"),
        ):
            with pytest.raises(Missing):
                act()
        assert on_board(desk, note) == before


@SQLITE
def test_a_note_that_goes_back_to_the_team_is_out_of_reach_at_that_moment(desk: Desk) -> None:
    with desk.app.app_context():
        invite(desk)
        mentor, note = desk.cast.actor("mentor"), desk.ids["mentors"]

        def back(document: Document) -> None:
            document.set_tier(note, "team")

        live.edit(desk.lead, board(desk), back)
        with pytest.raises(Missing):
            edits.change_note(mentor, board(desk), note, draft("Mine", MENTORS))
        edits.remove_note(desk.lead, board(desk), note)
        with pytest.raises(Missing):
            edits.bring_back(mentor, board(desk), note)
        assert on_board(desk, note) is None


@SQLITE
@pytest.mark.parametrize("tier", ["team", "sponsor", "public"])
def test_who_may_read_a_note_is_not_hers_to_say(desk: Desk, tier: str) -> None:
    with desk.app.app_context():
        invite(desk)
        mentor, note = desk.cast.actor("mentor"), desk.ids["mentors"]
        with pytest.raises(Refused) as refused:
            edits.change_note(mentor, board(desk), note, draft(MENTORS, MENTORS, tier=tier))
        assert refused.value.field == "tier"
        edits.change_note(mentor, board(desk), note, draft(MENTORS, MENTORS, tier="mentors"))
        public = desk.ids["public"]
        edits.change_note(mentor, board(desk), public, draft("The okapi stays", "The okapi note"))
        shown = on_board(desk, public)
        assert shown is not None and shown.tier == "public"


@SQLITE
def test_places_are_counted_among_what_she_reads(desk: Desk) -> None:
    with desk.app.app_context():
        invite(desk)
        mentor = desk.cast.actor("mentor")
        live.edit(desk.lead, board(desk), lambda it: it.move_note(desk.ids["team"], BLOCK,
                                                                  desk.ids["mentors"]))
        assert order(desk) == ["axolotl", "quokka", "narwhal", "okapi"]
        edits.move_note(mentor, board(desk), desk.ids["sponsor"], "up")
        assert order(desk) == ["narwhal", "axolotl", "quokka", "okapi"]
        edits.move_note(mentor, board(desk), desk.ids["mentors"], "down")
        assert order(desk) == ["narwhal", "quokka", "okapi", "axolotl"]
        # Behind a note that is not there for her: as behind one that does not exist.
        edits.change_note(mentor, board(desk), desk.ids["sponsor"], draft(
            "The narwhal note", "The narwhal note", place=desk.ids["team"]))
        assert order(desk) == ["quokka", "okapi", "axolotl", "narwhal"]


@SQLITE
def test_what_others_wrote_she_does_not_take_off(desk: Desk) -> None:
    with desk.app.app_context():
        invite(desk)
        mentor, note = desk.cast.actor("mentor"), desk.ids["mentors"]
        with pytest.raises(Denied):
            edits.remove_note(mentor, board(desk), note)
        edits.remove_note(desk.lead, board(desk), note)
        with pytest.raises(Missing):
            edits.bring_back(mentor, board(desk), note)


def _taken_back(desk: Desk) -> None:
    from canvases.invited import actions
    from canvases.invited.models import InvitedEditor

    row = session().scalars(select(InvitedEditor)).one()
    actions.end(desk.cast.actor("lead"), row, now())


def _put_away(desk: Desk) -> None:
    session().get_one(Canvas, desk.canvas.id).archived_at = now()


def _account_closed(desk: Desk) -> None:
    session().get_one(Person, desk.cast.person("mentor").id).active = False


def _glass_broken(desk: Desk) -> None:
    builders.give(desk.cast.person("mentor"), "break-glass", "team", desk.cast.team.id)


@pytest.mark.parametrize(
    "ending", [*ENDINGS, _taken_back, _put_away, _account_closed, _glass_broken]
)
def test_the_right_is_read_when_the_edit_is_applied(
    desk: Desk, ending: Callable[[Desk], None]
) -> None:
    with desk.app.app_context():
        invite(desk)
        mentor = desk.cast.actor("mentor")  # as a form that was let in a moment ago
        edits.change_note(mentor, board(desk), desk.ids["mentors"], draft("First", MENTORS))
        with write():
            ending(desk)
        with pytest.raises(Denied):
            edits.change_note(mentor, board(desk), desk.ids["mentors"], draft("Late", "First"))
        with pytest.raises(Denied):
            edits.add_note(mentor, board(desk), OTHER, "Too late")
        assert "Late" not in desk.texts() and "Too late" not in desk.texts()


@SQLITE
def test_one_canvas_is_not_another(desk: Desk) -> None:
    from canvases.boards import actions

    with desk.app.app_context():
        invite(desk)
        with write():
            other = actions.make_canvas(desk.lead, desk.cast.team, "lean-canvas", "Lean", now())
        with pytest.raises(Denied):
            edits.add_note(desk.cast.actor("mentor"), other, "lc-problem", "No")


@SQLITE
def test_the_live_line_stays_shut(desk: Desk) -> None:
    with desk.app.app_context():
        invite(desk)
        person = desk.cast.person("mentor").id
        assert live.door().rights.roles(desk.canvas.id, [person]) == {person: None}
        assert live.door().rights.may_write(desk.canvas.id, person)
        assert not live.door().rights.may_write(desk.canvas.id + 1000, person)


@SQLITE
def test_when_nobody_can_say_who_may_nothing_is_changed(desk: Desk) -> None:
    with desk.app.app_context():
        person = invite(desk) and desk.cast.person("mentor").id

        def away() -> bool:
            raise OSError("the database is away")

        with pytest.raises(TimeoutError):
            live.rooms().edit_beside(desk.canvas.id, person, away, lambda document:
                                     document.remove_note(desk.ids["mentors"]))
        assert MENTORS in desk.texts()


@SQLITE
def test_ended_by_either_side_it_falls_back_to_reading(desk: Desk) -> None:
    with desk.app.app_context():
        number = invite(desk)
        take_back(desk, number, "mentor")
        mentor: Actor = desk.cast.actor("mentor")
        assert queries.note_of(mentor, board(desk), desk.ids["mentors"]).text == MENTORS
        with pytest.raises(HouseError):
            edits.set_status(mentor, board(desk), desk.ids["mentors"], "refuted")
