"""The face of programmes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import url_for

from workspace.foundation.access import Actor
from workspace.foundation.features import Dated, Feature, NavItem, Workplace
from workspace.foundation.text import _, lazy
from workspace.grants import actions as grants
from workspace.grants.models import Invitation
from workspace.programmes import access, documents, queries
from workspace.programmes.api import API
from workspace.programmes.models import Edition, Phase, Programme
from workspace.programmes.views import doors

ONE_MINUTE = timedelta(minutes=1)


def _set_up_url(_actor: Actor, place: Workplace) -> str | None:
    if place.kind != "edition":
        return None
    return url_for("programmes.set_up", edition=place.public_id)


def _come_in(actor: Actor, invitation: Invitation, now: datetime) -> str:
    """Somebody used an invitation into an edition."""
    assert actor.person_id is not None
    grants.give(
        actor, actor.person_id, invitation.role, "edition", invitation.scope_id, now,
        basis="invitation", basis_id=invitation.id,
    )
    return url_for("home.index")


def _dates(_actor: Actor, place: str, thing: Any) -> Sequence[Dated]:
    """Phases and gates, for calendars."""
    if place != "edition" or not isinstance(thing, Edition):
        return ()
    return [
        # A phase ends with its last day, not on the one after.
        Dated(it.ends_at - ONE_MINUTE, it.gate_title or _("%(phase)s ends", phase=it.title),
              thing.title, url_for("home.index"), f"phase:{it.public_id}", public=True)
        for it in thing.phases
    ]


FEATURE = Feature(
    name="programmes",
    api=[API],
    doors=[doors],
    may={
        ("list", Programme): access.may_list,
        ("create", Programme): access.may_create,
        ("lead", Programme): access.may_lead_programme,
        ("lead", Edition): access.may_lead,
        ("join", Edition): access.may_join,
    },
    visible={
        Edition: access.edition_clause,
        Programme: access.programme_clause,
        Phase: access.phase_clause,
    },
    dates=[_dates],
    nav=[
        NavItem(("programme-lead",), lazy("Set up"), "settings", 90, _set_up_url),
        NavItem(("administrator", "organisation-admin"), lazy("Programmes"), "flag", 25,
                lambda _actor, _place: url_for("programmes.index")),
    ],
    offers={
        "joiners": {"edition": _come_in},
        "people_seen": access.people_clause,
        "token_places": queries.token_places,
        "documents": documents.DOCUMENTS,
    },
)
