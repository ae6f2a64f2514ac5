"""Deadlines within a day: each member of a team that has not handed in hears of it once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.text import lazy
from workspace.foundation.unit import write
from workspace.inbox.actions import tell
from workspace.inbox.models import Notice
from workspace.submissions import queries
from workspace.submissions.models import Entry
from workspace.submissions.rules import ENTRANT_STATES, Purpose
from workspace.teams.models import Team

KIND = "deadline-near"
SENTENCES = {KIND: lazy("A deadline of your team is less than a day away.")}
AHEAD = timedelta(hours=24)


def remind(at: datetime) -> int:
    """Tell whoever has not handed in; returns how many teams were told. Inside a unit of work."""
    told = 0
    teams = session().scalars(
        select(Team).where(
            Team.id.in_(select(Entry.team_id).where(Entry.state.in_(ENTRANT_STATES)))
        )
    ).all()
    for team in teams:
        for purpose in Purpose:
            due = queries.due_at(team, purpose)
            if due is None or not at < due <= at + AHEAD:
                continue
            if queries.latest(team, purpose) is not None or _was_told(team, purpose, due):
                continue
            tell(
                (it.person_id for it in team.present), KIND, "answer", team,
                f"/teams/{team.public_id}/pitch", mail=True, purpose=purpose.value,
                due=due.isoformat(),
            )
            told += 1
    return told


def _was_told(team: Team, purpose: Purpose, due: datetime) -> bool:
    rows = session().scalars(
        select(Notice.details).where(
            Notice.kind == KIND, Notice.about_kind == Team.__tablename__,
            Notice.about_id == team.public_id,
        )
    )
    return any(it.get("purpose") == purpose and it.get("due") == due.isoformat() for it in rows)


def keep_reminding() -> None:
    """The periodic job."""
    with write():
        remind(now())
