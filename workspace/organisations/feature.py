"""The face of organisations."""

from __future__ import annotations

from flask import url_for

from workspace.foundation.access import Actor
from workspace.foundation.features import Feature, NavItem, Workplace
from workspace.foundation.text import lazy
from workspace.organisations import access, documents, queries
from workspace.organisations.models import Organisation
from workspace.organisations.views import doors


def _own(_actor: Actor, place: Workplace) -> str | None:
    if place.kind != "organisation":
        return None
    return url_for("organisations.show", organisation=place.public_id)


FEATURE = Feature(
    name="organisations",
    doors=[doors],
    may={
        ("list", Organisation): access.may_list,
        ("create", Organisation): access.may_create,
        ("manage", Organisation): access.may_manage,
    },
    visible={Organisation: access.organisation_clause},
    nav=[
        NavItem(
            (
                "organisation-admin",
                "member",
                "transfer-officer",
                "sponsor",
                "scout",
                "facility-manager",
            ),
            lazy("Organisation"),
            "building-2",
            80,
            _own,
        ),
        NavItem(
            ("administrator",),
            lazy("Organisations"),
            "building-2",
            20,
            lambda _actor, _place: url_for("organisations.index"),
            bottom=True,
        ),
        NavItem(
            ("administrator",),
            lazy("People"),
            "users",
            10,
            lambda _actor, _place: url_for("accounts.people"),
            bottom=True,
        ),
    ],
    offers={"open_registration": queries.open_places, "documents": documents.DOCUMENTS},
)
