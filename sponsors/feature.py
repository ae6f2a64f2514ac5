"""The face of the wing."""

from __future__ import annotations

from flask import url_for

from sponsors import access
from sponsors.views import doors
from workspace.foundation.access import Actor
from workspace.foundation.features import Feature, NavItem, Workplace
from workspace.foundation.text import lazy
from workspace.organisations.models import Organisation


def _home(_actor: Actor, place: Workplace) -> str | None:
    if place.kind != "organisation":
        return None
    return url_for("sponsors.home", organisation=place.public_id)


def _discover(_actor: Actor, place: Workplace) -> str | None:
    if place.kind != "organisation":
        return None
    return url_for("sponsors.discover", organisation=place.public_id)


FEATURES = (
    Feature(
        name="sponsors",
        doors=[doors],
        may={
            ("sponsor", Organisation): access.may_sponsor,
            ("scout", Organisation): access.may_scout,
        },
        nav=[
            NavItem(("sponsor",), lazy("Overview"), "layout-dashboard", 5, _home, bottom=True),
            NavItem(("scout",), lazy("Discover"), "search", 10, _discover, bottom=True),
        ],
    ),
)
