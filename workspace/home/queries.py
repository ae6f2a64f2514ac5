"""Questions about where a person works."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from workspace.foundation.access import Actor, visible
from workspace.foundation.db import session
from workspace.foundation.features import Counted, Workplace, in_words
from workspace.foundation.shell import role_word
from workspace.programmes.models import Edition
from workspace.teams.models import Team

TEAM_ROLES = ("team-lead", "team-member", "mentor", "pi")


def workplaces(actor: Actor) -> list[Workplace]:
    """Teams, editions that the person leads, and editions that she takes part in without a team."""
    found: list[Workplace] = []
    ids = set[int]().union(*(actor.scopes(role, "team") for role in TEAM_ROLES))
    teams = session().scalars(
        select(Team).where(Team.id.in_(ids)).options(joinedload(Team.edition)).order_by(Team.name)
    ).all() if ids else ()
    for team in teams:
        role = next(it for it in TEAM_ROLES if actor.has(it, "team", team.id))
        found.append(
            Workplace(
                role, "team", team.id, team.public_id, team.name,
                f"{team.edition.title} · {role_word(role)}",
                url_for("home.team", team=team.public_id), team.edition_id,
                team.edition.public_id,
            )
        )
    led = actor.scopes("programme-lead", "programme")
    editions = session().scalars(
        select(Edition)
        .where(Edition.programme_id.in_(led))
        .order_by(Edition.state != "open", Edition.starts_on.desc())
    ).all() if led else ()
    for edition in editions:
        found.append(
            Workplace(
                "programme-lead", "edition", edition.id, edition.public_id, edition.title,
                role_word("programme-lead"), url_for("home.overview", edition=edition.public_id),
                edition.id, edition.public_id,
            )
        )
    busy = {it.edition_id for it in found}
    single = actor.scopes("participant", "edition") - busy
    joined = session().scalars(select(Edition).where(Edition.id.in_(single))) if single else ()
    for edition in joined:
        found.append(
            Workplace(
                "participant", "edition", edition.id, edition.public_id, edition.title,
                role_word("participant"), url_for("home.welcome"), edition.id, edition.public_id,
            )
        )
    return found


def mentored(actor: Actor) -> list[Team]:
    """The teams that the person mentors, by name."""
    query = visible(actor, Team).where(Team.id.in_(actor.scopes("mentor", "team")))
    return list(session().scalars(
        query.options(joinedload(Team.edition)).order_by(func.lower(Team.name))
    ).all())


def teams_of(actor: Actor, edition: Edition) -> list[Team]:
    """The edition's teams that the person may know of, by name."""
    query = visible(actor, Team).where(Team.edition_id == edition.id)
    return list(session().scalars(query.order_by(func.lower(Team.name))).all())


def cells(team_ids: Collection[int], asked: Sequence[Counted]) -> list[dict[int, object]]:
    """For each column that has its cells counted what it shows by team, in one question."""
    found: list[dict[int, object]] = [{} for _it in asked]
    if asked and team_ids:
        columns = [column for it in asked for column in it.columns]
        for row in session().execute(select(Team.id, *columns).where(Team.id.in_(team_ids))):
            for kept, shown in zip(found, in_words(asked, row[1:]), strict=True):
                if shown is not None:
                    kept[row[0]] = shown
    return found
