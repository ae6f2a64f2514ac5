"""Handing in: what is frozen, what must be there, when, and only once."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.files import made
from tests.submissions.desk import PITCH, Desk
from workspace.files import actions as files
from workspace.foundation import clock
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import HouseError, Refused
from workspace.foundation.history import StateChange
from workspace.foundation.unit import write
from workspace.inbox.models import Notice
from workspace.submissions import actions, queries, rules
from workspace.submissions.models import Submission

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
State = rules.SubmissionState


def told(desk: Desk, seat: str, kind: str) -> int:
    return session().scalar(
        select(func.count()).where(
            Notice.person_id == desk.cast.person(seat).id, Notice.kind == kind
        )
    ) or 0


def test_everything_is_frozen_together(desk: Desk) -> None:
    done = desk.handed_in()
    assert done.state == State.SUBMITTED and done.submitted_by_id == desk.cast.person("lead").id
    kinds = {it.kind: it for it in done.parts}
    assert kinds["canvas"].data["title"] == "Model"
    assert len(done.sha256) == 64
    step = session().scalars(select(StateChange).where(StateChange.kind == "submission")).one()
    assert (step.source, step.target, step.who_id) == (
        "draft", "submitted", desk.cast.person("lead").id)
    assert told(desk, "member", "submission-made") == 1
    assert told(desk, "lead", "submission-made") == 0
    assert told(desk, "programme_lead", "submission-waits") == 1
    attempts: tuple[Callable[[], object], ...] = (
        lambda: actions.save(desk.cast.actor("lead"), done, actions.PitchDraft("x", "y"), now()),
        lambda: actions.set_deck(desk.cast.actor("lead"), done, None, now()),
        lambda: desk.submit(done),
    )
    for attempt in attempts:
        with pytest.raises(Refused) as refusal, write():
            attempt()
        assert refusal.value.code == "state"
    again = desk.one(done.id)
    assert again.title == "Gel that sees" and again.pitch_text == PITCH


@SQLITE
def test_what_is_missing_is_named_at_its_field(desk: Desk) -> None:
    lead = desk.cast.actor("lead")
    with write():
        draft = actions.start(lead, desk.team, "pitch-review", now())
        actions.save(lead, draft, actions.PitchDraft("", ""), now())
    for field, mend in (
        ("title", actions.PitchDraft("Gel", "")), ("pitch_text", actions.PitchDraft("Gel", PITCH)),
        ("deck", None),
    ):
        with pytest.raises(Refused) as refusal, write():
            desk.submit(draft)
        assert refusal.value.field == field
        deck = None if mend else desk.upload(draft)
        with write():
            if mend:
                actions.save(lead, draft, mend, now())
            else:
                actions.set_deck(lead, draft, deck, now())
    with pytest.raises(Refused) as refusal, write():
        actions.submit(lead, draft, {"canvas": ""}, now())
    assert refusal.value.field == "canvas"
    assert desk.one(draft.id).state == State.DRAFT


@SQLITE
def test_the_deadline_is_an_instant(desk: Desk) -> None:
    desk.entered()
    due = queries.due_at(desk.team, "pitch-review")
    assert due is not None and due == desk.challenge().mid_review_at
    draft = desk.ready()
    tick = timedelta(microseconds=1)
    with clock.frozen(due + tick):
        with pytest.raises(Refused) as refusal, write():
            desk.submit(draft)
        assert (refusal.value.code, refusal.value.status) == ("late", 409)
        assert "programme lead" in refusal.value.reason
    with clock.frozen(due), write():
        desk.submit(draft)
    done = desk.one(draft.id)
    assert done.state == State.SUBMITTED and not done.was_late and done.due_at == due


@SQLITE
def test_the_programme_lead_lets_one_team_hand_in_late(desk: Desk) -> None:
    desk.entered()
    due = queries.due_at(desk.team, "pitch-review")
    assert due is not None
    draft = desk.ready()
    chief = desk.cast.actor("programme_lead")
    until = due + timedelta(days=2)
    with clock.frozen(due + timedelta(hours=1)):
        for wrong, reason in ((due, "Ill"), (until, " ")):
            with pytest.raises(Refused), write():
                actions.allow_late(chief, desk.team, "pitch-review", wrong, reason, now())
        with write():
            actions.allow_late(chief, desk.team, "pitch-review", until, "The lab flooded.", now())
        assert told(desk, "member", "late-allowed") == 1
    with clock.frozen(until + timedelta(microseconds=1)), pytest.raises(Refused), write():
        desk.submit(draft)
    with clock.frozen(until), write():
        desk.submit(draft)
    assert desk.one(draft.id).was_late
    # It counts for this purpose only.
    assert queries.late_until(desk.team, "result") is None


@SQLITE
def test_a_deadline_that_is_put_off_counts_for_drafts_and_replacing(desk: Desk) -> None:
    desk.entered()
    first = desk.handed_in()
    draft = desk.ready()
    with write():
        desk.challenge().mid_review_at = now() + timedelta(days=90)
    with clock.frozen(now() + timedelta(days=60)), write():
        desk.submit(draft)
    assert desk.one(draft.id).state == State.SUBMITTED and not desk.one(draft.id).was_late
    assert desk.one(first.id).state == State.SUPERSEDED


def test_a_new_version_replaces_and_keeps_the_old(desk: Desk) -> None:
    first = desk.handed_in()
    draft = desk.ready()
    assert draft.version == 2 and draft.pitch_text == PITCH
    assert desk.one(first.id).state == State.SUBMITTED  # until the new one is handed in
    with write():
        actions.save(desk.cast.actor("member"), draft, actions.PitchDraft("Better", "New"), now())
        desk.submit(draft, "member")
    old = desk.one(first.id)
    assert (old.state, old.title, old.pitch_text) == (State.SUPERSEDED, "Gel that sees", PITCH)
    newest = queries.latest(desk.team, "pitch-review")
    assert newest is not None and newest.version == 2


def test_taking_back_is_final_and_recorded(desk: Desk) -> None:
    done = desk.handed_in()
    with write():
        actions.withdraw(desk.cast.actor("member"), done, now())
    assert desk.one(done.id).state == State.WITHDRAWN
    with pytest.raises(Refused) as refusal, write():
        actions.withdraw(desk.cast.actor("lead"), done, now())
    assert refusal.value.status == 409
    with write():
        actions.mark_reviewed(done, now())
    assert desk.one(done.id).state == State.WITHDRAWN
    assert desk.ready().version == 2


@SQLITE
def test_a_result_moves_the_entry_on(desk: Desk) -> None:
    entry = desk.entered()
    desk.handed_in("result")
    session().refresh(entry)
    assert entry.state == rules.EntryState.RESULT_SUBMITTED
    desk.handed_in("result")  # a better result replaces it, the entry stays
    session().refresh(entry)
    assert entry.state == rules.EntryState.RESULT_SUBMITTED


def test_two_members_hand_in_at_once_and_one_wins(desk: Desk) -> None:
    draft_id = desk.ready().id

    def deed(seat: str) -> None:
        desk.submit(session().get_one(Submission, draft_id), seat)

    found = desk.at_once(lambda: deed("lead"), lambda: deed("member"))
    lost = [it for it in found if isinstance(it, HouseError)]
    assert len(lost) == 1 and "handed in" in lost[0].reason
    assert len(desk.one(draft_id).parts) == len({it.kind for it in desk.one(draft_id).parts})
    steps = select(func.count()).where(StateChange.kind == "submission")
    assert session().scalar(steps) == 1


def test_what_is_handed_in_cannot_be_overwritten_by_a_slow_save(desk: Desk) -> None:
    draft_id = desk.ready().id
    lead, member = desk.cast.actor("lead"), desk.cast.actor("member")

    def hand_in() -> None:
        actions.submit(lead, session().get_one(Submission, draft_id),
                       {"canvas": desk.canvas}, now())

    def keep() -> None:
        actions.save(member, session().get_one(Submission, draft_id),
                     actions.PitchDraft("Other", "Other words"), now())

    found = desk.at_once(hand_in, keep)
    done = desk.one(draft_id)
    assert done.state == State.SUBMITTED
    kept_late = isinstance(found[1], HouseError)
    assert done.title == ("Gel that sees" if kept_late else "Other")
    parts = [[it.kind, it.sha256] for it in done.parts]
    assert done.deck is not None
    assert done.sha256 == actions.checksum({
        "title": done.title, "pitch": done.pitch_text, "deck": done.deck.sha256, "parts": parts})


def test_starting_twice_at_once_gives_one_draft(desk: Desk) -> None:
    lead = desk.cast.actor("lead")

    def begin() -> int:
        return actions.start(lead, desk.team, "pitch-review", now()).id

    first, second = desk.at_once(begin, begin)
    assert first == second


@SQLITE
def test_a_deck_is_a_pdf(desk: Desk) -> None:
    draft = desk.ready()
    picture = files.take_upload(desk.cast.actor("lead"), io.BytesIO(made.image()), "deck.png",
                                ("submission", draft.id), desk.cast.team.id)
    with pytest.raises(Refused) as refusal, write():
        actions.set_deck(desk.cast.actor("lead"), draft, picture, now())
    assert refusal.value.status == 415
