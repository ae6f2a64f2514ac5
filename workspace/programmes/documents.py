"""What can be searched of programmes and editions."""

from __future__ import annotations

from flask import url_for

from workspace.foundation.access import Actor, visible
from workspace.foundation.features import Documents, Hit
from workspace.foundation.text import _
from workspace.programmes.models import Edition, Programme


def _programme(_actor: Actor, programme: Programme) -> Hit:
    return Hit(programme.title, url_for("programmes.index"), _("Programme"), programme.summary)


def _edition(actor: Actor, edition: Edition) -> Hit:
    leads = actor.has("programme-lead", "programme", edition.programme_id)
    url = (
        url_for("home.overview", edition=edition.public_id) if leads
        else url_for("programmes.index")
    )
    return Hit(edition.title, url, edition.programme.title)


DOCUMENTS = [
    Documents(
        "programme", "challenges", "library", Programme, lambda row: (row.title, row.summary),
        lambda actor: visible(actor, Programme), _programme,
    ),
    Documents(
        "edition", "challenges", "calendar", Edition, lambda row: (row.title, ""),
        lambda actor: visible(actor, Edition), _edition,
    ),
]
