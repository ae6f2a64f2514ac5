"""What administrators do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from workspace.accounts import links
from workspace.accounts.facts import PersonRegistered
from workspace.accounts.models import Person
from workspace.accounts.queries import by_address
from workspace.administration import facts, rules
from workspace.administration.models import GlassBroken
from workspace.administration.queries import administrators
from workspace.foundation import clock
from workspace.foundation.access import Actor
from workspace.foundation.checks import refuse
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.text import lazy
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.grants.models import Grant
from workspace.grants.rules import Role
from workspace.teams.models import Team

HOUSE = Actor()
ADDRESS = re.compile(r"[A-Za-z0-9_-]{22}")
SEARCHES = frozenset({"search.index", "search.palette"})
ABOVE = ("canvas", "checklist", "item", "panel", "submission")
"""What things without a team of their own belong to."""


def break_glass(actor: Actor, address: str, reason: str, now: datetime) -> GlassBroken:
    """Let the administrator read one team's work for some hours. The team is told at once.

    `address` is the address of the team's page, or the last part of it: there is no list to pick
    from, since names of teams are confidential too. Raises Refused when it leads to no team, when
    the reason says nothing, or while an earlier opening of the same team is in force.
    """
    assert actor.person_id is not None
    refuse(rules.check_reason(reason))
    keys = ADDRESS.findall(address)
    team = session().scalar(select(Team).where(Team.public_id.in_(keys[:5]))) if keys else None
    if team is None:
        raise Refused(
            lazy("No team has this address. Ask somebody of the team to send you the address of "
                 "its page."), field="team",
        )
    last = session().scalar(
        select(GlassBroken)
        .where(GlassBroken.team_id == team.id, GlassBroken.person_id == actor.person_id)
        .order_by(GlassBroken.id.desc())
    )
    if last is not None and last.is_open(now):
        raise Refused(lazy("You can read this team's work already."), field="team")
    glass = GlassBroken(
        team_id=team.id, person_id=actor.person_id, reason=reason, ends_at=rules.until(now),
        team=team,
    )
    session().add(glass)
    session().flush()
    grants.give(actor, actor.person_id, Role.BREAK_GLASS, "team", team.id, now,
                basis="break-glass", basis_id=glass.id, until=glass.ends_at)
    announce(facts.BreakGlassOpened(actor.person_id, glass.id, team.id, actor.person_id))
    return glass


def end_glass(actor: Actor, glass: GlassBroken, now: datetime) -> None:
    """Close it before its time; nothing happens when it has ended."""
    if not glass.is_open(now):
        return
    glass.ended_at, glass.ended_by_id = now, actor.person_id
    grants.end(actor, glass.person_id, (Role.BREAK_GLASS,), "team", glass.team_id, now)
    announce(facts.BreakGlassEnded(actor.person_id, glass.id, glass.team_id, glass.person_id))


def make_administrator(actor: Actor, email: str, now: datetime) -> Person:
    """Let somebody with an account administrate the installation."""
    person = session().scalar(
        select(Person).where(Person.email == email.strip().lower(), Person.active)
    )
    if person is None or person.confirmed_at is None:
        raise Refused(lazy("No open account with a confirmed address has this address."),
                      field="email")
    grants.give(actor, person.id, Role.ADMINISTRATOR, "platform", 0, now, basis="assignment")
    return person


def enter_administrator(email: str, name: str, now: datetime) -> tuple[Person, str | None]:
    """Let whoever runs the machine name an administrator, the first one above all.

    Somebody without a proved address gets an account if need be, and a token for `/reset`, with
    which she chooses her password and proves that the address is hers. Raises Refused.
    """
    person = by_address(email)
    if person is not None and not person.active:
        raise Refused(lazy("The account with this address is closed."))
    if person is None and not name:
        raise Refused(lazy("Nobody has an account with this address. Say the person's name as well "
                           "and one is made."))
    token = None
    if person is None:
        person = Person(name=name, email=email, password=None)
        session().add(person)
        session().flush()
        announce(PersonRegistered(None, person.id))
    if person.confirmed_at is None:
        # Whoever typed the address into the form for registering may have been somebody else.
        person.password = None
        token = links.make(person, links.RESET, now)
    grants.give(HOUSE, person.id, Role.ADMINISTRATOR, "platform", 0, now, basis="setup")
    return person, token


def keep_an_administrator(person: Person, now: datetime) -> datetime:
    """Raise Refused when nobody else would be left without this person, who leaves the role.

    One at a time, so that two cannot take it from each other. Gives the instant at which it was
    looked: whoever came first acted before. Erasing an account asks as well.
    """
    session().execute(
        select(Grant.id).where(Grant.role == Role.ADMINISTRATOR, Grant.ends_at.is_(None))
        .order_by(Grant.id).with_for_update()
    )
    now = max(now, clock.now())
    here = [it for it in administrators(now) if it.active]
    if here == [person]:
        raise Refused(lazy("Somebody has to administrate the workspace. Name another "
                           "administrator first."))
    return now


def end_administrator(actor: Actor, person: Person, now: datetime) -> None:
    """Take the role from somebody. Raises Refused when nobody else would be left."""
    now = keep_an_administrator(person, now)
    grants.end(actor, person.id, (Role.ADMINISTRATOR,), "platform", 0, now)


def watch(actor: Actor, door: str, things: Sequence[object]) -> None:
    """Write down each page of a team that somebody opens through broken glass.

    A feature offers it as `watches`: both doors, of pages and of the API, call it with the things
    of the address, which the actor may see. A search looks through all teams that are open to her.
    """
    opened = actor.scopes(Role.BREAK_GLASS, "team")
    if not opened:
        return
    read = sorted(opened) if door in SEARCHES else [
        it for it in map(_team_of, things) if it in opened
    ][:1]
    if read:
        with write():
            for team_id in read:
                announce(facts.ReadInEmergency(actor.person_id, team_id, door))


def _team_of(thing: object) -> int | None:
    """Whose work it is, perhaps by what it belongs to."""
    if isinstance(thing, Team):
        return thing.id
    team_id: int | None = getattr(thing, "team_id", None)
    above = next((it for name in ABOVE if (it := getattr(thing, name, None)) is not None), None)
    return team_id if team_id is not None or above is None else _team_of(above)
