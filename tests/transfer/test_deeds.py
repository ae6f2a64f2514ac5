"""Deeds with checklists: starting, answering, signing, setting aside, and the gates they open."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from tests import builders
from tests.files import made
from tests.submissions.test_hand_in import told
from tests.transfer.desk import FOR_CHALLENGE, Desk
from transfer.checklists import actions, definitions, queries, rules
from transfer.checklists.actions import AnswerDraft
from transfer.checklists.feature import FEATURE
from transfer.checklists.models import (
    ChecklistItem,
    ChecklistRow,
    ItemQuestion,
    ItemSignature,
)
from workspace.files import actions as files
from workspace.files.models import File
from workspace.foundation.access import visible
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import HouseError, Refused
from workspace.foundation.history import StateChange
from workspace.foundation.unit import write

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
State = rules.ItemState


@SQLITE
def test_all_twelve_can_be_started_and_completed(desk: Desk) -> None:
    lead, chief = desk.cast.actor("lead"), desk.cast.actor("programme_lead")
    found = definitions.built_in().checklists
    assert len(found) == 12
    for template in found:
        for_challenge = template.id == queries.SPONSOR_CHECK
        with write():
            checklist = (
                actions.start(chief, template, now(), challenge=desk.challenge())
                if for_challenge else actions.start(lead, template, now(), team=desk.team)
            )
        seats = FOR_CHALLENGE if for_challenge else {
            "team": "member", "tto-officer": "officer", "pi": "pi",
            "facility-manager": "facility_manager", "sponsor": "sponsor"}
        # Nobody signs what she submitted, so on the academic side two people work together.
        by = "second_lead" if for_challenge else "lead"
        count = sum(len(it.items) for it in template.sections)
        assert len(desk.items(checklist)) == count
        with write():
            for item in desk.items(checklist):
                writer = by
                if for_challenge and "pi" in item.sign_off:
                    writer = "sponsor" if "sponsor" not in item.sign_off else "programme_lead"
                actor = desk.cast.actor(writer)
                actions.answer(actor, item, AnswerDraft("yes", "Shown in the log.", ""), now())
                actions.submit(actor, item, now())
        assert not checklist.gate_open
        with write():
            for item in desk.items(checklist):
                for role in item.sign_off:
                    actions.sign(desk.cast.actor(seats[role]), item, role, now())
        assert {it.state for it in desk.items(checklist)} == {State.APPROVED}
        assert session().get_one(ChecklistRow, checklist.id).gate_open, template.id
    gates = queries.team_gates(desk.team)
    assert len(gates) == 11
    assert queries.open_gates(desk.cast.challenge.id) == {"sponsor-cleared"}


def test_starting_twice_at_once_gives_one(desk: Desk) -> None:
    lead, template = desk.cast.actor("lead"), definitions.built_in().checklists[0]

    def deed() -> int:
        return actions.start(lead, template, now(), team=desk.team).id

    first, second = desk.at_once(deed, deed)
    assert first == second


def test_two_people_sign_at_once_and_one_hears_of_the_other(desk: Desk) -> None:
    checklist = desk.start()
    item = desk.signed_by(checklist, "pi", "tto-officer")
    desk.hand_over(item)
    with write():
        builders.give(desk.cast.person("stranger"), "transfer-officer", "organisation",
                      desk.cast.university.id)
    actors = [desk.cast.actor("officer"), desk.cast.actor("stranger")]
    item_id = item.id

    def deed(index: int) -> Callable[[], object]:
        return lambda: actions.sign(
            actors[index], session().get_one(ChecklistItem, item_id), "tto-officer", now())

    found = desk.at_once(deed(0), deed(1))
    lost = [it for it in found if isinstance(it, HouseError)]
    assert len(lost) == 1
    assert lost[0].reason == "Somebody has signed for this role already."
    assert session().scalar(select(func.count()).select_from(ItemSignature)) == 1
    desk.sign(item, "pi")
    assert desk.item(item.id).state == State.APPROVED


def test_the_last_two_items_settle_at_once_and_the_gate_opens(desk: Desk) -> None:
    checklist = desk.start()
    items = desk.items(checklist)
    officer = desk.cast.actor("officer")
    with write():
        for item in items[2:]:
            actions.set_aside(officer, item, "waive", "Not this time.", now())
    ids = [it.id for it in items[:2]]

    def deed(item_id: int) -> Callable[[], object]:
        return lambda: actions.set_aside(
            officer, session().get_one(ChecklistItem, item_id), "waive", "Nor this.", now())

    assert desk.at_once(deed(ids[0]), deed(ids[1])) == [None, None]
    session().expire_all()
    assert session().get_one(ChecklistRow, checklist.id).gate_open


@SQLITE
def test_the_gate_closes_again_when_evidence_changes(desk: Desk) -> None:
    checklist = desk.start()
    for item in desk.items(checklist):
        desk.settle(item)
    assert session().get_one(ChecklistRow, checklist.id).gate_open
    assert "disclosure-accepted" in queries.team_gates(desk.team)
    assert told(desk, "lead", "gate-opened") == 1
    item = next(it for it in desk.items(checklist) if it.is_blocking)
    desk.answer(item)  # the same words change nothing
    assert desk.item(item.id).state == State.APPROVED
    desk.answer(item, text="It was another day.")
    again = desk.item(item.id)
    assert again.state == State.IN_PROGRESS
    assert all(it.ended_at is not None for it in again.signatures)
    assert not session().get_one(ChecklistRow, checklist.id).gate_open
    assert queries.team_gates(desk.team) == set()
    desk.hand_over(again)
    desk.sign(again, *again.sign_off)
    assert session().get_one(ChecklistRow, checklist.id).gate_open
    changes = session().scalars(
        select(StateChange.step).where(StateChange.kind == "checklist-item",
                                       StateChange.thing_id == item.id).order_by(StateChange.id)
    ).all()
    assert changes == ["start", "submit", "approve", "reopen", "submit", "approve"]


@SQLITE
def test_a_file_is_evidence_and_a_replaced_one_is_closed(desk: Desk) -> None:
    checklist = desk.start("inventorship-ownership")
    item = desk.signed_by(checklist, "facility-manager", "pi")
    lead = desk.cast.actor("lead")
    kept = [
        files.take_upload(lead, io.BytesIO(made.pdf()), f"{name}.pdf",
                          ("checklist-item", item.id), desk.team.id)
        for name in ("old", "new")
    ]
    for file in kept:
        with write():
            actions.attach(lead, item, session().get(File, file.id), now())
    desk.hand_over(item)
    manager = desk.cast.actor("facility_manager")
    # She sees the one item that she signs, its file, and nothing around it.
    assert session().scalars(visible(manager, File)).all() == [session().get(File, kept[1].id)]
    assert session().scalars(visible(manager, ChecklistItem)).all() == [desk.item(item.id)]
    assert session().scalars(visible(manager, ChecklistRow)).all() == []
    desk.sign(item, "facility-manager", "pi")
    with write():
        actions.attach(lead, item, None, now())
    assert desk.item(item.id).state == State.IN_PROGRESS
    assert session().scalars(visible(manager, ChecklistItem)).all() == []
    with write():
        actions.attach(lead, item, None, now())
    assert desk.item(item.id).state == State.IN_PROGRESS


@SQLITE
def test_not_knowing_asks_the_office(desk: Desk) -> None:
    checklist = desk.start()
    item = desk.items(checklist)[0]
    desk.answer(item, "dont-know", "Is a poster a disclosure?")
    question = session().scalars(select(ItemQuestion)).one()
    assert question.text == "Is a poster a disclosure?"
    assert told(desk, "officer", "item-question") == 1
    desk.answer(item, "dont-know", "Is a poster with a video a disclosure?")
    assert session().scalars(select(ItemQuestion.text)).all() == [
        "Is a poster with a video a disclosure?"]
    with pytest.raises(Refused, match="answers first"), write():
        actions.submit(desk.cast.actor("lead"), item, now())
    assert queries.progress(checklist).with_office == 1
    assert [it.question for it in queries.waiting_for(desk.cast.actor("officer"))] == [question]
    assert queries.waiting_for(desk.cast.actor("other_officer")) == []
    with write():
        actions.reply(desk.cast.actor("officer"), question, "Yes, if strangers see it.", now())
    assert told(desk, "lead", "item-question-answered") == 1
    with pytest.raises(Refused, match="answered already"), write():
        actions.reply(desk.cast.actor("officer"), question, "No.", now())
    desk.settle(item)
    assert desk.item(item.id).state == State.APPROVED
    # What the team found out by itself no longer waits.
    other = desk.items(checklist)[1]
    desk.answer(other, "dont-know")
    desk.answer(other, "no")
    assert queries.waiting_for(desk.cast.actor("officer")) == []


@SQLITE
def test_who_signs_for_what(desk: Desk) -> None:
    checklist = desk.start()
    item = desk.signed_by(checklist, "team", "tto-officer")
    desk.hand_over(item)
    cases = (
        ("lead", "team", "You submitted this item"),
        ("member", "tto-officer", "do not hold this role"),
        ("mentor", "team", "do not hold this role"),
        ("officer", "pi", "does not sign this item"),
        ("other_officer", "tto-officer", "do not hold this role"),
    )
    for seat, role, reason in cases:
        with pytest.raises(Refused, match=reason), write():
            actions.sign(desk.cast.actor(seat), item, role, now())
    # An officer who is in the team signs for the team and never for the office.
    with write():
        builders.give(desk.cast.person("member"), "transfer-officer", "organisation",
                      desk.cast.university.id)
    with pytest.raises(Refused, match="do not hold this role"), write():
        actions.sign(desk.cast.actor("member"), item, "tto-officer", now())
    desk.sign(item, "team")
    # Nobody signs for two roles.
    with write():
        builders.give(desk.cast.person("pi"), "transfer-officer", "organisation",
                      desk.cast.university.id)
    both = desk.signed_by(checklist, "pi", "tto-officer")
    desk.hand_over(both)
    with write():
        actions.sign(desk.cast.actor("pi"), both, "pi", now())
    with pytest.raises(Refused, match="for another role"), write():
        actions.sign(desk.cast.actor("pi"), both, "tto-officer", now())
    desk.sign(item, "tto-officer")
    with pytest.raises(Refused, match="not waiting for signatures"), write():
        actions.sign(desk.cast.actor("officer"), item, "tto-officer", now())


@SQLITE
def test_a_signature_holds_only_what_was_read(desk: Desk) -> None:
    checklist = desk.start()
    item = desk.items(checklist)[0]
    desk.hand_over(item)
    read_at = now()
    desk.answer(item, text="Changed since.")
    with write():
        actions.submit(desk.cast.actor("lead"), item, now())
    role = item.sign_off[0]
    seat = {"team": "member", "pi": "pi", "tto-officer": "officer"}[role]
    with pytest.raises(Refused, match="Read it again"), write():
        actions.sign(desk.cast.actor(seat), item, role, now(), seen=read_at)
    with write():
        assert actions.sign_all(desk.cast.actor(seat), checklist, now(), seen=read_at) == 0
        assert actions.sign_all(desk.cast.actor(seat), checklist, now(), seen=now()) == 1


@SQLITE
def test_setting_aside_needs_a_reason_and_somebody_outside(desk: Desk) -> None:
    checklist = desk.start()
    item = desk.signed_by(checklist, "pi", "tto-officer")
    officer, lead = desk.cast.actor("officer"), desk.cast.actor("lead")
    for actor, name, reason in (
        (officer, "waive", " "), (lead, "waive", "No time."), (lead, "not-applicable", "No."),
        (desk.cast.actor("pi"), "waive", "I am sure."), (officer, "reject", "Not yet submitted."),
    ):
        with pytest.raises(Refused), write():
            actions.set_aside(actor, item, name, reason, now())
    desk.hand_over(item)
    with write():
        actions.set_aside(officer, item, "reject", "Name the second inventor.", now())
    assert told(desk, "lead", "item-sent-back") == told(desk, "member", "item-sent-back") == 1
    assert desk.item(item.id).state == State.REJECTED
    with desk.app.test_request_context():
        need = FEATURE.needs[0](lead, "team", desk.team)[0]
    assert need.detail == "Name the second inventor."
    desk.settle(item)
    assert desk.item(item.id).reason == ""
    other = desk.items(checklist)[1]
    with write():
        actions.set_aside(officer, other, "not-applicable", "No material was used.", now())
    desk.answer(other, "yes", "Material was used after all.")
    again = desk.item(other.id)
    assert again.state == State.IN_PROGRESS and again.reason == ""


@SQLITE
def test_what_is_refused_in_an_answer(desk: Desk) -> None:
    item = desk.items(desk.start())[0]
    for draft, field in (
        (AnswerDraft("perhaps", "", ""), "answer"),
        (AnswerDraft("yes", "", "javascript:alert(1)"), "link"),
        (AnswerDraft("yes", "", "ftp://example.org/x"), "link"),
        (AnswerDraft("yes", "", "http://["), "link"),
    ):
        with pytest.raises(Refused) as refusal, write():
            actions.answer(desk.cast.actor("lead"), item, draft, now())
        assert refusal.value.field == field
    desk.answer(item, "yes", "")
    with pytest.raises(Refused, match="Add the evidence"), write():
        actions.submit(desk.cast.actor("lead"), item, now())
    with write():
        assert actions.submit_all(desk.cast.actor("lead"), item.checklist, now()) == 0


@SQLITE
def test_signers_hear_of_what_waits(desk: Desk) -> None:
    checklist = desk.start("inventorship-ownership")
    desk.hand_over(desk.signed_by(checklist, "tto-officer", "pi", "sponsor"))
    assert [told(desk, it, "item-waits") for it in (
        "officer", "pi", "sponsor", "lead", "member", "other_sponsor", "other_officer")
    ] == [1, 1, 1, 0, 0, 0, 0]
