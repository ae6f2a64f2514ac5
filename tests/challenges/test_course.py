"""A brief goes to review, is published, closes by the clock, is decided; or is cancelled."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import Cast
from tests.challenges.drafts import brief
from workspace.challenges import actions, clockwork, queries
from workspace.challenges.brief import Brief
from workspace.challenges.models import Challenge
from workspace.challenges.rules import ChallengeState, takes_entries
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import session
from workspace.foundation.errors import Denied, Refused
from workspace.foundation.history import StateChange
from workspace.foundation.unit import write
from workspace.inbox.models import Notice


def opened(cast: Cast, **fields: object) -> Challenge:
    """A complete draft by the sponsor."""
    with write():
        return actions.open_challenge(
            cast.actor("sponsor"), cast.edition, cast.company, brief(now(), **fields), now()
        )


def in_review(cast: Cast, **fields: object) -> Challenge:
    challenge = opened(cast, **fields)
    with write():
        actions.submit(cast.actor("sponsor"), challenge, now())
    return challenge


def told(seat: str, cast: Cast, kind: str) -> int:
    query = select(Notice).where(Notice.person_id == cast.person(seat).id, Notice.kind == kind)
    return len(session().scalars(query).all())


def test_a_brief_is_sent_approved_and_seen(context: Flask, cast: Cast) -> None:
    challenge = in_review(cast)
    assert told("programme_lead", cast, "challenge-to-review") == 1
    with write():
        actions.approve(cast.actor("programme_lead"), challenge, now(), terms_signed=True)
    assert challenge.state == ChallengeState.PUBLISHED
    assert challenge.terms_signed_at is not None and challenge.published_at is not None
    assert told("sponsor", cast, "challenge-published") == 1
    assert told("participant", cast, "challenge-published") == 1
    assert told("stranger", cast, "challenge-published") == 0
    steps = [(it.step, it.source, it.target, it.who_id) for it, _who in queries.history(challenge)]
    assert steps == [
        ("approve", "in-review", "published", cast.person("programme_lead").id),
        ("submit", "draft", "in-review", cast.person("sponsor").id),
    ]


def test_an_unfinished_brief_is_kept_but_not_sent(context: Flask, cast: Cast) -> None:
    challenge = opened(cast, problem="")
    with pytest.raises(Refused, match="Describe the problem"), write():
        actions.submit(cast.actor("sponsor"), challenge, now())
    assert session().scalars(select(StateChange)).all() == []


def test_terms_must_be_signed(context: Flask, cast: Cast) -> None:
    challenge = in_review(cast)
    with pytest.raises(Refused, match="has not signed the terms"), write():
        actions.approve(cast.actor("programme_lead"), challenge, now(), terms_signed=False)
    session().refresh(challenge)
    assert challenge.state == ChallengeState.IN_REVIEW


def test_a_gate_that_watches_the_sponsor_must_be_open(
    context: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenge = in_review(cast)
    assert queries.released_gates(challenge) is None
    monkeypatch.setattr(queries, "released_gates", lambda _challenge: frozenset[str]())
    with pytest.raises(Refused, match="has not cleared this sponsor"), write():
        actions.approve(cast.actor("programme_lead"), challenge, now(), terms_signed=True)
    cleared = frozenset({"sponsor-cleared"})
    monkeypatch.setattr(queries, "released_gates", lambda _challenge: cleared)
    with write():
        actions.approve(cast.actor("programme_lead"), challenge, now(), terms_signed=True)
    assert challenge.state == ChallengeState.PUBLISHED


def test_nobody_publishes_what_she_sent(context: Flask, cast: Cast) -> None:
    challenge = opened(cast)
    with write():
        actions.submit(cast.actor("programme_lead"), challenge, now())
    with pytest.raises(Denied), write():
        actions.approve(cast.actor("programme_lead"), challenge, now(), terms_signed=True)


def test_changes_are_asked_for_with_a_reason(context: Flask, cast: Cast) -> None:
    challenge = in_review(cast)
    with pytest.raises(Refused), write():
        actions.request_changes(cast.actor("programme_lead"), challenge, "  ", now())
    with write():
        actions.request_changes(cast.actor("programme_lead"), challenge, "Name the user.", now())
    assert challenge.state == ChallengeState.DRAFT
    assert told("sponsor", cast, "challenge-changes") == 1
    last = queries.last_step(challenge)
    assert last is not None and last.reason == "Name the user."


def test_a_step_taken_twice_is_taken_once(context: Flask, cast: Cast) -> None:
    challenge = in_review(cast)
    with pytest.raises(Refused) as refusal, write():
        actions.submit(cast.actor("sponsor"), challenge, now())
    assert refusal.value.status == 409
    assert len(queries.history(challenge)) == 1


def test_deadlines_hold_at_the_instant_and_the_clock_follows(context: Flask, cast: Cast) -> None:
    challenge = cast.challenge
    close, hand_in = challenge.applications_close_at, challenge.submission_at
    assert close is not None and hand_in is not None
    late = close + timedelta(seconds=1)
    assert takes_entries(challenge.state, challenge.timeline, close)
    assert not takes_entries(challenge.state, challenge.timeline, late)
    assert challenge.state_at(close) == ChallengeState.PUBLISHED
    assert challenge.state_at(late) == ChallengeState.CLOSED
    assert challenge.state_at(hand_in + timedelta(seconds=1)) == ChallengeState.JUDGING
    assert challenge.state == "published"
    with frozen(late):
        actor = cast.actor("participant")
        found, _total = queries.found(actor, queries.Filters(state="closed"), now())
        assert [it.id for it in found] == [challenge.id]
        clockwork.keep_time()
        session().refresh(challenge)
        assert challenge.state == ChallengeState.CLOSED
        clockwork.keep_time()
        assert [it.step for it, _who in queries.history(challenge)] == ["close"]
        assert told("sponsor", cast, "challenge-closed") == 1
    with frozen(hand_in + timedelta(days=1)):
        clockwork.keep_time()
        session().refresh(challenge)
        assert challenge.state == ChallengeState.JUDGING
        who = queries.history(challenge)[0][1]
        assert who is None


def test_both_sides_decide(context: Flask, cast: Cast) -> None:
    challenge = cast.challenge
    hand_in = challenge.submission_at
    assert hand_in is not None
    with frozen(hand_in + timedelta(days=1)):
        with write():
            done = actions.agree_decision(cast.actor("sponsor"), challenge, now(), side="sponsor")
        assert not done and challenge.state == ChallengeState.JUDGING
        assert told("programme_lead", cast, "challenge-agree") == 1
        with write():
            assert not actions.agree_decision(
                cast.actor("sponsor"), challenge, now(), side="sponsor")
        with pytest.raises(Refused), write():
            actions.agree_decision(cast.actor("sponsor"), challenge, now(), side="programme")
        with write():
            assert actions.agree_decision(
                cast.actor("programme_lead"), challenge, now(), side="programme")
        assert challenge.state == ChallengeState.DECIDED


def test_cancelling_tells_the_reason(context: Flask, cast: Cast) -> None:
    challenge = cast.challenge
    with write():
        actions.sign_annex(cast.actor("participant"), challenge, now())
    with pytest.raises(Refused), write():
        actions.cancel(cast.actor("programme_lead"), challenge, "", now())
    with write():
        actions.cancel(cast.actor("programme_lead"), challenge, "The sponsor closed.", now())
    assert challenge.state == ChallengeState.CANCELLED
    assert told("participant", cast, "challenge-cancelled") == 1
    assert told("sponsor", cast, "challenge-cancelled") == 1
    with pytest.raises(Refused), write():
        actions.cancel(cast.actor("programme_lead"), challenge, "Again.", now())


def test_publication_locks_and_dates_move_to_later_only(context: Flask, cast: Cast) -> None:
    challenge = in_review(cast)
    with write():
        actions.approve(cast.actor("programme_lead"), challenge, now(), terms_signed=True)
    held = challenge.brief
    sponsor = cast.actor("sponsor")
    with pytest.raises(Refused, match="Prize"), write():
        actions.change_brief(sponsor, challenge, brief_with(held, prize_cash=1), now())
    with pytest.raises(Refused, match="later"), write():
        actions.change_brief(sponsor, challenge, brief_with(held, days=-1), now())
    with write():
        changed = actions.change_brief(sponsor, challenge, brief_with(held, days=1), now())
    assert changed == ("applications_close_at",)
    assert told("participant", cast, "challenge-dates") == 1


def brief_with(held: Brief, *, prize_cash: int | None = None, days: int = 0) -> Brief:
    """The brief with another prize, or with applications that close `days` later."""
    close = held.timeline.applications_close_at
    assert close is not None
    if prize_cash is not None:
        return replace(held, prize=replace(held.prize, cash=prize_cash))
    return replace(held, timeline=replace(
        held.timeline, applications_close_at=close + timedelta(days=days)))
