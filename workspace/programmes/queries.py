"""Questions about editions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from workspace.foundation.access import Actor, visible
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.grants.models import Grant
from workspace.grants.queries import in_force
from workspace.organisations.models import Organisation
from workspace.programmes.models import Edition, Phase, Programme
from workspace.programmes.rules import PhasePlan


def by_code(code: str) -> Edition | None:
    """The open edition that this join code leads into."""
    word = "".join(code.upper().split()).replace("-", "")
    if not 6 <= len(word) <= 20:
        return None
    return session().scalar(
        select(Edition).where(
            Edition.join_code == word, Edition.join_open, Edition.state == "open"
        )
    )


def planned(edition_id: int) -> Edition:
    """The edition with its phases, in one question."""
    return session().scalars(
        select(Edition).where(Edition.id == edition_id).options(joinedload(Edition.phases))
    ).unique().one()


def plans(edition: Edition) -> tuple[PhasePlan, ...]:
    """The phases as the rules know them."""
    return tuple(as_plan(it) for it in edition.phases)


def as_plan(phase: Phase) -> PhasePlan:
    """One phase as the rules know it."""
    return PhasePlan(
        key=phase.key, title=phase.title, starts_at=phase.starts_at, ends_at=phase.ends_at,
        gate=phase.gate, gate_title=phase.gate_title,
        levels=str(phase.demand.get("levels", "")),
        demand={k: int(v) for k, v in phase.demand.items() if k != "levels"},
    )


def participants(edition: Edition) -> int:
    """How many people take part now."""
    return session().scalar(
        select(func.count(func.distinct(Grant.person_id))).where(
            Grant.role == "participant", Grant.scope_kind == "edition",
            Grant.scope_id == edition.id, in_force(now()),
        )
    ) or 0


def homes(actor: Actor) -> Sequence[Organisation]:
    """Organisations for which the person may start a programme."""
    query = select(Organisation).where(Organisation.kind.in_(("university", "facility-host")))
    if not actor.is_administrator:
        own = actor.scopes("organisation-admin", "organisation")
        houses = select(Programme.organisation_id).where(
            Programme.id.in_(actor.scopes("programme-lead", "programme"))
        )
        query = query.where(Organisation.id.in_(own) | Organisation.id.in_(houses))
    return session().scalars(query.order_by(Organisation.name)).all()


def open_editions(actor: Actor) -> Sequence[Edition]:
    """Open editions that the person may know of."""
    return session().scalars(
        visible(actor, Edition).where(Edition.state == "open").order_by(Edition.starts_on.desc())
    ).all()


def led_editions(actor: Actor) -> Sequence[Edition]:
    """Editions of programmes that the person leads, drafts first, newest first."""
    led = actor.scopes("programme-lead", "programme")
    return session().scalars(
        visible(actor, Edition)
        .where(Edition.programme_id.in_(led))
        .order_by(Edition.state != "draft", Edition.id.desc())
    ).all()


def token_places(actor: Actor) -> list[tuple[str, Programme, str]]:
    """Programmes that an access token may be for: those that the person may know of."""
    rows = session().scalars(visible(actor, Programme).order_by(Programme.title).limit(100))
    return [("programme", it, it.title) for it in rows]
