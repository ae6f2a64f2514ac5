"""A deadline within a day is told once, by notice and letter, to whoever has not handed in."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from tests.cast import Cast
from workspace.foundation import jobs, mail
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.inbox.models import Notice
from workspace.submissions.models import Entry, Submission
from workspace.submissions.reminders import KIND, remind


def _enter(cast: Cast) -> None:
    session().add(
        Entry(team_id=cast.team.id, challenge_id=cast.challenge.id, state="active",
              created_by_id=cast.person("lead").id)
    )
    session().flush()


def test_each_member_hears_once_of_a_deadline_within_a_day(context: Flask, cast: Cast) -> None:
    due = cast.challenge.mid_review_at
    assert due is not None
    with write():
        _enter(cast)
        assert remind(due - timedelta(hours=25)) == 0
        assert remind(due - timedelta(hours=23)) == 1
        assert remind(due - timedelta(hours=22)) == 0
        assert remind(due) == 0
    told = session().scalars(select(Notice).where(Notice.kind == KIND)).all()
    assert {it.person_id for it in told} == {cast.person("lead").id, cast.person("member").id}
    jobs.run_due(context)
    letters = mail.sent()
    assert {it["To"] for it in letters} == {cast.email("lead"), cast.email("member")}
    assert all(cast.team.name not in str(it["Subject"]) for it in letters)


def test_who_has_handed_in_hears_nothing(context: Flask, cast: Cast) -> None:
    due = cast.challenge.mid_review_at
    assert due is not None
    with write():
        _enter(cast)
        session().add(
            Submission(team_id=cast.team.id, purpose="pitch-review", version=1, state="submitted",
                       made_by_id=cast.person("lead").id, submitted_at=now())
        )
        session().flush()
        assert remind(due - timedelta(hours=1)) == 0
