"""Who may know of a person, write to her, and see an invitation."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from workspace.accounts.models import Person
from workspace.foundation.access import Actor, No, Verdict
from workspace.foundation.features import house
from workspace.foundation.text import lazy
from workspace.grants.models import Grant, Invitation
from workspace.grants.queries import held_by, in_force
from workspace.organisations.access import own_organisations
from workspace.organisations.rules import ADMIN

TEAM_ROLES = ("team-lead", "team-member", "mentor", "pi")
PEOPLE_SEEN = "people_seen"
"""Features offer it: actor -> a further clause on Person, for example the people of an edition."""


def own_teams(actor: Actor) -> frozenset[int]:
    """Ids of the teams that the person works in, mentors or answers for now."""
    return frozenset[int]().union(*(actor.scopes(role, "team") for role in TEAM_ROLES))


def person_clause(actor: Actor) -> ColumnElement[bool]:
    """Oneself, and people who share an organisation, an edition or a team with the actor."""
    if actor.is_visitor:
        return false()
    if actor.is_administrator:
        return true()
    shared = select(Grant.person_id).where(
        in_force(actor.at),
        or_(
            and_(Grant.scope_kind == "organisation", Grant.scope_id.in_(own_organisations(actor))),
            and_(
                Grant.scope_kind == "edition",
                Grant.scope_id.in_(actor.scopes("participant", "edition")),
            ),
            and_(
                Grant.scope_kind == "team",
                Grant.role.in_(TEAM_ROLES),
                Grant.scope_id.in_(own_teams(actor)),
            ),
        ),
    )
    more = [offer(actor) for offer in house().offered(PEOPLE_SEEN)]
    return or_(Person.id == actor.person_id, Person.id.in_(shared), *more)


def may_contact(actor: Actor, person: Person) -> Verdict:
    """Read somebody's address: oneself, her team, an admin of her organisation."""
    if actor.is_visitor:
        return False
    if actor.person_id == person.id or actor.is_administrator:
        return True
    teams, managed = own_teams(actor), actor.scopes(ADMIN, "organisation")
    for held in held_by(person.id, actor.at):
        if held.kind == "team" and held.role in TEAM_ROLES and held.scope_id in teams:
            return True
        if held.kind == "organisation" and held.scope_id in managed:
            return True
    return No(lazy("Only people of the same team can see the address."))


def invitation_clause(actor: Actor) -> ColumnElement[bool]:
    """Invitations that one made, and those into organisations that one manages; administrators
    know all, since a way in may have to be closed when its maker is gone."""
    if actor.is_visitor:
        return false()
    if actor.is_administrator:
        return true()
    into_managed = and_(
        Invitation.scope_kind == "organisation",
        Invitation.scope_id.in_(actor.scopes(ADMIN, "organisation")),
    )
    return or_(Invitation.made_by_id == actor.person_id, into_managed)


def may_withdraw(_actor: Actor, _invitation: Invitation) -> Verdict:
    """Take an invitation back: whoever sees it."""
    return True
