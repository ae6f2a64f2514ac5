"""Confidential things that people from outside of the team open: a line in the record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from flask import request

from workspace.foundation import limits
from workspace.foundation.access import Actor
from workspace.foundation.facts import announce
from workspace.foundation.features import house
from workspace.foundation.unit import write
from workspace.foundation.web import SAFE
from workspace.teams.access import member_teams
from workspace.teams.facts import ConfidentialOpened
from workspace.teams.models import Team

ABOVE = ("canvas", "panel")
"""What a row belongs to that names no team itself."""
ONCE = "1 per 12 hours"
"""For each person and thing: who read it is to be known, not how often she turned the page."""


def watch(actor: Actor, _door: str, things: Sequence[object]) -> None:
    """Write down that somebody opened what is a team's, unless she works in the team.

    A feature offers it as `watches`: both doors, of pages and of the API, call it with the things
    of the address, which the actor may see. Features offer as `confidential` the tables whose rows
    are meant; each row has a public id, and its team as `team` or by what it belongs to.
    """
    if actor.person_id is None or request.method not in SAFE:
        return
    opened = next((it for it in reversed(things) if isinstance(it, _kinds())), None)
    team = _team_of(opened)
    if team is None or team.id in member_teams(actor):
        return
    kind, name = type(opened).__tablename__, opened.public_id  # type: ignore[attr-defined]
    if limits.fits("opened", ONCE, actor.person_id, kind, name):
        with write():
            announce(ConfidentialOpened(actor.person_id, team.id, kind, name))


def _kinds() -> tuple[type, ...]:
    offered: Iterable[Sequence[type]] = house().offered("confidential")
    return tuple(chain.from_iterable(offered))


def _team_of(thing: object) -> Team | None:
    team: Team | None = getattr(thing, "team", None)
    above = next((it for name in ABOVE if (it := getattr(thing, name, None)) is not None), None)
    return team if team is not None or above is None else _team_of(above)
