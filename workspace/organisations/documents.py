"""What can be searched of organisations."""

from __future__ import annotations

from flask import url_for

from workspace.foundation.access import Actor, visible
from workspace.foundation.features import Documents, Hit
from workspace.organisations.models import Organisation


def _show(_actor: Actor, organisation: Organisation) -> Hit:
    return Hit(
        organisation.name, url_for("organisations.show", organisation=organisation.public_id),
        organisation.city, organisation.about,
    )


DOCUMENTS = [
    Documents(
        "organisation", "people", "building-2", Organisation,
        lambda row: (row.name, f"{row.city} {row.about}"),
        lambda actor: visible(actor, Organisation), _show,
    ),
]
