"""Whom the desk tells: a team, when its glass is broken."""

from __future__ import annotations

from workspace.administration import facts
from workspace.administration.models import GlassBroken
from workspace.foundation.db import session
from workspace.foundation.paths import path_to
from workspace.foundation.text import lazy
from workspace.inbox.actions import tell
from workspace.teams.queries import present

SENTENCES = {
    "glass-broken": lazy("An administrator can read your team's work for four hours. Read why."),
    "glass-ended": lazy("The administrator can no longer read your team's work."),
}


def opened(fact: facts.BreakGlassOpened) -> None:
    """Everybody in the team learns it at once, by mail as well."""
    _tell(fact, "glass-broken")


def ended(fact: facts.BreakGlassEnded) -> None:
    """The team learns that it is over."""
    _tell(fact, "glass-ended", mail=False)


def _tell(fact: facts.BreakGlassOpened, kind: str, *, mail: bool = True) -> None:
    glass = session().get_one(GlassBroken, fact.glass_id)
    tell(
        [it.person_id for it in present(fact.team_id)], kind, about=glass, mail=mail,
        url=path_to("administration.glass", glass=glass.public_id),
    )
