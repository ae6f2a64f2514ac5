"""Who may know of an organisation, and manage it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, true

from workspace.foundation.access import Actor, No, Verdict
from workspace.foundation.text import lazy
from workspace.organisations.models import Organisation
from workspace.organisations.rules import ADMIN, ALL_ROLES


def own_organisations(actor: Actor) -> frozenset[int]:
    """Ids of the organisations in which the person holds a role now."""
    return frozenset[int]().union(*(actor.scopes(role, "organisation") for role in ALL_ROLES))


def organisation_clause(actor: Actor) -> ColumnElement[bool]:
    """Organisations that the person belongs to; administrators know all."""
    if actor.is_administrator:
        return true()
    return or_(Organisation.id.in_(own_organisations(actor)))


def may_list(actor: Actor, _organisation: Organisation | None) -> Verdict:
    """See the list, which holds one's own only."""
    return not actor.is_visitor


def may_create(actor: Actor, _organisation: Organisation | None) -> Verdict:
    """Enter a new organisation."""
    return actor.is_administrator or No(
        lazy("Only an administrator can enter an organisation. Ask one of them.")
    )


def may_manage(actor: Actor, organisation: Organisation) -> Verdict:
    """Edit it, invite people, give and end roles: its own admins and administrators."""
    if actor.is_administrator or actor.has(ADMIN, "organisation", organisation.id):
        return True
    return No(lazy("Only an admin of the organisation can do this."))
