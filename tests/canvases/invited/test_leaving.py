"""What an invited mentor takes with her, and what stays when her account is erased."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from canvases.boards import edits, versions
from canvases.boards.models import CanvasVersion
from canvases.invited.models import InvitedEditor
from canvases.suggestions.models import StatusSuggestion
from tests import builders
from tests.canvases.invited.desk import board, invite
from tests.canvases.pages import OTHER, Desk
from tests.canvases.suggestions.test_suggestions import suggest
from workspace.accounts import own_data
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.grants.models import Grant
from workspace.grants.queries import in_force

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def archive(desk: Desk) -> dict[str, own_data.Rows]:
    """What the mentor gets when she asks for her data."""
    return own_data.gathered(desk.cast.person("mentor").id, now())


def test_her_archive_holds_what_she_may_read_today(desk: Desk) -> None:
    with desk.app.app_context():
        invite(desk)
        suggest(desk)
        edits.add_note(desk.cast.actor("mentor"), board(desk), OTHER, "Mine to keep")
        found = archive(desk)
        assert [it["text"] for it in found["notes"]] == ["Mine to keep"]
        assert [it["reason"] for it in found["suggested_statuses"]] == ["Three clinics said so"]
        row, = found["invitations_to_edit"]
        assert row["canvas"] == desk.public_id and row["accepted"] and not row["ended"]
        with write():
            grants.end(builders.NOBODY, desk.cast.person("mentor").id, ("mentor",), "team",
                       desk.cast.team.id, now())
        found = archive(desk)
        assert [it["text"] for it in found["notes"]] == [None]
        assert [it["reason"] for it in found["suggested_statuses"]] == [None]
        assert found["invitations_to_edit"][0]["ended"]


def test_with_her_account_her_name_leaves_the_versions(desk: Desk) -> None:
    with desk.app.app_context():
        invite(desk)
        suggest(desk)
        edits.add_note(desk.cast.actor("mentor"), board(desk), OTHER, "Her thought")
        versions.name_version(desk.lead, board(desk), "With her")
        number = desk.cast.person("mentor").id
        with write():
            person = session().get_one(Person, number)
            own_data.erase(builders.actor(person), person, now())
        kept = session().scalars(select(CanvasVersion).where(CanvasVersion.name == "With her"))
        authors = {it["text"]: it["author"] for it in kept.one().notes}
        assert authors["Her thought"] == own_data.FORMER
        assert authors["The axolotl note"] == "Rita Moreau"
        assert session().scalars(select(InvitedEditor)).one().state == "ended"
        assert session().scalars(select(StatusSuggestion)).one().suggested_by.name == (
            own_data.FORMER)
        held = select(Grant).where(Grant.person_id == number, in_force(now()))
        assert session().scalars(held).all() == []
