"""Questions about releases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, select

from workspace.foundation.access import Actor, visible
from workspace.foundation.db import session
from workspace.foundation.features import Releasable, house
from workspace.foundation.once import asked_once
from workspace.organisations.models import Organisation
from workspace.releases.access import audience_clause, shown_now
from workspace.releases.models import Release, ReleaseOpening
from workspace.releases.rules import WAITING_STATES
from workspace.submissions.models import Entry
from workspace.submissions.rules import EntryState
from workspace.teams.access import MEMBERS, decided_by
from workspace.teams.models import Team


@asked_once
def of_team(actor: Actor, team: Team) -> Sequence[Release]:
    """The team's requests, newest first."""
    return session().scalars(
        visible(actor, Release).where(Release.team_id == team.id).order_by(Release.id.desc())
    ).all()


def released_to(actor: Actor, organisation: Organisation | None = None) -> Sequence[Release]:
    """What was released to the person as one of an audience, newest first."""
    query = select(Release).where(audience_clause(actor), Release.audience != "public")
    if organisation is not None:
        query = query.where(Release.audience_organisation_id == organisation.id)
    return session().scalars(query.order_by(Release.show_from.desc())).all()


@asked_once
def waiting_for(actor: Actor) -> list[Release]:
    """Requests that the officer decides, by the date on which they would be shown."""
    return list(session().scalars(_waiting(actor).order_by(Release.show_from, Release.id)))


def number_waiting(actor: Actor) -> ScalarSelect[int]:
    """How many requests the officer decides."""
    return _waiting(actor).with_only_columns(func.count(Release.id)).scalar_subquery()


def _waiting(actor: Actor) -> Select[Release]:
    return visible(actor, Release).where(
        Release.state.in_(WAITING_STATES), Release.team_id.in_(decided_by(actor)),
        Release.requested_by_id != actor.person_id,
    )


@dataclass(frozen=True)
class Offered:
    """One thing that a team may ask to show."""

    key: str
    kind: Releasable
    item_id: str
    title: str
    version: str


def offered(actor: Actor, team: Team) -> list[Offered]:
    """Everything that the team may ask to show, by kind."""
    found = []
    for feature in house().features:
        for kind in feature.releasables:
            for item_id, title, version in kind.offers(actor, team):
                found.append(Offered(f"{kind.kind}.{item_id}", kind, item_id, title, version))
    return found


def audiences(team: Team) -> list[tuple[str, str, Organisation | None]]:
    """(key, audience, organisation): sponsors of challenges that the team entered, accelerators."""
    from workspace.challenges.models import Challenge

    sponsors = session().scalars(
        select(Organisation)
        .where(
            Organisation.id.in_(
                select(Challenge.organisation_id)
                .join(Entry, Entry.challenge_id == Challenge.id)
                .where(Entry.team_id == team.id, Entry.state != EntryState.WITHDRAWN)
            )
        )
        .order_by(Organisation.name)
    ).all()
    accelerators = session().scalars(
        select(Organisation).where(Organisation.kind == "accelerator").order_by(Organisation.name)
    ).all()
    return [
        *((f"sponsor.{it.public_id}", "sponsor", it) for it in sponsors),
        *((f"accelerator.{it.public_id}", "accelerator", it) for it in accelerators),
        ("public", "public", None),
    ]


def is_shown(actor: Actor, release: Release) -> bool:
    """Whether it is shown outside now."""
    return session().scalar(
        select(Release.id).where(Release.id == release.id, shown_now(actor))
    ) is not None


def is_audience(actor: Actor, release: Release) -> bool:
    """Whether the person sees it as one of its audience; the team itself does not count."""
    if actor.has_any(MEMBERS, "team", release.team_id):
        return False
    return session().scalar(
        select(Release.id).where(Release.id == release.id, audience_clause(actor))
    ) is not None


def openings(release: Release) -> int:
    """How many people of the audience have opened it."""
    return session().scalar(
        select(func.count(func.distinct(ReleaseOpening.person_id))).where(
            ReleaseOpening.release_id == release.id
        )
    ) or 0


@dataclass(frozen=True)
class QueueItem:
    """One line of the officer's queue."""

    title: str
    detail: str
    due: datetime | None
    url: str
    action: str
    icon: str
    tone: str = "info"


def queue_of_others(actor: Actor) -> list[Any]:
    """Lines that other features put into the officer's queue."""
    return [line for offer in house().offered("officer_queue") for line in offer(actor)]
