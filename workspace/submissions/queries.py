"""Questions about entries and submissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, select
from sqlalchemy.orm import joinedload, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from workspace.challenges.models import Challenge
from workspace.files.models import File, FilePage
from workspace.foundation.access import Actor, visible
from workspace.foundation.db import session
from workspace.foundation.once import answered, asked_once
from workspace.organisations.models import Organisation
from workspace.submissions.access import late_clause, submission_clause
from workspace.submissions.models import Entry, LateDecision, Submission
from workspace.submissions.rules import COUNTED_STATES, ENTRANT_STATES, Purpose, SubmissionState
from workspace.teams.access import member_teams, of_readable_teams
from workspace.teams.models import Member, Team


def entries_of(actor: Actor, team: Team) -> Sequence[Entry]:
    """The team's entries, newest first."""
    return session().scalars(
        visible(actor, Entry).where(Entry.team_id == team.id).order_by(Entry.id.desc())
    ).all()


def led_teams(actor: Actor, challenge: Challenge) -> Select[Any]:
    """Teams with which the person may apply to the challenge: those that she leads there."""
    return visible(actor, Team).where(
        Team.edition_id == challenge.edition_id, Team.id.in_(actor.scopes("team-lead", "team"))
    )


def entry_to(team: Team, challenge: Challenge) -> Entry | None:
    """The team's entry to this challenge, whatever its state."""
    return session().scalar(
        select(Entry).where(Entry.team_id == team.id, Entry.challenge_id == challenge.id)
    )


@asked_once
def main_entry(team: Team) -> Entry | None:
    """The entry that the team works on: its newest that counts."""
    return session().scalar(
        select(Entry)
        .where(Entry.team_id == team.id, Entry.state.in_(ENTRANT_STATES))
        .order_by(Entry.id.desc())
    )


def sponsor_name(team_id: ColumnElement[int]) -> ScalarSelect[str]:
    """Who sponsors the challenge that the team of that column works on."""
    return (
        select(Organisation.name)
        .join(Challenge, Challenge.organisation_id == Organisation.id)
        .join(Entry, Entry.challenge_id == Challenge.id)
        .where(Entry.team_id == team_id, Entry.state.in_(ENTRANT_STATES))
        .order_by(Entry.id.desc()).limit(1)
        .correlate(Team).scalar_subquery()
    )


def entry_counts(challenge_ids: Sequence[int]) -> dict[int, int]:
    """How many teams have entered each challenge."""
    rows = session().execute(
        select(Entry.challenge_id, func.count())
        .where(Entry.challenge_id.in_(challenge_ids), Entry.state.in_(ENTRANT_STATES))
        .group_by(Entry.challenge_id)
    )
    return {row[0]: row[1] for row in rows}


def entered(team_id: int) -> Select[int]:
    """A query for the ids of the challenges that the team has entered."""
    return select(Entry.challenge_id).where(
        Entry.team_id == team_id, Entry.state.in_(ENTRANT_STATES)
    )


def entrants(challenge_id: int) -> list[int]:
    """Ids of the present members of teams that have entered the challenge."""
    return list(session().scalars(
        select(Member.person_id).distinct()
        .join(Entry, Entry.team_id == Member.team_id)
        .where(Entry.challenge_id == challenge_id, Entry.state.in_(ENTRANT_STATES),
               Member.left_at.is_(None))
    ))


def submissions_of(actor: Actor, team: Team) -> Sequence[Submission]:
    """The team's submissions that the person may know of, newest first."""
    return session().scalars(
        visible(actor, Submission).where(Submission.team_id == team.id)
        .order_by(Submission.id.desc())
    ).all()


def draft_of(team: Team, purpose: str) -> Submission | None:
    """The draft in hand, if any."""
    return session().scalar(
        select(Submission).where(
            Submission.team_id == team.id, Submission.purpose == purpose,
            Submission.state == SubmissionState.DRAFT,
        )
    )


@asked_once
def latest(team: Team, purpose: str) -> Submission | None:
    """The version that counts now."""
    return session().scalar(
        select(Submission)
        .where(
            Submission.team_id == team.id, Submission.purpose == purpose,
            Submission.state.in_(COUNTED_STATES),
        )
        .order_by(Submission.version.desc())
    )


@asked_once
def standing(team: Team) -> tuple[Entry | None, Mapping[str, Submission]]:
    """The main entry and, by purpose, the version that counts now; both in one question."""
    rows = session().execute(
        select(Entry, Submission).select_from(Team)
        .outerjoin(Entry, and_(Entry.team_id == Team.id, Entry.state.in_(ENTRANT_STATES)))
        .outerjoin(Submission, and_(Submission.team_id == Team.id,
                                    Submission.state.in_(COUNTED_STATES)))
        .where(Team.id == team.id)
        .order_by(Entry.id, Submission.version)
        .options(
            lazyload(Entry.team), lazyload(Submission.team),
            joinedload(Entry.challenge, innerjoin=False)
            .joinedload(Challenge.organisation, innerjoin=False),
        )
    ).all()
    entry = rows[-1][0] if rows else None
    newest = {it.purpose: it for _entry, it in rows if it is not None}
    answered(main_entry, entry, team)
    for purpose in Purpose:
        answered(latest, newest.get(purpose), team, purpose)
    return entry, newest


def next_version(team: Team, purpose: str) -> int:
    """The number of the next version, from 1."""
    return 1 + (
        session().scalar(
            select(func.max(Submission.version)).where(
                Submission.team_id == team.id, Submission.purpose == purpose
            )
        )
        or 0
    )


def late_until(team: Team, purpose: str) -> datetime | None:
    """Until when the programme lead lets this team hand in late."""
    return session().scalar(
        select(func.max(LateDecision.until)).where(
            LateDecision.team_id == team.id, LateDecision.purpose == purpose
        )
    )


def late_decisions(actor: Actor, team: Team) -> Mapping[str, LateDecision]:
    """The newest decision for each purpose, with its reason: for the team itself."""
    rows = session().scalars(
        select(LateDecision).where(late_clause(actor), LateDecision.team_id == team.id)
        .order_by(LateDecision.id)
    )
    return {it.purpose: it for it in rows}


def due_at(team: Team, purpose: str) -> datetime | None:
    """The deadline: mid review or submission of the challenge, else the end of the pitch phase.

    Every deadline is an instant.
    """
    entry = main_entry(team)
    if entry is not None:
        challenge = entry.challenge
        return challenge.submission_at if purpose == Purpose.RESULT else (
            challenge.mid_review_at or challenge.submission_at
        )
    phase = next((it for it in team.edition.phases if it.key == "pitch"), None)
    return phase.ends_at if phase is not None else None


def due_of(submission: Submission) -> datetime | None:
    """The deadline that counts: today's while it is a draft, since deadlines may be put off."""
    if submission.state == SubmissionState.DRAFT:
        return due_at(submission.team, submission.purpose)
    return submission.due_at


def pages_of(file: File | None) -> Sequence[FilePage]:
    """Slides of a deck, in order."""
    if file is None:
        return ()
    return session().scalars(
        select(FilePage).where(FilePage.file_id == file.id).order_by(FilePage.number)
    ).all()


def slides_of(submission: Submission) -> Sequence[FilePage]:
    """Slides of its deck, in order; the deck comes with them."""
    if submission.deck_file_id is None:
        return ()
    rows = session().execute(
        select(File, FilePage).outerjoin(FilePage, FilePage.file_id == File.id)
        .where(File.id == submission.deck_file_id).order_by(FilePage.number)
    ).all()
    set_committed_value(submission, "deck", rows[0][0])
    return [it for _file, it in rows if it is not None]


def readable_files(actor: Actor) -> Select[int]:
    """Decks of submissions that the person may read (the programme lead may not)."""
    reader = (
        Submission.team_id.in_(member_teams(actor))
        | of_readable_teams(actor, Submission.team_id)
        | Submission.id.in_(actor.scopes("submission-reader", "submission"))
    )
    return select(File.id).where(
        File.id.in_(select(Submission.deck_file_id).where(submission_clause(actor), reader))
    )
