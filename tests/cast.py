"""The cast: everybody that tests, demo and docs speak of, each with what she or he may do.

Two teams in one programme, a second organisation, people who left, people with a conflict. The
seats of this table are the access matrix.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from tests import builders
from workspace.accounts.models import Person
from workspace.challenges.models import Challenge
from workspace.foundation.access import VISITOR, Actor
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.grants import actions as grants
from workspace.organisations.models import Organisation
from workspace.programmes.models import Edition
from workspace.teams.models import Team

SEATS = (
    "lead", "member", "rival_lead", "rival", "former", "mentor", "conflicted", "reviewer",
    "sponsor", "other_sponsor", "scout", "officer", "other_officer", "pi", "facility_manager",
    "programme_lead", "administrator", "participant", "stranger", "visitor",
)

NAMES = {
    "lead": "Rita Moreau",
    "member": "Tomas Kral",
    "rival_lead": "Davide Poli",
    "rival": "Ines Braga",
    "former": "Ugo Former",
    "mentor": "Hanna Weiss",
    "conflicted": "Conrad Conflict",
    "reviewer": "Radek Votava",
    "sponsor": "Karel Maly",
    "other_sponsor": "Olga Other",
    "scout": "Silvia Vidal",
    "officer": "Paolo Testa",
    "other_officer": "Otto Elsewhere",
    "pi": "Pia Investi",
    "facility_manager": "Jana Liskova",
    "programme_lead": "Marco Villa",
    "administrator": "Ada Duarte",
    "participant": "Petra Single",
    "stranger": "Sam Stranger",
}


@dataclass
class Cast:
    """Everybody by seat, and the things that they share."""

    university: Organisation
    second_university: Organisation
    company: Organisation
    other_company: Organisation
    accelerator: Organisation
    edition: Edition
    challenge: Challenge
    team: Team
    """Of `lead` and `member`; mentored by `mentor`."""
    rival_team: Team
    """Of `rival_lead` and `rival`, in the same edition."""
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, seat: str) -> Person:
        """Whoever sits there."""
        return self.people[seat]

    def actor(self, seat: str) -> Actor:
        """The seat's rights, read now."""
        return VISITOR if seat == "visitor" else builders.actor(self.people[seat])

    def email(self, seat: str) -> str:
        """For signing in."""
        return self.people[seat].email


def assemble() -> Cast:
    """Make the whole cast; call it inside a unit of work."""
    make = builders.person
    people = {seat: make(name) for seat, name in NAMES.items()}
    university = builders.organisation("University of Valdena")
    second = builders.organisation("University of Porto Salgado", country="PT")
    company = builders.organisation("Corvanta Diagnostics", "company")
    other_company = builders.organisation("Lumevo Optics", "company", country="DE")
    accelerator = builders.organisation("Bridgehead Accelerator", "accelerator")
    edition = builders.edition(university, people["programme_lead"])
    challenge = builders.challenge(edition, company, people["sponsor"])
    team = builders.team(edition, university, people["lead"], people["member"], name="Gelsight")
    rivals = builders.team(
        edition, university, people["rival_lead"], people["rival"], name="Phagelark"
    )
    former = builders.join(team, people["former"])
    former.left_at = now()
    grants.end(builders.NOBODY, people["former"].id, ("team-member",), "team", team.id, now())
    give = builders.give
    give(people["mentor"], "mentor", "team", team.id, basis="assignment")
    grants.sign_agreement(
        builders.actor(people["mentor"]), "team", team.id, "I keep it secret.",
        now() + timedelta(days=365), now(),
    )
    give(people["conflicted"], "mentor", "team", rivals.id, basis="assignment")
    give(people["conflicted"], "member", "organisation", university.id)
    give(people["reviewer"], "member", "organisation", second.id)
    give(people["sponsor"], "sponsor", "organisation", company.id)
    give(people["other_sponsor"], "sponsor", "organisation", other_company.id)
    give(people["scout"], "scout", "organisation", accelerator.id)
    give(people["officer"], "transfer-officer", "organisation", university.id)
    give(people["other_officer"], "transfer-officer", "organisation", second.id)
    give(people["pi"], "pi", "team", team.id)
    give(people["facility_manager"], "facility-manager", "organisation", university.id)
    give(people["administrator"], "administrator", "platform", 0)
    give(people["participant"], "participant", "edition", edition.id)
    session().flush()
    return Cast(
        university=university, second_university=second, company=company,
        other_company=other_company, accelerator=accelerator, edition=edition,
        challenge=challenge, team=team, rival_team=rivals, people=people,
    )


def gathered() -> Cast:
    """The cast of a database that it has moved into, as rows of the session in hand."""
    people = {it.name: it for it in session().scalars(select(Person))}
    organisations = {it.name: it for it in session().scalars(select(Organisation))}
    teams = {it.name: it for it in session().scalars(select(Team))}
    return Cast(
        university=organisations["University of Valdena"],
        second_university=organisations["University of Porto Salgado"],
        company=organisations["Corvanta Diagnostics"],
        other_company=organisations["Lumevo Optics"],
        accelerator=organisations["Bridgehead Accelerator"],
        edition=session().scalars(select(Edition)).one(),
        challenge=session().scalars(select(Challenge)).one(),
        team=teams["Gelsight"], rival_team=teams["Phagelark"],
        people={seat: people[name] for seat, name in NAMES.items()},
    )
