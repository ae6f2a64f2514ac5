"""The face of the wing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select

from sponsors import access
from sponsors.views import doors
from workspace.challenges.models import Challenge
from workspace.foundation.access import Actor
from workspace.foundation.db import session
from workspace.foundation.features import Dated, Feature, NavItem, Workplace
from workspace.foundation.text import _, lazy
from workspace.organisations.models import Organisation


def _home(_actor: Actor, place: Workplace) -> str | None:
    if place.kind != "organisation":
        return None
    return url_for("sponsors.home", organisation=place.public_id)


def _discover(_actor: Actor, place: Workplace) -> str | None:
    if place.kind != "organisation":
        return None
    return url_for("sponsors.discover", organisation=place.public_id)


def _dates(_actor: Actor, place: str, thing: Any) -> Sequence[Dated]:
    if place != "sponsor" or not isinstance(thing, Organisation):
        return ()
    rows = session().scalars(
        select(Challenge).where(Challenge.organisation_id == thing.id,
                                Challenge.state.in_(("published", "closed", "judging")))
    )
    return [
        Dated(at, word, it.title, url_for("challenges.show", challenge=it.public_id),
              f"{step}:{it.public_id}", public=True)
        for it in rows
        for step, at, word in (
            ("applications", it.applications_close_at, _("Applications close")),
            ("results", it.submission_at, _("Results are due")),
            ("demo", it.demo_day_at, _("Demo day")),
        )
        if at is not None
    ]


FEATURES = (
    Feature(
        name="sponsors",
        doors=[doors],
        may={
            ("sponsor", Organisation): access.may_sponsor,
            ("scout", Organisation): access.may_scout,
        },
        nav=[
            NavItem(("sponsor",), lazy("Overview"), "layout-dashboard", 10, _home, bottom=True),
            NavItem(("scout",), lazy("Discover"), "search", 10, _discover, bottom=True),
        ],
        dates=[_dates],
    ),
)
