"""The face of grants."""

from workspace.accounts.facts import PersonConfirmed
from workspace.accounts.models import Person
from workspace.foundation.access import Actor
from workspace.foundation.features import Card, Feature, NavItem, Workplace
from workspace.foundation.text import lazy
from workspace.grants import access, cards, documents, membership, own_data, ways_in
from workspace.grants.models import Invitation
from workspace.grants.views import DOORS
from workspace.organisations.rules import ADMIN


def _people_url(_actor: Actor, place: Workplace) -> str | None:
    return f"/organisations/{place.public_id}/people" if place.kind == "organisation" else None


FEATURE = Feature(
    name="grants",
    doors=[DOORS],
    may={
        ("contact", Person): access.may_contact,
        ("withdraw", Invitation): access.may_withdraw,
    },
    visible={Person: access.person_clause, Invitation: access.invitation_clause},
    on={PersonConfirmed: [membership.join_by_address]},
    cards=[
        Card("organisation", 10, cards.people_card),
        Card("person", 10, cards.belongs_card),
    ],
    nav=[
        NavItem(
            (ADMIN, "member"),
            lazy("People"),
            "users",
            10,
            _people_url,
            bottom=True,
        ),
    ],
    offers={
        "joiners": {"organisation": membership.come_in},
        "invited": ways_in.may_register,
        "workplaces": cards.workplaces,
        "records": own_data.records,
        "before_erasure": own_data.before_erasure,
        "forget": own_data.forget,
        "documents": documents.DOCUMENTS,
    },
)
