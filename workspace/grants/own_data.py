"""What grants knows about a person, and what goes when the account is erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from workspace.accounts.models import Person
from workspace.foundation.db import session
from workspace.foundation.facts import announce
from workspace.grants import facts
from workspace.grants.membership import keep_an_admin
from workspace.grants.models import ConfidentialityAgreement, Grant, Invitation
from workspace.grants.queries import in_force
from workspace.organisations.models import Organisation
from workspace.organisations.rules import ADMIN


def records(person_id: int, _at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Roles, and promises of secrecy with exactly what was signed."""
    grants = session().scalars(
        select(Grant).where(Grant.person_id == person_id).order_by(Grant.id)
    )
    agreements = session().scalars(
        select(ConfidentialityAgreement).where(ConfidentialityAgreement.person_id == person_id)
    )
    return {
        "roles": [
            {"role": it.role, "in": it.scope_kind, "from": it.starts_at, "until": it.ends_at,
             "because_of": it.basis}
            for it in grants
        ],
        "agreements": [
            {"about": it.scope_kind, "text": it.text, "signed": it.signed_at,
             "valid_until": it.valid_until, "ended": it.ended_at}
            for it in agreements
        ],
    }


def before_erasure(person: Person, now: datetime) -> None:
    """Raise Refused when an organisation would be left without an admin."""
    led = session().scalars(
        select(Organisation).where(
            Organisation.id.in_(
                select(Grant.scope_id).where(
                    Grant.person_id == person.id, Grant.role == ADMIN,
                    Grant.scope_kind == "organisation", in_force(now),
                )
            )
        )
    )
    for organisation in led:
        keep_an_admin(organisation, person, now)


def forget(person: Person, now: datetime) -> None:
    """End every role, void the invitations that the person made, forget her address in others."""
    held = session().scalars(
        select(Grant).where(Grant.person_id == person.id, in_force(now))
    ).all()
    for grant in held:
        grant.ends_at, grant.ended_by_id = now, person.id
    session().execute(
        update(Invitation)
        .where(
            Invitation.made_by_id == person.id, Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    session().execute(
        update(Invitation)
        .where(Invitation.email == person.email, Invitation.used_at.is_(None),
               Invitation.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )
    session().execute(
        update(Invitation).where(Invitation.email == person.email).values(email=None)
    )
    session().flush()
    for grant in held:
        announce(
            facts.GrantEnded(person.id, person.id, grant.role, grant.scope_kind, grant.scope_id)
        )
