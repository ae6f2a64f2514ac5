"""Entering a challenge, preparing a pitch, handing it in, taking it back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from workspace.challenges.models import Challenge
from workspace.files.models import File
from workspace.foundation import checks
from workspace.foundation.access import Actor
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.features import house
from workspace.foundation.history import record_step
from workspace.foundation.text import lazy, ngettext
from workspace.grants.queries import valid_agreement
from workspace.submissions import facts, queries, rules
from workspace.submissions.models import Entry, LateDecision, Submission, SubmissionPart
from workspace.teams.models import Team

NOBODY = Actor()


@dataclass(frozen=True)
class PitchDraft:
    """What the team types: title, pitch and the chosen parts (`kind` -> choice)."""

    title: str
    pitch_text: str
    choices: Mapping[str, str] = field(default_factory=dict)


# Entries


def _entry_facts(entry: Entry, now: datetime) -> rules.EntryFacts:
    team, challenge = entry.team, entry.challenge
    size = len(team.present)
    problem = None
    if size < challenge.team_min:
        problem = ngettext("This challenge takes teams of %(num)d member or more.",
                           "This challenge takes teams of %(num)d members or more.",
                           challenge.team_min)
    elif size > challenge.team_max:
        problem = ngettext("This challenge takes teams of at most %(num)d member.",
                           "This challenge takes teams of at most %(num)d members.",
                           challenge.team_max)
    entered = session().scalar(
        select(func.count()).where(
            Entry.challenge_id == challenge.id, Entry.id != entry.id,
            Entry.state.in_(rules.ENTRANT_STATES),
        )
    ) or 0
    bound = not challenge.annex or all(
        valid_agreement(it.person_id, "challenge", challenge.id, now) is not None
        for it in team.present
    )
    return rules.EntryFacts(
        now=now, deadline=challenge.applications_close_at, motivation=entry.motivation,
        size_problem=problem, teams_entered=entered, max_teams=challenge.max_teams,
        confidentiality_valid=bound,
        has_result=queries.latest(team, rules.Purpose.RESULT) is not None,
        challenge_decided=challenge.state in {"decided", "option-running", "completed"},
    )


def enter(actor: Actor, team: Team, challenge: Challenge, motivation: str, now: datetime) -> Entry:
    """Apply to a challenge: one entry a team and challenge; a withdrawn one cannot come back."""
    assert actor.person_id is not None
    # The challenge's row is locked, so that the last place is given once.
    session().execute(select(Challenge.id).where(Challenge.id == challenge.id).with_for_update())
    if challenge.state != "published":
        raise Refused(lazy("This challenge does not take applications now."))
    entry = queries.entry_to(team, challenge)
    if entry is not None and entry.state != rules.EntryState.DRAFT:
        raise Refused(lazy("Your team has applied to this challenge already."))
    if entry is None:
        entry = Entry(team_id=team.id, challenge_id=challenge.id, created_by_id=actor.person_id)
        entry.team, entry.challenge = team, challenge
        session().add(entry)
    entry.motivation = motivation
    session().flush()
    step_entry(actor, entry, "submit", now)
    entry.submitted_at = now
    return entry


def step_entry(actor: Actor, entry: Entry, name: str, now: datetime, reason: str = "") -> None:
    """Take one step of the entry's machine."""
    session().execute(
        select(Challenge.id).where(Challenge.id == entry.challenge_id).with_for_update()
    )
    session().flush()
    session().refresh(entry, ["state"])  # somebody may have decided while we waited for the lock
    source = entry.state
    target = rules.ENTRY.step(source, name, _entry_facts(entry, now))
    entry.state = target
    record_step("entry", entry.id, name, source, target, actor.person_id, now, reason)
    announce(
        facts.EntryStepped(
            actor.person_id, entry.team_id, entry.id, entry.challenge_id, name, source, target
        )
    )


# Submissions


def start(actor: Actor, team: Team, purpose: str, now: datetime) -> Submission:
    """The team's draft for this purpose; the one in hand is kept."""
    assert actor.person_id is not None
    session().execute(select(Team.id).where(Team.id == team.id).with_for_update())
    found = queries.draft_of(team, purpose)
    if found is not None:
        return found
    before = queries.latest(team, purpose)
    entry = queries.main_entry(team)
    draft = Submission(
        team_id=team.id, entry_id=entry.id if entry else None, purpose=purpose,
        version=queries.next_version(team, purpose), made_by_id=actor.person_id,
        title=before.title if before else team.title, due_at=queries.due_at(team, purpose),
        pitch_text=before.pitch_text if before else "",
        deck_file_id=before.deck_file_id if before else None,
    )
    draft.team = team
    session().add(draft)
    session().flush()
    announce(facts.SubmissionStarted(actor.person_id, team.id, draft.id))
    return draft


def check_open(submission: Submission) -> None:
    """Raise Refused unless the version is still a draft."""
    if submission.state != rules.SubmissionState.DRAFT:
        raise Refused(
            lazy("This version is handed in and stays as it is. Start a new version to change it."),
            code="state", status=409,
        )


def _lock(submission: Submission) -> Submission:
    """The version as it is on disk now, held until the end of the unit."""
    return session().scalars(
        select(Submission).where(Submission.id == submission.id).with_for_update(of=Submission)
        .execution_options(populate_existing=True)
    ).one()


def save(actor: Actor, submission: Submission, draft: PitchDraft, now: datetime) -> None:
    """Keep what was typed; nothing has to be complete."""
    submission = _lock(submission)
    check_open(submission)
    submission.title, submission.pitch_text = draft.title, draft.pitch_text
    announce(
        facts.SubmissionChanged(
            actor.person_id, submission.team_id, submission.id, ("title", "pitch_text")
        )
    )


def set_deck(actor: Actor, submission: Submission, deck: File | None, now: datetime) -> None:
    """Put another deck into the draft; the old file stays with the versions that have it."""
    submission = _lock(submission)
    check_open(submission)
    if deck is not None and deck.content_type != "application/pdf":
        raise Refused(lazy("A deck is a PDF file. Export your slides as PDF first."), field="deck",
                      code="type_not_allowed", status=415)
    submission.deck_file_id = deck.id if deck else None
    submission.deck = deck
    announce(
        facts.SubmissionChanged(actor.person_id, submission.team_id, submission.id, ("deck",))
    )


def checksum(data: Any) -> str:
    """SHA-256 of data as canonical JSON, in hexadecimal."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _facts(submission: Submission, now: datetime, has_canvas: bool) -> rules.SubmissionFacts:
    return rules.SubmissionFacts(
        now=now, due_at=queries.due_of(submission),
        late_until=queries.late_until(submission.team, submission.purpose),
        title=submission.title, pitch_text=submission.pitch_text,
        has_deck=submission.deck_file_id is not None, has_canvas=has_canvas,
    )


def submit(
    actor: Actor, submission: Submission, choices: Mapping[str, str], now: datetime
) -> None:
    """Hand in: freeze every part, replace the version before, close this one for ever."""
    team = submission.team
    locked = _lock(submission)
    check_open(locked)
    locked.due_at = queries.due_of(locked)
    entry = queries.main_entry(team)
    locked.entry_id = entry.id if entry else None
    parts = [
        (part, part.freeze(actor, team, choices.get(part.kind, ""), now))
        for feature in house().features for part in feature.parts
    ]
    has_canvas = any(part.kind == "canvas" and data for part, data in parts)
    found = _facts(locked, now, has_canvas)
    if not rules.may_hand_in(now, found.due_at, found.late_until):
        raise Refused(str(rules.in_time_or_allowed(found)), code="late", status=409)
    checks.refuse(rules.check_submission(found))
    for part, data in parts:
        if data:
            session().add(
                SubmissionPart(submission_id=locked.id, kind=part.kind, title=str(part.title),
                               data=dict(data), sha256=checksum(data))
            )
    _replace_older(actor, team, locked, found)
    locked.was_late = rules.is_late(now, locked.due_at)
    locked.submitted_at, locked.submitted_by_id = now, actor.person_id
    session().flush()
    session().expire(locked, ["parts"])
    locked.sha256 = checksum(
        {
            "title": locked.title, "pitch": locked.pitch_text,
            "deck": locked.deck.sha256 if locked.deck else "",
            "parts": [[it.kind, it.sha256] for it in locked.parts],
        }
    )
    source = locked.state
    target = rules.SUBMISSION.step(source, "submit", found)
    locked.state = target
    record_step("submission", locked.id, "submit", source, target, actor.person_id, now)
    announce(
        facts.SubmissionMade(
            actor.person_id, team.id, locked.id, "submit", source, target, team.edition_id,
            locked.purpose, locked.version,
        )
    )
    session().flush()
    if entry and locked.purpose == rules.Purpose.RESULT and entry.state == rules.EntryState.ACTIVE:
        step_entry(actor, entry, "submit-result", now)


def _replace_older(
    actor: Actor, team: Team, new: Submission, found: rules.SubmissionFacts
) -> None:
    """What was handed in before gives way; the new version's deadline decides, not the old one."""
    older = session().scalars(
        select(Submission).where(
            Submission.team_id == team.id, Submission.purpose == new.purpose,
            Submission.id != new.id, Submission.state == rules.SubmissionState.SUBMITTED,
        ).with_for_update(of=Submission)
    )
    for it in older:
        _step(actor, it, "replace", found.now, facts.SubmissionStepped, found)


def _step(
    actor: Actor, submission: Submission, name: str, now: datetime,
    fact: type[facts.SubmissionStepped], found: rules.SubmissionFacts | None = None,
) -> None:
    source = submission.state
    target = rules.SUBMISSION.step(source, name, found or _facts(submission, now, True))
    submission.state = target
    record_step("submission", submission.id, name, source, target, actor.person_id, now)
    announce(fact(actor.person_id, submission.team_id, submission.id, name, source, target))


def withdraw(actor: Actor, submission: Submission, now: datetime) -> None:
    """Take it back; reviewers no longer see it."""
    locked = _lock(submission)
    _step(actor, locked, "withdraw", now, facts.SubmissionWithdrawn)
    locked.withdrawn_at = now


def mark_reviewed(submission: Submission, now: datetime) -> None:
    """The reviews of this version are with the team."""
    submission = _lock(submission)
    if submission.state == rules.SubmissionState.SUBMITTED:
        _step(NOBODY, submission, "mark-reviewed", now, facts.SubmissionStepped)


def allow_late(actor: Actor, team: Team, purpose: str, until: datetime, reason: str,
               now: datetime) -> None:
    """The programme lead lets one team hand in later."""
    assert actor.person_id is not None
    checks.refuse(
        rules.check_late_decision(until, reason, queries.due_at(team, purpose), now)
    )
    session().add(
        LateDecision(team_id=team.id, purpose=purpose, until=until, reason=reason,
                     decided_by_id=actor.person_id)
    )
    session().flush()
    announce(facts.LateAllowed(actor.person_id, team.id, purpose))
