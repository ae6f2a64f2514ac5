"""The face of discovery."""

from __future__ import annotations

from flask import url_for
from sqlalchemy import ColumnElement

from canvases.discovery import access, documents, own_data, queries
from canvases.discovery.api import API
from canvases.discovery.models import Evidence
from canvases.discovery.views import doors
from workspace.foundation.access import Actor
from workspace.foundation.features import Column, Counted, Feature, NavItem, Workplace
from workspace.foundation.text import lazy
from workspace.teams.models import Team


def _evidence(_actor: Actor, place: Workplace) -> str | None:
    if place.kind != "team":
        return None
    return url_for("discovery.of_the_team", team=place.public_id)


def _count(_actor: Actor, place: Workplace) -> Counted | None:
    if place.role not in ("team-lead", "team-member"):
        return None  # the others see fewer pieces: the number of all would tell
    found = queries.count_of_team(place.scope_id)
    return Counted((found.scalar_subquery(),), lambda count: count or None)


def _column(team_id: ColumnElement[int]) -> Counted:
    found = queries.count_of_team(team_id).correlate(Team)
    return Counted((found.scalar_subquery(),), lambda count: count)


FEATURE = Feature(
    name="discovery",
    api=[API],
    doors=[doors],
    may={("change", Evidence): access.may_change},
    visible={Evidence: access.evidence_clause},
    nav=[
        NavItem(
            ("team-lead", "team-member", "mentor", "pi"),
            lazy("Evidence"),
            "microscope",
            30,
            _evidence,
            count=_count,
        ),
    ],
    columns=[Column(lazy("Evidence"), 30, counted=_column, number=True)],
    offers={
        "readable_files": access.readable_files,
        "documents": documents.DOCUMENTS,
        "records": own_data.records,
    },
)
