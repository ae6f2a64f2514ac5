"""What teams knows about a person, and what goes when the account is erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from workspace.accounts.models import Person
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.text import lazy
from workspace.teams.models import (
    CharterSignature,
    Contribution,
    JoinRequest,
    Member,
    MentorAssignment,
)


def present_teams(person_id: int) -> frozenset[int]:
    """Teams in which the person is a member today."""
    return frozenset(
        session().scalars(
            select(Member.team_id).where(Member.person_id == person_id, Member.left_at.is_(None))
        )
    )


def records(person_id: int, _at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Memberships, mentoring, requests, signatures and the person's own lines of the log.

    A team that she has left is named by its key alone: its name may have changed since.
    """
    mine, rows = present_teams(person_id), session().scalars
    return {
        "teams": [
            {
                "team": it.team.public_id, "name": it.team.name if it.team_id in mine else None,
                "role": it.role, "status": it.member_status, "discipline": it.discipline,
                "joined": it.created_at, "left": it.left_at,
            }
            for it in rows(select(Member).where(Member.person_id == person_id).order_by(Member.id))
        ],
        "mentoring": [
            {"assignment": it.public_id, "since": it.created_at}
            for it in rows(select(MentorAssignment).where(MentorAssignment.person_id == person_id))
        ],
        "requests_to_join": [
            {"message": it.message, "asked": it.created_at, "answered": it.answered_at,
             "accepted": it.accepted}
            for it in rows(select(JoinRequest).where(JoinRequest.person_id == person_id))
        ],
        "charter_signatures": [
            {"version": it.charter_version, "signed": it.created_at}
            for it in rows(select(CharterSignature).where(CharterSignature.person_id == person_id))
        ],
        "contributions": [
            {"text": it.text, "at": it.created_at}
            for it in rows(
                select(Contribution).where(Contribution.person_id == person_id)
                .order_by(Contribution.id)
            )
        ],
    }


def before_erasure(person: Person, _now: datetime) -> None:
    """Raise Refused when a team would be left without a lead."""
    led = session().scalars(
        select(Member).where(
            Member.person_id == person.id, Member.role == "lead", Member.left_at.is_(None)
        )
    )
    for member in led:
        if any(it.person_id != person.id for it in member.team.present):
            raise Refused(
                lazy(
                    "You lead the team %(team)s. Hand the lead over to another member first.",
                    team=member.team.name,
                )
            )


def forget(person: Person, now: datetime) -> None:
    """Leave every team; requests that wait are taken back. What was written stays."""
    for member in session().scalars(
        select(Member).where(Member.person_id == person.id, Member.left_at.is_(None))
    ):
        member.left_at = now
    session().execute(
        delete(JoinRequest).where(
            JoinRequest.person_id == person.id, JoinRequest.answered_at.is_(None)
        )
    )
