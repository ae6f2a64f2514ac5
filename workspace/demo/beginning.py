"""How the story begins: organisations, the programme, challenges, teams and their entries."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from flask_security.utils import hash_password

from canvases.boards.models import Canvas
from workspace.accounts.facts import PersonRegistered
from workspace.accounts.models import Person
from workspace.accounts.sessions import actor_for
from workspace.challenges import actions as challenges
from workspace.challenges import clockwork
from workspace.challenges.brief import Brief, Prize, Timeline
from workspace.challenges.models import Challenge
from workspace.demo import people
from workspace.demo.story import ChallengeStory, Story, TeamStory, built_in
from workspace.foundation import clock
from workspace.foundation.access import PLATFORM, Actor
from workspace.foundation.clock import now
from workspace.foundation.days import instant
from workspace.foundation.db import session
from workspace.foundation.facts import announce
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.organisations import actions as organisations
from workspace.organisations.models import Organisation
from workspace.programmes import actions as programmes
from workspace.programmes.definitions import built_in as calendars
from workspace.programmes.models import Edition
from workspace.submissions import actions as submissions
from workspace.teams import actions as teams
from workspace.teams import agreements
from workspace.teams.models import Team

ZONE = "Europe/Rome"
HOUSE = Actor()
HOME = "University of Valdena"
CHARTER = """We want to find out within one edition whether our idea helps somebody enough to pay.

- Everybody is heard before the lead decides.
- What we make stays in the team until the transfer office has released it.
- We talk to five people a week and write down what we heard.
- Whoever leaves keeps authorship."""
ANNEX = """Sample panel, reader interface and price targets as agreed in the kick-off call.

- Samples are coded; no patient-identifiable data leaves the hospital.
- The reader protocol may be used for this challenge only."""


class Beginning:
    """Everything up to the entries; each step at its time in the past."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.latest = now() - timedelta(minutes=5)
        self.story: Story = built_in().at(today)
        self.names = people.more_names()
        self.hashed = str(hash_password(people.PASSWORD))
        self.people: dict[str, Person] = {}
        self.organisations: dict[str, Organisation] = {}
        self.challenges: dict[str, Challenge] = {}
        self.teams: dict[str, Team] = {}
        self.canvases: dict[str, Canvas] = {}
        self.edition: Edition

    # Time and people

    def at(self, week: int, weekday: int = 1, hour: int = 10) -> datetime:
        """An instant of the edition: weeks from its start, Monday is 0; never in the future."""
        day = self.story.starts_on - timedelta(days=self.story.starts_on.weekday())
        wanted = instant(day + timedelta(weeks=week, days=weekday), time(hour), ZONE)
        return min(wanted, self.latest)

    @contextmanager
    def then(self, week: int, weekday: int = 1, hour: int = 10) -> Iterator[datetime]:
        """A unit of work at that time."""
        with clock.frozen(self.at(week, weekday, hour)), write():
            yield now()

    def person(self, name: str, email: str) -> Person:
        """An account with a proved address."""
        made = Person(name=name, email=email, password=self.hashed, confirmed_at=now(),
                      language="en", zone=ZONE, created_at=now())
        session().add(made)
        session().flush()
        announce(PersonRegistered(made.id, made.id))
        return made

    def persona(self, key: str) -> Person:
        """Somebody of the cast, made at first need."""
        if key not in self.people:
            found = people.BY_KEY[key]
            self.people[key] = self.person(found.name, found.email)
        return self.people[key]

    def somebody(self) -> Person:
        """Somebody else."""
        name = next(self.names)
        plain = unicodedata.normalize("NFKD", name.lower()).replace(" ", ".")
        slug = "".join(c for c in plain if c.isascii())
        return self.person(name, f"{slug}.{len(self.people)}@{people.DOMAIN}")

    @staticmethod
    def actor(of: Person) -> Actor:
        """Her rights now."""
        return actor_for(of, now())

    def houses(self) -> None:
        """Organisations and the people who act for them."""
        with self.then(-12):
            administrator = self.persona("administrator")
            grants.give(HOUSE, administrator.id, "administrator", "platform", PLATFORM, now(),
                        basis="setup")
            admin = self.actor(administrator)
            wanted: dict[str, tuple[str, str]] = {}
            for told in self.story.teams:
                for member in told.members:
                    if member.institution != "independent":
                        kind = "university" if member.institution.startswith(
                            ("University", "Biomedical", "Institute", "Harbour")
                        ) else "facility-host"
                        wanted.setdefault(member.institution, (kind, member.country))
            for sponsor in self.story.sponsors:
                wanted[sponsor.name] = ("company", sponsor.country)
            wanted["Bridgehead Accelerator"] = ("accelerator", "ES")
            for name, (kind, country) in wanted.items():
                self.organisations[name] = organisations.create(
                    admin,
                    organisations.Draft(name=name, kind=kind, country=country, city="",
                                        website="", about=""),
                    now(),
                )
            home = self.organisations[HOME]
            for key, role, where in (
                ("organisation-admin", "organisation-admin", home),
                ("officer", "transfer-officer", home),
                ("facility-manager", "facility-manager", home),
                ("sponsor", "sponsor", self.organisations["Corvanta Diagnostics"]),
                ("other-sponsor", "sponsor", self.organisations["Lumevo Optics"]),
                ("scout", "scout", self.organisations["Bridgehead Accelerator"]),
                ("conflicted", "member", home),
            ):
                grants.give(admin, self.persona(key).id, role, "organisation", where.id, now(),
                            basis="membership")
            for name, house in self.organisations.items():
                if house.kind == "company" and name not in {"Corvanta Diagnostics",
                                                            "Lumevo Optics"}:
                    self.people[f"sponsor.{name}"] = self.somebody()
                    grants.give(admin, self.people[f"sponsor.{name}"].id, "sponsor",
                                "organisation", house.id, now(), basis="membership")
            for it in people.PERSONAS:
                self.persona(it.key)

    def programme(self) -> None:
        """The edition from its template, opened."""
        with self.then(-10):
            lead = self.persona("programme-lead")
            grants.give(HOUSE, lead.id, "organisation-admin", "organisation",
                        self.organisations[HOME].id, now(), basis="setup")
            self.edition = programmes.create_programme(
                self.actor(lead), self.organisations[HOME],
                programmes.NameDraft(
                    self.story.edition_title,
                    "Teams from research institutions take on challenges of industry sponsors.",
                    ("en", "it", "cs"), ZONE,
                ),
                now(),
            )
            grants.end(HOUSE, lead.id, ("organisation-admin",), "organisation",
                       self.organisations[HOME].id, now())
        with self.then(-9):
            programmes.use_template(self.actor(self.persona("programme-lead")), self.edition,
                                    calendars()[0], self.story.starts_on, now())
        with self.then(-8):
            programmes.open_edition(self.actor(self.persona("programme-lead")), self.edition,
                                    now())

    def sponsor_of(self, told: ChallengeStory) -> Person:
        """Who acts for the sponsor of a challenge."""
        name = next(it.name for it in self.story.sponsors if it.id == told.sponsor_id)
        keys = {"Corvanta Diagnostics": "sponsor", "Lumevo Optics": "other-sponsor"}
        return self.people[keys.get(name, f"sponsor.{name}")]

    def briefs(self) -> None:
        """Challenges, sent to review by their sponsors and published by the lead."""
        for told in self.story.challenges:
            sponsor = self.sponsor_of(told)
            name = next(it.name for it in self.story.sponsors if it.id == told.sponsor_id)
            days = told.dates
            late = time(23, 59)
            brief = Brief(
                title=told.title, problem=told.problem, background=told.background,
                constraints="\n".join(f"- {it}" for it in told.constraints),
                annex=ANNEX if told.confidentiality != "public" else "",
                confidentiality=told.confidentiality, criteria=told.criteria, terms=told.terms,
                prize=Prize(told.prize_cash, told.prize_in_kind),
                timeline=Timeline(
                    opens_at=instant(days.opens, time(9), ZONE),
                    applications_close_at=instant(days.applications_close, late, ZONE),
                    kick_off_at=instant(days.kick_off, time(10), ZONE),
                    mid_review_at=instant(days.mid_review, late, ZONE),
                    submission_at=instant(days.submission, late, ZONE),
                    demo_day_at=instant(days.demo_day, time(14), ZONE),
                    decision_within_days=days.decision_within_days,
                ),
                team_min=told.team_min, team_max=told.team_max, max_teams=told.max_teams,
                sector=told.sector, provided="\n".join(f"- {it}" for it in told.provided),
            )
            with self.then(-6):
                made = challenges.open_challenge(self.actor(sponsor), self.edition,
                                                 self.organisations[name], brief, now())
                challenges.submit(self.actor(sponsor), made, now())
            with self.then(-5):
                challenges.approve(self.actor(self.persona("programme-lead")), made, now(),
                                   terms_signed=True)
            self.challenges[told.id] = made

    def _members(self, told: TeamStory) -> list[Person]:
        known = {
            "pj-dropspark": ["lead", "student"], "pj-dimlight": ["", "rival"],
        }.get(told.id, [])
        found = []
        for index, _member in enumerate(told.members):
            key = known[index] if index < len(known) else ""
            found.append(self.persona(key) if key else self.somebody())
        return found

    def _part(self, told: TeamStory, index: int) -> teams.Part:
        member = told.members[index]
        return teams.Part(member.status, member.role,
                          self.organisations.get(member.institution))

    def team(self, told: TeamStory) -> None:
        """A team finds together and signs its charter."""
        with self.then(1):
            members = self._members(told)
            for person in members:
                programmes.join(self.actor(person), self.edition, now())
        first = told.members[0].institution
        home = self.organisations.get(first) or self.organisations[HOME]
        draft = teams.TeamDraft(
            name=told.name, home=home, title=told.title, pitch=told.pitch,
            keywords=told.keywords, open_to_members=len(told.members) < 3,
            looking_for=("business modelling",) if len(told.members) < 3 else (),
            looking_text="We look for somebody who likes talking to customers."
            if len(told.members) < 3 else "",
        )
        with self.then(2):
            made = teams.begin_team(self.actor(members[0]), self.edition, draft,
                                    self._part(told, 0), now())
            for index, person in enumerate(members[1:], 1):
                teams.admit(self.actor(members[0]), made, person.id, self._part(told, index),
                            now())
            if told.id == "pj-dropspark":
                former = self.persona("former")
                programmes.join(self.actor(former), self.edition, now())
                teams.admit(self.actor(members[0]), made, former.id, self._part(told, 0), now())
            agreements.write_charter(self.actor(members[0]), made, CHARTER, now(), seen=0)
        if len(members) >= 3:
            with self.then(2, 3):
                everybody = [it.person for it in self._fresh(made).present]
                for person in everybody:
                    agreements.sign_charter(self.actor(person), made, 1, now())
        self.teams[told.id] = made

    @staticmethod
    def _fresh(team: Team) -> Team:
        session().refresh(team)
        return team

    def entries(self) -> None:
        """Applications, selection, start."""
        lead = self.persona("programme-lead")
        for told in self.story.teams:
            if told.challenge_id is None:
                continue
            team, challenge = self.teams[told.id], self.challenges[told.challenge_id]
            if not told.members or len(told.members) < 3:
                continue
            with self.then(3):
                for member in self._fresh(team).present:
                    if challenge.brief.needs_agreement:
                        challenges.sign_annex(self.actor(member.person), challenge, now())
            with self.then(3, 2):
                leader = next(it.person for it in team.present if it.role == "lead")
                entry = submissions.enter(self.actor(leader), team, challenge, told.pitch, now())
            with self.then(4, 4):
                submissions.step_entry(self.actor(lead), entry, "shortlist", now())
            with self.then(5, 1):
                submissions.step_entry(self.actor(lead), entry, "activate", now())
        for week in range(4, 10):  # on its day, not on the day of the telling
            with clock.frozen(self.at(week, 1, 0)):
                clockwork.keep_time()
        drop = self.teams["pj-dropspark"]
        with self.then(6, 2):
            teams.leave(self.actor(self.persona("former")), drop, now())
        challenge = self.challenges["ch-fast-sepsis"]
        with self.then(4):
            asked = challenges.ask(self.actor(self.persona("student")), challenge,
                                   "May the blood be drawn from a finger?", now())
        with self.then(4, 2):
            challenges.answer(self.actor(self.persona("sponsor")), asked,
                              "Yes, up to 200 microlitres. Say so in the protocol.", now())
        with self.then(9):
            challenges.ask(self.actor(self.persona("rival")),
                           self.challenges["ch-gentle-light"],
                           "Does the add-on need its own power supply?", now())
