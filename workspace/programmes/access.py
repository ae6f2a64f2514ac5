"""Who may know of a programme, set it up, run it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from workspace.accounts.models import Person
from workspace.foundation.access import Actor, No, Verdict
from workspace.foundation.text import lazy
from workspace.grants.models import Grant
from workspace.grants.queries import in_force
from workspace.programmes.models import Edition, Phase, Programme
from workspace.programmes.rules import EditionState


def edition_clause(actor: Actor) -> ColumnElement[bool]:
    """Open and closed editions are known to everybody with an account, drafts to their leads."""
    if actor.is_visitor:
        return false()
    led = actor.scopes("programme-lead", "programme")
    return or_(Edition.state != EditionState.DRAFT, Edition.programme_id.in_(led))


def programme_clause(actor: Actor) -> ColumnElement[bool]:
    """Programmes with an edition that the person may know of, and those that she leads."""
    if actor.is_visitor:
        return false()
    return or_(
        Programme.id.in_(actor.scopes("programme-lead", "programme")),
        Programme.id.in_(select(Edition.programme_id).where(Edition.state != EditionState.DRAFT)),
    )


def phase_clause(actor: Actor) -> ColumnElement[bool]:
    """Phases of editions that the person may know of."""
    return and_(true(), Phase.edition_id.in_(select(Edition.id).where(edition_clause(actor))))


def may_list(actor: Actor, _programme: object) -> Verdict:
    """Anybody signed in; the list holds what she may know of."""
    return not actor.is_visitor


def may_lead_programme(actor: Actor, programme: Programme) -> Verdict:
    """Change a programme."""
    return _leads(actor, programme.id)


def may_lead(actor: Actor, edition: Edition) -> Verdict:
    """Set up and run an edition."""
    return _leads(actor, edition.programme_id)


def _leads(actor: Actor, programme_id: int) -> Verdict:
    if actor.has("programme-lead", "programme", programme_id):
        return True
    return No(lazy("Only the lead of the programme can do this."))


def may_create(actor: Actor, _programme: Programme | None) -> Verdict:
    """Start a programme: administrators, and people who run a university or a facility host."""
    if actor.is_administrator or actor.scopes("organisation-admin", "organisation"):
        return True
    if actor.scopes("programme-lead", "programme"):
        return True
    return No(lazy("Ask the administrator of your organisation to start a programme."))


def may_join(actor: Actor, edition: Edition) -> Verdict:
    """Take part in an open edition whose code is open."""
    if edition.state == EditionState.OPEN and edition.join_open and not actor.is_visitor:
        return True
    return No(lazy("This edition does not take in people by code. Ask its lead."))


def people_clause(actor: Actor) -> ColumnElement[bool]:
    """Participants of editions that the person leads, and the leads of her own editions."""
    led = select(Edition.id).where(
        Edition.programme_id.in_(actor.scopes("programme-lead", "programme"))
    )
    own = select(Edition.programme_id).where(
        Edition.id.in_(actor.scopes("participant", "edition"))
    )
    return Person.id.in_(
        select(Grant.person_id).where(
            in_force(actor.at),
            or_(
                and_(Grant.role == "participant", Grant.scope_kind == "edition",
                     Grant.scope_id.in_(led)),
                and_(Grant.role == "programme-lead", Grant.scope_kind == "programme",
                     Grant.scope_id.in_(own)),
            ),
        )
    )
