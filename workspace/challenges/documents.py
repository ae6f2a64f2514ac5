"""What can be searched of challenges: title, brief and annex, each by those who may read it.

A reader meets a challenge once, with as much text as she may read.
"""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, not_, or_, select

from workspace.challenges.access import may_open
from workspace.challenges.brief import Confidentiality
from workspace.challenges.models import Challenge
from workspace.foundation.access import Actor, visible
from workspace.foundation.features import Deed, Documents, Hit
from workspace.foundation.text import _
from workspace.programmes.models import Edition


def _annex_readers(actor: Actor) -> ColumnElement[bool]:
    """As `access.may_read_annex`."""
    return or_(
        Challenge.organisation_id.in_(actor.scopes("sponsor", "organisation")),
        Challenge.id.in_(actor.scopes("annex-reader", "challenge")),
    )


def _brief_readers(actor: Actor) -> ColumnElement[bool]:
    """As `access.may_read_brief`."""
    led = select(Edition.id).where(
        Edition.programme_id.in_(actor.scopes("programme-lead", "programme"))
    )
    return or_(
        Challenge.confidentiality != Confidentiality.CONFIDENTIAL,
        Challenge.edition_id.in_(led),
        _annex_readers(actor),
    )


def _of_title(actor: Actor) -> Select[Any]:
    return visible(actor, Challenge).where(not_(_brief_readers(actor)))


def _of_brief(actor: Actor) -> Select[Any]:
    return visible(actor, Challenge).where(_brief_readers(actor), not_(_annex_readers(actor)))


def _of_annex(actor: Actor) -> Select[Any]:
    return visible(actor, Challenge).where(_annex_readers(actor))


def _brief(row: Challenge) -> str:
    return "\n".join((row.problem, row.background, row.constraints, row.provided))


def _hit(row: Challenge, body: str) -> Hit:
    url = url_for("challenges.show", challenge=row.public_id)
    return Hit(row.title, url, row.organisation.name, body)


def deeds(actor: Actor) -> list[Deed]:
    """What one may begin here."""
    return [Deed(_("New challenge"), url_for("challenges.new"))] if may_open(actor, None) else []


DOCUMENTS = [
    Documents(
        "challenge", "challenges", "flag", Challenge, lambda row: (row.title, ""),
        _of_title, lambda _actor, row: _hit(row, ""),
    ),
    Documents(
        "brief", "challenges", "flag", Challenge, lambda row: (row.title, _brief(row)),
        _of_brief, lambda _actor, row: _hit(row, _brief(row)),
    ),
    Documents(
        "annex", "challenges", "flag", Challenge,
        lambda row: (row.title, f"{_brief(row)}\n{row.annex}"),
        _of_annex, lambda _actor, row: _hit(row, f"{_brief(row)}\n{row.annex}"),
    ),
]
