"""Questions about readiness."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.programmes.queries import plans
from workspace.programmes.rules import phase_at
from workspace.readiness import definitions, rules
from workspace.readiness.models import ReadinessClaim
from workspace.teams.models import Team


def claims_of(team: Team) -> Sequence[ReadinessClaim]:
    """The team's claims, oldest first."""
    return session().scalars(
        select(ReadinessClaim).where(ReadinessClaim.team_id == team.id).order_by(ReadinessClaim.id)
    ).all()


def standings(team: Team) -> tuple[rules.Standing, ...]:
    """Where the team is on each scale."""
    return rules.standings(
        [it.id for it in definitions.built_in().scales],
        [rules.Claim(it.scale, it.level, it.state) for it in claims_of(team)],
    )


def gate_ahead(team: Team) -> definitions.Gate | None:
    """The gate of the running phase, else the next phase that has one of these scales."""
    found = plans(team.edition)
    index = phase_at(found, now()) or 0
    by_id = {it.id: it for it in definitions.built_in().gates}
    return next((by_id[it.levels] for it in found[index:] if it.levels in by_id), None)
