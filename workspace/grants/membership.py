"""Who belongs to an organisation: roles given and ended, people invited, ways in used."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from workspace.accounts.facts import PersonConfirmed
from workspace.accounts.models import Person
from workspace.accounts.rules import as_address, domain_of, is_address
from workspace.accounts.sessions import actor_for
from workspace.foundation.access import Actor
from workspace.foundation.clock import now as clock_now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.mail import letter
from workspace.foundation.text import lazy
from workspace.foundation.web import forget_actor
from workspace.grants import actions
from workspace.grants.models import Grant, Invitation
from workspace.grants.queries import holders, in_force, roles_in
from workspace.organisations import queries as organisations
from workspace.organisations.models import Organisation
from workspace.organisations.rules import ADMIN, ALL_ROLES, MEMBER, OFFICER, roles_of

MOST_ADDRESSES = 50
SCOPE = "organisation"
BRACKETED = re.compile(r"<([^<>]*)>")


def set_roles(
    actor: Actor,
    organisation: Organisation,
    person: Person,
    roles: Collection[str],
    now: datetime,
) -> tuple[frozenset[str], frozenset[str]]:
    """Let a person hold exactly these roles there; none ends the membership.

    Returns the roles given and those ended. Raises Refused when the kind of organisation has no
    such role, when it would be left without an admin, or when somebody makes herself transfer
    officer: that role opens what teams keep secret.
    """
    _lock(organisation)
    now = max(now, clock_now())  # whoever held the lock before has acted already
    wanted, held = frozenset(roles), roles_in(person.id, SCOPE, organisation.id, now)
    if not held:
        raise Refused(lazy("Only people who belong to the organisation have roles. Invite first."))
    if not wanted <= set(roles_of(organisation.kind)) | held:
        raise Refused(lazy("This kind of organisation has no such role."), field="roles")
    given, ended = wanted - held, held & set(ALL_ROLES) - wanted
    if OFFICER in given and person.id == actor.person_id:
        raise Refused(
            lazy("Nobody makes herself transfer officer. Ask another admin."), field="roles"
        )
    if ADMIN in ended:
        keep_an_admin(organisation, person, now)
    for role in sorted(given):
        actions.give(actor, person.id, role, SCOPE, organisation.id, now, basis="assignment")
    if ended:
        actions.end(actor, person.id, tuple(sorted(ended)), SCOPE, organisation.id, now)
    if person.id == actor.person_id:
        forget_actor()
    return given, ended


def _lock(organisation: Organisation) -> None:
    """One change of roles at a time, so that two admins cannot remove each other."""
    session().execute(
        select(Organisation.id).where(Organisation.id == organisation.id).with_for_update()
    )


def keep_an_admin(organisation: Organisation, leaving: Person, now: datetime) -> None:
    """Raise Refused when nobody else could sign in who manages the organisation."""
    rest = [
        it
        for it in holders((ADMIN,), SCOPE, organisation.id, now)
        if it.id != leaving.id and it.active
    ]
    if not rest:
        raise Refused(
            lazy("The organisation would be left without an admin. Name another one first."),
            field="roles",
        )


# --- inviting -------------------------------------------------------------------------------


def addresses(text: str) -> list[str]:
    """Every address in a pasted list, each once: lines, commas, or `Name <address>`.

    Raises Refused with the first part that holds none.
    """
    found: dict[str, None] = {}
    for part in re.split(r"[,;\n]", text):
        bracketed = BRACKETED.search(part)
        word = as_address(bracketed[1] if bracketed else part)
        if not word:
            continue
        if not is_address(word):
            raise Refused(
                lazy(
                    "“%(word)s” is no e-mail address. Correct it, or take it out.",
                    word=part.strip()[:80],
                ),
                field="addresses",
            )
        found[word] = None
    if not found:
        raise Refused(lazy("Write at least one address."), field="addresses")
    if len(found) > MOST_ADDRESSES:
        raise Refused(
            lazy("Invite at most %(count)d people at a time.", count=MOST_ADDRESSES),
            field="addresses",
        )
    return list(found)


@dataclass(frozen=True)
class Sent:
    """How many letters went out, and who held the role already."""

    invited: int
    already: int


def invite_people(
    actor: Actor, organisation: Organisation, invited: Iterable[str], role: str, now: datetime
) -> Sent:
    """Send each address a letter with a way in; earlier ones to it for this role are void."""
    _check_role(organisation, role)
    sent = already = 0
    holding = {it.email for it in holders((role,), SCOPE, organisation.id, now)}
    for address in invited:
        if role == OFFICER and address == actor.email:
            raise Refused(
                lazy("Nobody makes herself transfer officer. Ask another admin."),
                field="addresses",
            )
        if address in holding:
            already += 1
            continue
        _invitation, token, _code = actions.invite(
            actor, role, SCOPE, organisation.id, now, email=address
        )
        letter(
            address,
            template="mail/invitation_organisation",
            subject=lazy("You are invited to InnoCore workspace"),
            context={
                "path": f"/join/{token}",
                "inviter": actor.name,
                "organisation": organisation.name,
                "role": role,
            },
        )
        sent += 1
    return Sent(sent, already)


def open_way(
    actor: Actor, organisation: Organisation, role: str, now: datetime
) -> tuple[Invitation, str, str]:
    """A link and a code for one person whose address is not known; shown once."""
    _check_role(organisation, role)
    if role in {ADMIN, OFFICER}:
        raise Refused(
            lazy(
                "Invite an admin or a transfer officer by address, so that nobody else can use "
                "the way in."
            ),
            field="role",
        )
    return actions.invite(actor, role, SCOPE, organisation.id, now)


def _check_role(organisation: Organisation, role: str) -> None:
    if role not in roles_of(organisation.kind):
        raise Refused(lazy("This kind of organisation has no such role."), field="role")


def come_in(actor: Actor, invitation: Invitation, now: datetime) -> str:
    """Somebody used an invitation into an organisation; returns where to go."""
    assert actor.person_id is not None
    organisation = session().get_one(Organisation, invitation.scope_id)
    if invitation.role == OFFICER and invitation.made_by_id == actor.person_id:
        raise Refused(lazy("Nobody makes herself transfer officer. Ask another admin."))
    actions.give(
        actor,
        actor.person_id,
        invitation.role,
        SCOPE,
        organisation.id,
        now,
        basis="invitation",
        basis_id=invitation.id,
    )
    forget_actor()
    return f"/organisations/{organisation.public_id}"


def join_by_address(fact: PersonConfirmed) -> None:
    """A proved address at an open domain makes its owner a member of the organisation."""
    person, now = session().get_one(Person, fact.person_id), clock_now()
    actor = actor_for(person, now)
    for organisation in organisations.open_to(domain_of(person.email)):
        if not roles_in(person.id, SCOPE, organisation.id, now):
            actions.give(actor, person.id, MEMBER, SCOPE, organisation.id, now, basis="membership")


def people_of(organisation: Organisation, now: datetime) -> list[tuple[Person, list[str]]]:
    """Everybody who belongs to it with her roles, by name; at most 500."""
    rows = session().execute(
        select(Person, Grant.role)
        .join(Grant, Grant.person_id == Person.id)
        .where(
            Grant.scope_kind == SCOPE,
            Grant.scope_id == organisation.id,
            in_force(now),
            Grant.role.in_(ALL_ROLES),
        )
        .order_by(Person.name, Person.id)
        .distinct()
    )
    found: dict[int, tuple[Person, list[str]]] = {}
    for person, role in rows:
        found.setdefault(person.id, (person, []))[1].append(role)
    for _person, roles in found.values():
        roles.sort(key=ALL_ROLES.index)
    return list(found.values())[:500]
