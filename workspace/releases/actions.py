"""Asking, deciding, showing, withdrawing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from workspace.foundation import checks
from workspace.foundation.access import Actor
from workspace.foundation.days import day_in, instant
from workspace.foundation.db import session
from workspace.foundation.errors import Missing, Refused
from workspace.foundation.facts import announce
from workspace.foundation.features import house
from workspace.foundation.history import record_step
from workspace.foundation.text import lazy
from workspace.organisations.models import Organisation
from workspace.releases import facts, rules
from workspace.releases.models import Release, ReleaseOpening
from workspace.submissions.models import Entry
from workspace.teams.models import Team

NOBODY = Actor()


@dataclass(frozen=True)
class RequestDraft:
    """What a team asks for. `item` is `kind.id` as the form offers it."""

    item: str
    item_title: str
    version_label: str
    audience: str
    organisation: Organisation | None
    show_on: date | None
    purpose: str
    disclosure_kind: str = ""
    is_enabling: bool = False


@dataclass(frozen=True)
class DecisionDraft:
    """What the officer decides: one of `rules.DECISIONS`, with words and perhaps a day.

    `seen` is the checksum of what she has read; empty when nobody read it on a page.
    """

    decision: str
    text: str
    held_until: date | None = None
    seen: str = ""


def checksum(data: Mapping[str, Any]) -> str:
    """SHA-256 of the data as canonical JSON, in hexadecimal: what a decision is bound to."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def frozen(actor: Actor, team: Team, item: str, audience: str) -> dict[str, Any]:
    """Exactly what this audience would see of an item now. Refused when it is not there."""
    kind_name, _dot, item_id = item.partition(".")
    kind = house().releasable(kind_name)
    if kind is None or item_id not in {it[0] for it in kind.offers(actor, team)}:
        raise Refused(lazy("Choose what you want to show."), field="item")
    tier = rules.AUDIENCE_TIERS[rules.Audience(audience)]
    data, _sum = kind.freeze(actor, team, item_id, tier)
    return dict(data)


def request_release(actor: Actor, team: Team, draft: RequestDraft, now: datetime) -> Release:
    """Ask to show one item in one version to one audience from one date."""
    assert actor.person_id is not None
    zone = team.edition.zone
    checks.refuse(
        rules.check_request(
            item=draft.item, audience=draft.audience,
            audience_organisation_id=draft.organisation.id if draft.organisation else None,
            show_on=draft.show_on, today=day_in(now, zone), purpose=draft.purpose,
        )
    )
    assert draft.show_on is not None
    # The team's row is locked, so that a form posted twice asks once.
    session().execute(select(Team.id).where(Team.id == team.id).with_for_update())
    data = frozen(actor, team, draft.item, draft.audience)
    kind, _dot, item_id = draft.item.partition(".")
    _refuse_twice(team, draft, kind, item_id)
    release = Release(
        team_id=team.id, item_kind=kind, item_id=item_id, item_title=draft.item_title,
        version_label=draft.version_label, data=data, sha256=checksum(data),
        audience=draft.audience,
        audience_organisation_id=draft.organisation.id if draft.organisation else None,
        challenge_id=_challenge(team, draft.organisation), purpose=draft.purpose,
        disclosure_kind=draft.disclosure_kind, is_enabling=draft.is_enabling,
        show_on=draft.show_on, show_from=instant(draft.show_on, time(0), zone),
        state=rules.ReleaseState.DRAFT, requested_by_id=actor.person_id,
    )
    release.team = team
    session().add(release)
    session().flush()
    _step(actor, release, "request", now, facts.ReleaseRequested)
    return release


def _refuse_twice(team: Team, draft: RequestDraft, kind: str, item_id: str) -> None:
    twin = session().scalar(
        select(Release.id).where(
            Release.team_id == team.id, Release.item_kind == kind, Release.item_id == item_id,
            Release.audience == draft.audience,
            Release.audience_organisation_id
            == (draft.organisation.id if draft.organisation else None),
            Release.state.in_(rules.WAITING_STATES),
        )
    )
    if twin is not None:
        raise Refused(
            lazy("You have asked for exactly this already. The transfer office has it."),
            field="item",
        )


def _challenge(team: Team, organisation: Organisation | None) -> int | None:
    if organisation is None:
        return None
    from workspace.challenges.models import Challenge

    return session().scalar(
        select(Challenge.id)
        .join(Entry, Entry.challenge_id == Challenge.id)
        .where(Entry.team_id == team.id, Challenge.organisation_id == organisation.id)
        .order_by(Entry.id.desc())
    )


def ask_again(actor: Actor, release: Release, show_on: date | None, purpose: str,
              item: str, version_label: str, now: datetime) -> None:
    """Ask again after edits were wanted or it was refused, with the item as it is now."""
    assert actor.person_id is not None
    release = _lock(release)
    if any(it.name == "edit" for it in rules.RELEASE.allowed(release.state)):
        checks.refuse(
            rules.check_request(
                item=item, audience=release.audience,
                audience_organisation_id=release.audience_organisation_id, show_on=show_on,
                today=day_in(now, release.team.edition.zone), purpose=purpose,
            )
        )
    data = frozen(actor, release.team, item, release.audience)
    release.item_id = item.partition(".")[2]
    release.version_label = version_label
    release.data, release.sha256 = data, checksum(data)
    release.approved_sha256 = ""
    release.requested_by_id = actor.person_id  # whoever asks now decides nothing about it
    release.decided_by_id, release.decided_at = None, None
    release.held_until = None
    release.purpose = purpose
    if show_on is not None:
        release.show_on = show_on
        release.show_from = instant(show_on, time(0), release.team.edition.zone)
    _step(actor, release, "edit", now, facts.ReleaseRequested)


def decide(actor: Actor, release: Release, draft: DecisionDraft, now: datetime) -> None:
    """Approve, approve with edits, hold or refuse. The approval is bound to the checksum."""
    if draft.decision not in rules.DECISIONS:
        raise Refused(lazy("Choose a decision."), field="decision")
    locked = _lock(release)
    if draft.seen and draft.seen != locked.sha256:
        raise Refused(
            lazy("The team has changed this since you opened it. Read it again, then decide."),
            code="conflict", status=409,
        )
    item = f"{locked.item_kind}.{locked.item_id}"
    try:
        current = checksum(frozen(actor, locked.team, item, locked.audience))
    except Refused:
        current = ""  # the item is gone; only an approval minds
    locked.decision_text = draft.text
    locked.held_until = draft.held_until if draft.decision == "hold" else None
    _step(actor, locked, draft.decision, now, facts.ReleaseDecided,
          sha256=current, text=draft.text, held_until=draft.held_until)
    locked.decided_by_id, locked.decided_at = actor.person_id, now
    if draft.decision == "approve":
        locked.approved_sha256 = locked.sha256
        _show_if_due(locked, now)


def _lock(release: Release) -> Release:
    """The request as it is on disk now, held until the end of the unit."""
    return session().scalars(
        select(Release).where(Release.id == release.id).with_for_update(of=Release)
        .execution_options(populate_existing=True)
    ).one()


def _show_if_due(release: Release, now: datetime) -> bool:
    if release.show_from > now:
        return False
    _step(NOBODY, release, "release", now, facts.ReleasePublished,
          sha256=checksum(release.data))
    return True


def withdraw(actor: Actor, release: Release, now: datetime) -> None:
    """Take it back: the audience gets 404 from now on."""
    locked = _lock(release)
    _step(actor, locked, "withdraw", now, facts.ReleaseWithdrawn)
    locked.withdrawn_at, locked.withdrawn_by_id = now, actor.person_id


def note_opening(actor: Actor, release: Release, now: datetime) -> None:
    """Log that somebody of the audience looked; visitors are noted once and not counted.

    Raises Missing when it was withdrawn a moment ago: nothing is shown that is not on record.
    """
    release = _lock(release)
    if not rules.is_shown(release.state, release.sha256, release.approved_sha256,
                          release.show_from, now):
        raise Missing
    if actor.person_id is not None:
        session().add(ReleaseOpening(release_id=release.id, person_id=actor.person_id))
        announce(facts.ReleaseOpened(actor.person_id, release.team_id, release.id))
    if release.state == rules.ReleaseState.RELEASED:
        _step(NOBODY, release, "log", now, facts.ReleaseStepped)


def keep_time(now: datetime) -> int:
    """Show what is approved and due, let expire what nobody decided; returns how many changed."""
    changed = 0
    due = session().scalars(
        select(Release).where(
            Release.state == rules.ReleaseState.APPROVED, Release.show_from <= now
        ).with_for_update(of=Release).execution_options(populate_existing=True)
    ).all()
    for release in due:
        changed += _show_if_due(release, now)
    overdue = session().scalars(
        select(Release).where(
            Release.state.in_((rules.ReleaseState.REQUESTED, rules.ReleaseState.HELD,
                               rules.ReleaseState.APPROVED_WITH_EDITS)),
            Release.show_from < now - timedelta(days=1),
        ).with_for_update(of=Release).execution_options(populate_existing=True)
    ).all()
    for release in overdue:
        if day_in(now, release.team.edition.zone) > release.show_on:
            _step(NOBODY, release, "expire", now, facts.ReleaseStepped)
            changed += 1
    return changed


def _step(
    actor: Actor, release: Release, name: str, now: datetime, fact: type[facts.ReleaseStepped],
    *, sha256: str | None = None, text: str = "", held_until: date | None = None,
) -> None:
    team = release.team
    source = release.state
    target = rules.RELEASE.step(
        source, name,
        rules.ReleaseFacts(
            today=day_in(now, team.edition.zone), actor_id=actor.person_id,
            requested_by_id=release.requested_by_id,
            team_member_ids=frozenset(it.person_id for it in team.present),
            show_on=release.show_on, held_until=held_until,
            sha256=release.sha256 if sha256 is None else sha256,
            requested_sha256=release.sha256, approved_sha256=release.approved_sha256, text=text,
        ),
    )
    release.state = target
    record_step("release", release.id, name, source, target, actor.person_id, now, text)
    announce(fact(actor.person_id, team.id, release.id, name, source, target))
