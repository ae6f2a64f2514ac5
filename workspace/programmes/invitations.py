"""Inviting people into an edition, many at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from workspace.accounts.models import Person
from workspace.foundation import limits, mail
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.text import lazy
from workspace.grants import actions as grants
from workspace.grants.models import Grant, Invitation
from workspace.grants.queries import in_force
from workspace.programmes.models import Edition

ADDRESS = re.compile(r"[^\s<>,;:\"']+@[^\s<>,;:\"']+\.[^\s<>,;:\"']+")
MOST = 500
A_DAY = "1000 per day"
"""Letters that one lead may send: a year's classes, and no use as a mail cannon."""
JUST_NOW = timedelta(minutes=10)
"""A list sent again within this time writes to nobody a second time."""


def addresses(text: str) -> list[str]:
    """Every address in a pasted list, lower case, each once; raises Refused when a line has none.

    Takes lines, commas, semicolons, and class lists such as `Rita Moreau <rita@...>`.
    """
    found: dict[str, None] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip(" ,;\t"):
            continue
        hits = ADDRESS.findall(line)
        if not hits:
            raise Refused(
                lazy("Line %(line)d holds no e-mail address. Write one address a line.",
                     line=number),
                field="addresses",
            )
        for hit in hits:
            try:
                found[mail.address(hit.lower().rstrip("."))] = None
            except Refused as refusal:
                raise Refused(
                    lazy("Line %(line)d holds an address that is none. Check it.", line=number),
                    field="addresses",
                ) from refusal
    if len(found) > MOST:
        raise Refused(
            lazy("At most %(most)d addresses at a time. Send them in parts.", most=MOST),
            field="addresses",
        )
    return list(found)


def invite_people(actor: Actor, edition: Edition, text: str, at: datetime) -> int:
    """Invite everybody on the list who does not take part yet; returns how many."""
    if edition.state != "open":
        raise Refused(
            lazy("Open the edition first: before that nobody could come in."), field="addresses"
        )
    wanted = addresses(text)
    taking_part = set(
        session().scalars(
            select(func.lower(Person.email))
            .join(Grant, Grant.person_id == Person.id)
            .where(
                func.lower(Person.email).in_(wanted), Grant.role == "participant",
                Grant.scope_kind == "edition", Grant.scope_id == edition.id, in_force(at),
            )
        )
    )
    just_asked = set(
        session().scalars(
            select(Invitation.email).where(
                Invitation.scope_kind == "edition", Invitation.scope_id == edition.id,
                Invitation.created_at > at - JUST_NOW, Invitation.withdrawn_at.is_(None),
            )
        )
    )
    left = [it for it in wanted if it not in taking_part and it not in just_asked]
    if left:
        limits.count("invite", A_DAY, actor.person_id, cost=len(left))
    for address in left:
        _invitation, token, _code = grants.invite(
            actor, "participant", "edition", edition.id, at, email=address
        )
        mail.letter(
            address, template="mail/invitation",
            subject=lazy("You are invited to InnoCore workspace"),
            context={"url": f"/join/{token}", "inviter": actor.name,
                     "edition": edition.title},
        )
    return len(left)


def waiting(edition: Edition) -> Sequence[Invitation]:
    """Invitations into the edition that nobody has used yet, newest first."""
    return session().scalars(
        select(Invitation)
        .where(
            Invitation.scope_kind == "edition", Invitation.scope_id == edition.id,
            Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now(), func.length(Invitation.email) > 0,
        )
        .order_by(Invitation.id.desc())
        .limit(100)
    ).all()
