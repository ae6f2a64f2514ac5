"""Pieces of other pages: who belongs to an organisation, and the places that somebody works in."""

from __future__ import annotations

from flask import render_template, url_for
from markupsafe import Markup

from workspace.accounts.models import Person
from workspace.foundation.access import Actor, can, visible
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.features import Workplace
from workspace.foundation.parts import address
from workspace.foundation.shell import role_word
from workspace.foundation.text import _
from workspace.grants.membership import people_of
from workspace.grants.queries import held_by
from workspace.organisations.access import own_organisations
from workspace.organisations.models import Organisation
from workspace.organisations.rules import ADMIN, ALL_ROLES, MEMBER, OFFICER

SHOWN = 8
FIRST_PAGES = {
    OFFICER: ("releases.queue",),
    "sponsor": ("sponsors.home",),
    "scout": ("scouting.home", "sponsors.discover"),
    "facility-manager": ("bookings.home",),
}
"""Where a role begins its day, if the house has such a page; else at its organisation."""
ORDER = (ADMIN, OFFICER, "sponsor", "scout", "facility-manager")


def people_card(actor: Actor, organisation: Organisation) -> Markup:
    """The first people of an organisation."""
    rows = people_of(organisation, now())
    return Markup(  # noqa: S704 - a rendered template
        render_template(
            "grants/people_card.html",
            rows=rows[:SHOWN],
            total=len(rows),
            organisation=organisation,
            may_manage=bool(can(actor, "manage", organisation)),
        )
    )


def belongs_card(actor: Actor, person: Person) -> Markup | None:
    """Organisations of somebody's that the reader may know of, with the roles there."""
    roles: dict[int, list[str]] = {}
    for held in held_by(person.id, actor.at):
        if held.kind == "organisation" and held.role in ALL_ROLES:
            roles.setdefault(held.scope_id, []).append(held.role)
    rows = (
        session()
        .scalars(
            visible(actor, Organisation)
            .where(Organisation.id.in_(roles))
            .order_by(Organisation.name)
        )
        .all()
    )
    if not rows:
        return None
    return Markup(  # noqa: S704 - a rendered template
        render_template(
            "grants/belongs_card.html",
            rows=[(row, sorted(roles[row.id], key=ALL_ROLES.index)) for row in rows],
        )
    )


def workplaces(actor: Actor) -> list[Workplace]:
    """Roles in organisations, and the administrator's desk."""
    found = []
    if actor.is_administrator:
        found.append(
            Workplace(
                "administrator",
                "platform",
                0,
                "platform",
                _("Workspace"),
                role_word("administrator"),
                address("administration.index") or url_for("accounts.people"),
            )
        )
    ids = own_organisations(actor)
    rows = (
        session()
        .scalars(
            visible(actor, Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.name)
        )
        .all()
        if ids
        else []
    )
    for organisation in rows:
        found += [
            _place(role, organisation)
            for role in ORDER
            if actor.has(role, "organisation", organisation.id)
        ]
    if all(held.role == MEMBER for held in actor.held):
        found += [_place(MEMBER, organisation) for organisation in rows]
    return found


def _place(role: str, organisation: Organisation) -> Workplace:
    return Workplace(
        role,
        "organisation",
        organisation.id,
        organisation.public_id,
        organisation.name,
        role_word(role),
        _first_page(role, organisation),
    )


def _first_page(role: str, organisation: Organisation) -> str:
    for endpoint in FIRST_PAGES.get(role, ()):
        found = address(endpoint, organisation=organisation.public_id)
        if found is not None:
            return found.partition("?")[0]
    return url_for("organisations.show", organisation=organisation.public_id)
