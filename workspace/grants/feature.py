"""The face of grants."""

from workspace.accounts.facts import PersonConfirmed
from workspace.accounts.models import Person
from workspace.foundation.features import Card, Feature
from workspace.grants import access, cards, membership, ways_in
from workspace.grants.models import Invitation
from workspace.grants.views import DOORS

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
    offers={
        "joiners": {"organisation": membership.come_in},
        "invited": ways_in.may_register,
        "workplaces": cards.workplaces,
    },
)
