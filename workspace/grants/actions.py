"""Giving and ending roles, inviting, promising secrecy."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update

from workspace.foundation.access import Actor
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.text import lazy
from workspace.grants import facts
from workspace.grants.models import ConfidentialityAgreement, Grant, Invitation
from workspace.grants.queries import in_force

INVITATION_DAYS = 7
CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


def give(
    actor: Actor, person_id: int, role: str, scope_kind: str, scope_id: int, now: datetime,
    *, basis: str, basis_id: int | None = None, until: datetime | None = None,
) -> Grant:
    """Let a person hold a role in a scope from now on; the same grant in force is kept."""
    found = session().scalar(
        select(Grant).where(
            Grant.person_id == person_id, Grant.role == role, Grant.scope_kind == scope_kind,
            Grant.scope_id == scope_id, Grant.basis == basis, Grant.basis_id.is_(basis_id)
            if basis_id is None else Grant.basis_id == basis_id, in_force(now),
        )
    )
    if found is not None and found.ends_at == until:
        return found
    grant = Grant(
        person_id=person_id, role=role, scope_kind=scope_kind, scope_id=scope_id,
        starts_at=now, ends_at=until, basis=basis, basis_id=basis_id, given_by_id=actor.person_id,
    )
    session().add(grant)
    session().flush()
    announce(facts.GrantGiven(actor.person_id, person_id, role, scope_kind, scope_id, until))
    return grant


def end(
    actor: Actor, person_id: int, roles: tuple[str, ...], scope_kind: str, scope_id: int,
    now: datetime,
) -> int:
    """End every grant of these roles that the person holds there; returns how many."""
    ended = session().scalars(
        select(Grant).where(
            Grant.person_id == person_id, Grant.role.in_(roles), Grant.scope_kind == scope_kind,
            Grant.scope_id == scope_id, in_force(now),
        )
    ).all()
    for grant in ended:
        grant.ends_at = now
        grant.ended_by_id = actor.person_id
    session().flush()
    for grant in ended:
        announce(facts.GrantEnded(actor.person_id, person_id, grant.role, scope_kind, scope_id))
    return len(ended)


def digest(secret: str) -> str:
    """What is stored of a token or code."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_code(length: int = 10) -> str:
    """A code that people can read out: no letters that look alike."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(length))


def invite(
    actor: Actor, role: str, scope_kind: str, scope_id: int, now: datetime,
    *, email: str | None = None, days: int = INVITATION_DAYS,
) -> tuple[Invitation, str, str]:
    """Make a way in; returns it with its token (for a link) and its code, shown once."""
    assert actor.person_id is not None
    token, code = secrets.token_urlsafe(32), new_code()
    if email is not None:
        session().execute(
            update(Invitation)
            .where(
                Invitation.email == email.lower(), Invitation.role == role,
                Invitation.scope_kind == scope_kind, Invitation.scope_id == scope_id,
                Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None),
            )
            .values(withdrawn_at=now)
        )
    invitation = Invitation(
        token_hash=digest(token), code_hash=digest(code), role=role, scope_kind=scope_kind,
        scope_id=scope_id, email=email.lower() if email else None, made_by_id=actor.person_id,
        expires_at=now + timedelta(days=days),
    )
    session().add(invitation)
    session().flush()
    announce(
        facts.InvitationMade(actor.person_id, invitation.id, role, scope_kind, scope_id)
    )
    return invitation, token, code


def withdraw_invitation(actor: Actor, invitation: Invitation, now: datetime) -> None:
    """Make a way in useless."""
    if invitation.used_at is None and invitation.withdrawn_at is None:
        invitation.withdrawn_at = now
        announce(
            facts.InvitationWithdrawn(
                actor.person_id, invitation.id, invitation.role, invitation.scope_kind,
                invitation.scope_id,
            )
        )


def find_invitation(secret: str, now: datetime) -> Invitation | None:
    """The invitation behind a token or code when it can still be used."""
    hashed = digest(secret.strip())
    code = digest(secret.strip().upper().replace("-", "").replace(" ", ""))
    return session().scalar(
        select(Invitation).where(
            (Invitation.token_hash == hashed) | (Invitation.code_hash == code),
            Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
    )


def use_invitation(actor: Actor, invitation: Invitation, now: datetime) -> None:
    """Mark it used by this person. Raises Refused when it is not hers or no longer good.

    The update names the row as unused, so of two people at the same moment one wins.
    """
    if invitation.email is not None and invitation.email != actor.email.lower():
        raise Refused(lazy("This invitation was made for another address."), field="code")
    done = session().execute(
        update(Invitation)
        .where(
            Invitation.id == invitation.id, Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None), Invitation.expires_at > now,
        )
        .values(used_at=now, used_by_id=actor.person_id)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(
            lazy("This invitation has been used or has ended. Ask for a new one."), field="code"
        )
    announce(
        facts.InvitationUsed(
            actor.person_id, invitation.id, invitation.role, invitation.scope_kind,
            invitation.scope_id,
        )
    )


def sign_agreement(
    actor: Actor, scope_kind: str, scope_id: int, text: str, until: datetime, now: datetime
) -> ConfidentialityAgreement:
    """Promise secrecy for a challenge or a team. What stands on it is given by the caller."""
    assert actor.person_id is not None
    agreement = ConfidentialityAgreement(
        person_id=actor.person_id, scope_kind=scope_kind, scope_id=scope_id, text=text,
        signed_at=now, valid_until=until,
    )
    session().add(agreement)
    session().flush()
    announce(facts.AgreementSigned(actor.person_id, agreement.id, scope_kind, scope_id))
    return agreement
