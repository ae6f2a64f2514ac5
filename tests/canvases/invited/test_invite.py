"""Inviting a mentor to edit, accepting, ending: who may, what is held, who hears of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from canvases.boards.models import Canvas
from canvases.invited import actions, queries
from canvases.invited.facts import EditorAccepted, EditorEnded, EditorInvited
from canvases.invited.models import InvitedEditor
from mentors.reviews.models import DeclaredConflict
from tests import builders
from tests.canvases.invited.desk import board, invite, take_back
from tests.canvases.pages import Desk
from workspace.accounts.models import Person
from workspace.foundation import clock
from workspace.foundation.access import can
from workspace.foundation.clock import now, today
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.grants.models import ConfidentialityAgreement, Grant
from workspace.inbox.models import Notice
from workspace.journal.models import JournalEntry

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def told(seat: str, desk: Desk) -> list[str]:
    """Kinds of the notices of invitations that a seat has."""
    rows = session().scalars(select(Notice.kind).where(
        Notice.person_id == desk.cast.person(seat).id, Notice.kind.like("editor-%")
    ).order_by(Notice.id))
    return list(rows)


def right(desk: Desk, seat: str = "mentor") -> Grant | None:
    """The grant that lets a seat edit, as it stands."""
    return session().scalar(select(Grant).where(
        Grant.person_id == desk.cast.person(seat).id, Grant.role == "canvas-editor"
    ).execution_options(populate_existing=True))


def may_write(desk: Desk, seat: str = "mentor") -> bool:
    return bool(can(desk.cast.actor(seat), "write", board(desk)))


def test_what_is_accepted_is_held_as_a_grant(desk: Desk) -> None:
    with desk.app.app_context():
        number = invite(desk, accepted=False)
        assert right(desk) is None and not may_write(desk)
        with write():
            row = session().get_one(InvitedEditor, number)
            actions.accept(desk.cast.actor("mentor"), row, now())
            actions.accept(desk.cast.actor("mentor"), row, now())
        held = right(desk)
        assert held is not None
        assert (held.scope_kind, held.scope_id) == ("canvas", desk.canvas.id)
        assert (held.basis, held.basis_id) == ("invitation", number)
        assert held.starts_at <= now() < held.starts_at + timedelta(minutes=5)
        assert held.ends_at == session().get_one(InvitedEditor, number).until
        assert may_write(desk) and not can(desk.cast.actor("mentor"), "edit", board(desk))
        assert not can(desk.cast.actor("mentor"), "join", board(desk))


def test_everybody_concerned_hears_of_it_and_it_stands_in_the_record(desk: Desk) -> None:
    with desk.app.app_context():
        number = invite(desk)
        take_back(desk, number, "member")
        assert told("mentor", desk) == ["editor-invited", "editor-ended"]
        assert told("lead", desk) == ["editor-accepted", "editor-gone"]
        assert told("member", desk) == [] and told("rival", desk) == []
        events = session().scalars(select(JournalEntry.event).where(
            JournalEntry.chain == f"team:{desk.cast.team.id}", JournalEntry.event.like("editor-%")
        ).order_by(JournalEntry.seq)).all()
        assert events == [it.word() for it in (EditorInvited, EditorAccepted, EditorEnded)]
        held = right(desk)
        assert held is not None and held.ends_at is not None and held.ends_at <= now()


def test_declining_and_giving_up_are_the_mentors(desk: Desk) -> None:
    with desk.app.app_context():
        first = invite(desk, accepted=False)
        take_back(desk, first, "mentor")
        assert right(desk) is None
        second = invite(desk)
        take_back(desk, second, "mentor")
        take_back(desk, second, "lead")
        assert not may_write(desk)
        assert told("lead", desk) == ["editor-gone", "editor-accepted", "editor-gone"]
        assert told("mentor", desk) == ["editor-invited", "editor-invited"]
        with write(), pytest.raises(Refused):
            row = session().get_one(InvitedEditor, first)
            actions.accept(desk.cast.actor("mentor"), row, now())


@SQLITE
@pytest.mark.parametrize("seat", ["rival", "conflicted", "pi", "officer", "former", "stranger"])
def test_only_a_mentor_of_the_team_can_be_invited(desk: Desk, seat: str) -> None:
    with desk.app.app_context(), pytest.raises(Refused) as refused:
        invite(desk, seat)
    assert refused.value.field == "person"


@SQLITE
def test_a_mentor_without_an_undertaking_cannot_be_invited(desk: Desk) -> None:
    with desk.app.app_context():
        with write():
            builders.give(desk.cast.person("reviewer"), "mentor", "team", desk.cast.team.id)
        with pytest.raises(Refused):
            invite(desk, "reviewer")
        assert [it.name for it in queries.mentors(board(desk), now())] == ["Hanna Weiss"]


@SQLITE
def test_nobody_is_invited_twice_at_once_or_beyond_the_undertaking(desk: Desk) -> None:
    with desk.app.app_context():
        invite(desk)
        with pytest.raises(Refused):
            invite(desk, days=3)
        with write():
            promise = session().scalars(select(ConfidentialityAgreement).where(
                ConfidentialityAgreement.person_id == desk.cast.person("mentor").id
            )).one()
            promise.valid_until = now() + timedelta(days=5)
        take_back(desk, session().scalars(select(InvitedEditor.id)).one())
        for days in (-1, 6, 91):
            with pytest.raises(Refused) as refused:
                invite(desk, days=days)
            assert refused.value.field == "until"
        invite(desk, days=3)


@SQLITE
def test_who_invited_and_left_the_team_invited_nobody(desk: Desk) -> None:
    with desk.app.app_context():
        number = invite(desk, accepted=False)
        with write():
            grants.end(builders.NOBODY, desk.cast.person("lead").id, ("team-lead",), "team",
                       desk.cast.team.id, now())
        with write(), pytest.raises(Refused):
            row = session().get_one(InvitedEditor, number)
            actions.accept(desk.cast.actor("mentor"), row, now())
        assert right(desk) is None


@SQLITE
def test_who_may_do_what(desk: Desk) -> None:
    with desk.app.app_context():
        number = invite(desk, accepted=False)
        row = session().get_one(InvitedEditor, number)
        for seat in ("lead", "member", "mentor", "pi", "officer", "rival_lead", "stranger"):
            actor = desk.cast.actor(seat)
            assert bool(can(actor, "invite", board(desk))) == (seat == "lead"), seat
            assert bool(can(actor, "accept", row)) == (seat == "mentor"), seat
            assert bool(can(actor, "end", row)) == (seat in ("lead", "member", "mentor")), seat
            assert bool(can(actor, "view", row)) == (seat in ("lead", "member", "mentor")), seat
        with write():
            session().get_one(Canvas, desk.canvas.id).archived_at = now()
        assert not can(desk.cast.actor("lead"), "invite", board(desk))


def _mentoring_ends(desk: Desk) -> None:
    grants.end(builders.NOBODY, desk.cast.person("mentor").id, ("mentor",), "team",
               desk.cast.team.id, now())


def _promise_ends(desk: Desk) -> None:
    session().scalars(select(ConfidentialityAgreement).where(
        ConfidentialityAgreement.person_id == desk.cast.person("mentor").id
    )).one().ended_at = now()


def _conflict_declared(desk: Desk) -> None:
    mentor = desk.cast.person("mentor").id
    session().add(DeclaredConflict(person_id=mentor, team_id=desk.cast.team.id,
                                   kind="competitor", declared_by_id=mentor))


def _works_for_the_sponsor(desk: Desk) -> None:
    from workspace.submissions.models import Entry

    session().add(Entry(team_id=desk.cast.team.id, challenge_id=desk.cast.challenge.id,
                        created_by_id=desk.cast.person("lead").id, state="active",
                        motivation="We want to."))
    builders.give(desk.cast.person("mentor"), "member", "organisation", desk.cast.company.id)


ENDINGS = [_mentoring_ends, _promise_ends, _conflict_declared, _works_for_the_sponsor]


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_it_stands_on_ends_it_at_once_and_for_good(desk: Desk, ending: object) -> None:
    with desk.app.app_context():
        number = invite(desk)
        assert may_write(desk)
        with write():
            ending(desk)  # type: ignore[operator]
        assert not may_write(desk)
        with write():
            actions.keep_time(now())
        row = session().get_one(InvitedEditor, number, populate_existing=True)
        assert row.state == "ended" and row.ended_by_id is None
        held = right(desk)
        assert held is not None and held.ends_at is not None and held.ends_at <= now()
        assert told("lead", desk)[-1] == "editor-gone"


@SQLITE
def test_mentoring_that_begins_anew_revives_nothing(desk: Desk) -> None:
    with desk.app.app_context():
        number = invite(desk)
        with write():
            _mentoring_ends(desk)
            assert session().get_one(InvitedEditor, number).state == "ended"
            builders.give(desk.cast.person("mentor"), "mentor", "team", desk.cast.team.id)
        assert not may_write(desk)


@SQLITE
def test_its_day_ends_it(desk: Desk) -> None:
    with desk.app.app_context():
        number = invite(desk, days=2)
        until = session().get_one(InvitedEditor, number).until
        with clock.frozen(until - timedelta(seconds=1)):
            assert may_write(desk)
        with clock.frozen(until):
            assert not may_write(desk)
            with write():
                assert actions.keep_time(now()) == 1
                assert actions.keep_time(now()) == 0
        assert told("mentor", desk) == ["editor-invited", "editor-ended"]


@SQLITE
def test_shared_houses_alone_are_no_conflict(desk: Desk) -> None:
    with desk.app.app_context():
        with write():
            builders.give(
                desk.cast.person("mentor"), "member", "organisation", desk.cast.university.id
            )
        invite(desk)
        assert may_write(desk)
        assert today("UTC") <= session().scalars(select(InvitedEditor)).one().last_day
        assert session().get_one(Person, desk.cast.person("mentor").id).active
