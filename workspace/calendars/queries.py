"""Dates ahead of a person, gathered from what features offer, with the rights that she has now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from workspace.accounts.models import Person
from workspace.calendars.models import CalendarFeed
from workspace.foundation.access import Actor, can, visible
from workspace.foundation.db import session
from workspace.foundation.features import Dated, house
from workspace.organisations.models import Organisation
from workspace.programmes.models import Edition
from workspace.teams.models import Team

BEHIND, AHEAD = timedelta(days=30), timedelta(days=400)
MOST = 500
TEAM_ROLES = ("team-lead", "team-member", "mentor", "pi")


@dataclass(frozen=True)
class Entry:
    """One date, by the name that calendars know it by."""

    uid: str
    date: Dated
    team: str = ""
    """Whose date it is, for the page: somebody in two teams has every date twice."""


def hashed(secret: str) -> str:
    """What is kept of a feed's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def own(actor: Actor) -> Sequence[CalendarFeed]:
    """The person's feeds, the newest first."""
    return session().scalars(visible(actor, CalendarFeed).order_by(CalendarFeed.id.desc())).all()


def by_secret(secret: str) -> CalendarFeed | None:
    """The feed behind an address, while it and its owner's account are good."""
    found = session().scalar(
        select(CalendarFeed).join(Person).where(
            CalendarFeed.token_hash == hashed(secret), CalendarFeed.revoked_at.is_(None),
            Person.active, Person.erased_at.is_(None),
        )
    )
    return found


def _places(actor: Actor) -> Iterator[tuple[str, Any]]:
    """Where the person has something to do, as features know the places."""
    yield "person", None
    teams = frozenset[int]().union(*(actor.scopes(role, "team") for role in TEAM_ROLES))
    for team in session().scalars(visible(actor, Team).where(Team.id.in_(teams))):
        if can(actor, "read", team):  # what the team's first page asks
            yield "team", team
    led = actor.scopes("programme-lead", "programme")
    taken = actor.scopes("participant", "edition")
    editions = visible(actor, Edition).where(
        Edition.programme_id.in_(led) | Edition.id.in_(taken)
    )
    for edition in session().scalars(editions):
        yield "edition", edition
        if edition.programme_id in led:
            yield "overview", edition
    sponsors = actor.scopes("sponsor", "organisation")
    companies = visible(actor, Organisation).where(Organisation.id.in_(sponsors))
    for company in session().scalars(companies):
        yield "sponsor", company


def entries(actor: Actor, at: datetime) -> list[Entry]:
    """Every date of the person's, each once, the nearest first."""
    found: dict[str, Entry] = {}
    for place, thing in _places(actor):
        for feature in house().features:
            for offer in feature.dates:
                for date in offer(actor, place, thing):
                    if at - BEHIND <= date.at <= at + AHEAD:
                        uid = uid_of(date)
                        team = thing.name if isinstance(thing, Team) else ""
                        found.setdefault(uid, Entry(uid, date, team))
    return sorted(found.values(), key=lambda it: (it.date.at, it.uid))[:MOST]


def uid_of(date: Dated) -> str:
    """A name that stays when the date moves and tells nothing."""
    key = date.key or f"{date.url}:{date.title}"
    return hashlib.sha256(f"date:{key}".encode()).hexdigest()[:40]
