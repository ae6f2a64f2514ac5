"""Asking people to review: conflicts, races, taking away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from mentors.reviews import actions, queries
from mentors.reviews.models import Panel, Review
from mentors.reviews.rules import PanelState, ReviewState
from tests import builders
from tests.cast import Cast
from tests.reviews.panels import complete, panel_of, pitch, scene
from tests.teams.rooms import at_once, told
from workspace.foundation.access import can, visible
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused, Stale
from workspace.foundation.unit import write
from workspace.submissions import actions as submissions
from workspace.submissions.models import Entry, Submission


def sees(cast: Cast, seat: str, kind: type) -> int:
    """How many rows the seat may know of."""
    return len(session().scalars(visible(cast.actor(seat), kind)).all())


def test_a_pitch_opens_a_panel_and_two_reviewers_start_it(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    assert it.panel.state == PanelState.REQUESTED
    with write():
        actions.assign(builders.actor(it.lead), it.panel, it.first, now())
    assert it.panel.state == PanelState.REQUESTED
    with write():
        actions.declare(cast.actor("reviewer"), it.reviews()[0], "", now())
        actions.assign(builders.actor(it.lead), it.panel, it.second, now())
    assert it.panel.state == PanelState.IN_PROGRESS
    assert told(cast, "reviewer", "review-assigned") == 1


def test_who_has_a_conflict_cannot_be_asked(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    with write():
        builders.give(cast.person("sponsor"), "member", "organisation", cast.company.id)
        session().add(Entry(team_id=cast.team.id, challenge_id=cast.challenge.id,
                            state="active", created_by_id=cast.person("lead").id))
    blocked = {
        "lead": "belongs or belonged", "former": "belongs or belonged",
        "conflicted": "same organisation", "officer": "same organisation",
        "sponsor": "sponsor of the challenge", "programme_lead": "read all reviews",
    }
    for seat, words in blocked.items():
        with pytest.raises(Refused, match=words), write():
            actions.assign(builders.actor(it.lead), it.panel, cast.person(seat), now())
    assert it.reviews() == []
    shown = {one.person.id: bool(one.conflicts) for one in queries.candidates(it.panel)}
    assert shown[cast.person("conflicted").id]
    assert not shown[cast.person("mentor").id]


def test_nobody_is_asked_twice_or_too_late(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    it.finished()
    for person in (it.first, builders.person("Late Comer")):
        with pytest.raises(Refused), write():
            actions.assign(builders.actor(it.lead), it.panel, person, now())


def test_two_leads_ask_the_same_person_at_once(app: Flask, cast: Cast) -> None:
    with app.app_context():
        it = scene(cast)
        with write():
            other = builders.person("Second Lead")
            builders.give(other, "programme-lead", "programme", cast.edition.programme_id)
        ids = it.panel.id, it.first.id, (it.lead.id, other.id)

    def ask(who: int) -> Review:
        from workspace.accounts.models import Person

        panel, person = session().get_one(Panel, ids[0]), session().get_one(Person, ids[1])
        return actions.assign(builders.actor(session().get_one(Person, who)), panel, person, now())

    found = at_once(app, *(lambda who=who: ask(who) for who in ids[2]))
    assert sum(isinstance(one, Review) for one in found) == 1
    assert sum(isinstance(one, (Refused, Stale)) for one in found) == 1
    with app.app_context():
        assert len(queries.counted(session().get_one(Panel, ids[0]))) == 1


def test_a_declared_conflict_hides_everything_at_once(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    first, _second = it.begun()
    assert (sees(cast, "reviewer", Review), sees(cast, "reviewer", Submission)) == (1, 1)
    with write():
        assert not actions.declare(cast.actor("reviewer"), first, "competitor", now())
    assert first.state == ReviewState.REASSIGNED
    for kind in (Review, Panel, Submission):
        assert sees(cast, "reviewer", kind) == 0
    assert it.panel.state == PanelState.REQUESTED
    assert told(cast, "programme_lead", "conflict-declared") == 1
    with pytest.raises(Refused), write():
        actions.assign(builders.actor(it.lead), it.panel, it.first, now())


def test_a_tie_that_comes_later_takes_the_review_away(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    it.begun()
    with write():
        builders.give(it.second, "member", "organisation", cast.company.id)
    assert len(it.reviews()) == 2, "no tie to the team yet"
    with write():  # the team enters a challenge of the second reviewer's house
        entry = Entry(team_id=cast.team.id, challenge_id=cast.challenge.id, state="submitted",
                      created_by_id=cast.person("lead").id)
        entry.team, entry.challenge = cast.team, cast.challenge
        session().add(entry)
        session().flush()
        submissions.step_entry(builders.actor(it.lead), entry, "shortlist", now())
    assert [one.reviewer_id for one in it.reviews()] == [it.first.id]
    with write():  # the first comes to work where the team works
        builders.give(it.first, "member", "organisation", cast.university.id)
    assert it.reviews() == []
    assert sees(cast, "reviewer", Panel) == 0
    assert told(cast, "reviewer", "review-taken") == 1
    assert told(cast, "programme_lead", "conflict-declared") == 2


def test_finished_reviews_stay_when_a_tie_comes_later(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    it.finished()
    with write():
        builders.give(it.first, "member", "organisation", cast.university.id)
    assert [one.state for one in it.reviews()] == ["submitted", "submitted"]


def test_taking_away_needs_a_reason_or_five_silent_days(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    first, second = it.asked()
    with pytest.raises(Refused), write():
        actions.take_away(builders.actor(it.lead), first, " ", now())
    with write():
        actions.take_away(builders.actor(it.lead), first, "She is on leave.", now())
    assert sees(cast, "reviewer", Review) == 0
    with frozen(now() + timedelta(days=6)), write():
        actions.take_away(builders.actor(it.lead), second, "", now())
    assert it.reviews() == []


def test_a_lead_in_the_team_cannot_run_its_panel(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    it.finished()
    with write():
        builders.join(cast.team, it.lead)
    lead = builders.actor(it.lead)
    assert not can(lead, "run", it.panel)
    assert session().scalars(visible(lead, Review)).all() == []
    assert session().scalars(visible(lead, Panel)).all() == []
    assert queries.panels_of(lead, cast.edition) == []


def test_a_lead_who_reviews_does_not_read_the_others(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    with write():
        other = builders.person("Second Lead")
        builders.give(other, "programme-lead", "programme", cast.edition.programme_id)
        actions.assign(builders.actor(it.lead), it.panel, other, now())
        mine = actions.assign(builders.actor(it.lead), it.panel, it.first, now())
        actions.declare(cast.actor("reviewer"), mine, "", now())
        actions.save(cast.actor("reviewer"), mine, complete(mine), now())
        actions.submit(cast.actor("reviewer"), mine, now())
    actor = builders.actor(other)
    assert not can(actor, "run", it.panel)
    assert [one.reviewer_id for one in session().scalars(visible(actor, Review))] == [other.id]


def test_a_withdrawn_pitch_is_out_of_reach(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    it.begun()
    with write():
        submissions.withdraw(cast.actor("lead"), it.panel.submission, now())
    for kind in (Review, Panel, Submission):
        assert sees(cast, "reviewer", kind) == 0
    with pytest.raises(Refused, match="no longer handed in"), write():
        actions.assign(builders.actor(it.lead), it.panel, builders.person("New One"), now())


def test_each_version_has_a_panel_of_its_own(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    with write():
        again = pitch(cast.team, cast.person("lead"), version=2)
    assert panel_of(again).id != it.panel.id
