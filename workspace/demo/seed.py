"""Tells the story through the product's own actions, each step at its time in the past."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path

from flask_security.utils import hash_password
from sqlalchemy import select

from canvases.boards import actions as boards
from canvases.boards import live, versions
from canvases.boards import queries as board_queries
from canvases.boards.models import Canvas
from canvases.discovery import actions as discovery
from mentors.reviews import actions as reviews
from mentors.reviews import queries as review_queries
from mentors.reviews.models import Panel
from transfer.checklists import actions as checklists
from transfer.checklists import definitions as checklist_definitions
from transfer.checklists import queries as checklist_queries
from workspace.accounts.facts import PersonRegistered
from workspace.accounts.models import Person
from workspace.accounts.sessions import actor_for
from workspace.challenges import actions as challenges
from workspace.challenges.brief import Brief, Prize, Timeline
from workspace.challenges.models import Challenge
from workspace.demo import people
from workspace.demo.story import ChallengeStory, Story, TeamStory, built_in
from workspace.files import actions as files
from workspace.foundation import clock, typeset
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
from workspace.readiness import actions as readiness
from workspace.releases import actions as releases
from workspace.releases import queries as release_queries
from workspace.submissions import actions as submissions
from workspace.submissions import queries as submission_queries
from workspace.submissions.rules import Purpose
from workspace.teams import actions as teams
from workspace.teams import agreements
from workspace.teams.models import Team

ZONE = "Europe/Rome"
HOUSE = Actor()
DECK = Path(__file__).parent / "deck.typ"
HOME = "University of Valdena"
CHARTER = """We want to find out within one edition whether our idea helps somebody enough to pay.

- Everybody is heard before the lead decides.
- What we make stays in the team until the transfer office has released it.
- We talk to five people a week and write down what we heard.
- Whoever leaves keeps authorship."""
ANNEX = """Sample panel, reader interface and price targets as agreed in the kick-off call.

- Samples are coded; no patient-identifiable data leaves the hospital.
- The reader protocol may be used for this challenge only."""


class Seed:
    """One telling of the story. Steps are methods in the order in which things happened."""

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
        slug = "".join(c for c in name.lower().replace(" ", ".") if c.isascii())
        return self.person(name, f"{slug}.{len(self.people)}@{people.DOMAIN}")

    @staticmethod
    def actor(of: Person) -> Actor:
        """Her rights now."""
        return actor_for(of, now())

    # Steps

    def tell(self) -> None:
        """Everything, from the first organisation to yesterday's review."""
        self.houses()
        self.programme()
        self.briefs()
        for told in self.story.teams:
            self.team(told)
        self.entries()
        for told in self.story.teams:
            self.canvas(told)
        self.mentoring()
        self.transfer()
        self.levels()
        self.pitches()
        self.release()

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

    def canvas(self, told: TeamStory) -> None:
        """A canvas with its notes and evidence, in two versions."""
        team = self.teams[told.id]
        members = [it.person for it in self._fresh(team).present]
        with self.then(5, 2):
            canvas = boards.make_canvas(self.actor(members[0]), team, told.template_id,
                                        "Business model", now())
        self.canvases[told.id] = canvas
        for week, status in ((6, None), (8, "told")):
            with clock.frozen(self.at(week, 2)):
                for index, note in enumerate(told.notes):
                    author = members[index % len(members)]
                    self._note(canvas, author, note, final=status is not None)
            with clock.frozen(self.at(week, 3)):
                versions.name_version(self.actor(members[0]), canvas,
                                      "First draft" if week == 6 else "After the interviews")
        with clock.frozen(self.at(8, 4)):
            for index, note in enumerate(told.notes):
                if not note.evidence:
                    continue
                line = board_queries.note_of(self.actor(members[0]), canvas, note.id)
                stance = "against" if note.status == "refuted" else "for"
                with write():
                    discovery.add(
                        self.actor(members[(index + 1) % len(members)]), canvas, line,
                        discovery.EvidenceDraft(stance, note.evidence, "", note.strength),
                    )

    def _note(self, canvas: Canvas, author: Person, note: object, *, final: bool) -> None:
        from workspace.demo.story import NoteStory

        assert isinstance(note, NoteStory)
        status = note.status if final else "untested"
        tier = "team"
        if note.status == "supported":
            tier = "sponsor"
        elif note.status == "testing":
            tier = "mentors"
        actor = self.actor(author)

        def change(document: live.Document) -> None:
            if document.note(note.id) is None:
                document.add_note(block=note.block_id, author=actor.public_id, text=note.text,
                                  weight=note.importance, note_id=note.id, at=now())
            document.set_status(note.id, status)
            if final:
                document.set_tier(note.id, tier)

        live.edit(actor, canvas, change)
        session().commit()  # ends the read, so that the next one sees what the room has stored

    def mentoring(self) -> None:
        """Mentors are asked, promise secrecy, and say something."""
        lead = self.persona("programme-lead")
        plan = {"pj-dropspark": "mentor", "pj-dimlight": "mentor", "pj-brothworks": "reviewer",
                "pj-sealed-result": "conflicted"}
        for key, who in plan.items():
            person = self.persona(who)
            with self.then(5, 3):
                asked = agreements.ask_mentor(self.actor(lead), self.teams[key], person, now())
            with self.then(6, 0):
                agreements.accept_mentoring(self.actor(person), asked, now())
        for told in self.story.teams:
            if told.id not in ("pj-dropspark", "pj-dimlight"):
                continue
            canvas = self.canvases[told.id]
            with self.then(9, 0):
                seen = next(it for it in told.notes if it.status in ("supported", "testing"))
                boards.comment(self.actor(self.persona("mentor")), canvas,
                               board_queries.note_of(
                                   self.actor(self.persona("mentor")), canvas, seen.id), told.mentor_note)
        with self.then(4):
            pi = self.persona("pi")
            for key in ("pj-dropspark", "pj-dimlight"):
                grants.give(self.actor(lead), pi.id, "pi", "team", self.teams[key].id, now(),
                            basis="assignment")

    def transfer(self) -> None:
        """Checklists: one well on its way with a question to the office, one just begun."""
        team = self.teams["pj-dropspark"]
        patterns = {it.id: it for it in checklist_definitions.built_in().checklists}
        lead, student = self.persona("lead"), self.persona("student")
        with self.then(7):
            first = checklists.start(self.actor(lead), patterns["invention-disclosure"], now(),
                                     team=team)
            second = checklists.start(self.actor(lead), patterns["public-disclosure-guard"],
                                      now(), team=team)
            checklists.start(self.actor(self._lead("pj-dimlight")),
                             patterns["inventorship-ownership"], now(),
                             team=self.teams["pj-dimlight"])
        with self.then(8):
            items = checklist_queries.items_of(first)
            words = "See the notebook of week 6, pages 12 to 19."
            for item in items[: len(items) // 2]:
                checklists.answer(self.actor(student), item,
                                  checklists.AnswerDraft("yes", words, ""), now())
                checklists.submit(self.actor(student), item, now())
        with self.then(8, 3):
            for key in ("lead", "pi", "officer"):
                for item in checklist_queries.items_of(first)[:4]:
                    actor = self.actor(self.persona(key))
                    for role in checklists.roles_for(actor, item)[:1]:
                        checklists.sign(actor, item, role, now())
        with self.then(9, 0):
            asked = checklist_queries.items_of(first)[-2]
            checklists.answer(self.actor(student), asked,
                              checklists.AnswerDraft(
                                  "dont-know", "The hospital sent twelve samples without a "
                                  "contract. Does that matter?", ""), now())
            item = checklist_queries.items_of(second)[0]
            checklists.answer(self.actor(student), item,
                              checklists.AnswerDraft("yes", "A poster at the spring meeting.", ""),
                              now())

    def _lead(self, key: str) -> Person:
        return next(it.person for it in self._fresh(self.teams[key]).present if it.role == "lead")

    def levels(self) -> None:
        """Readiness: claimed with evidence, some of it confirmed."""
        for told in self.story.teams:
            if told.id not in ("pj-dropspark", "pj-dimlight", "pj-brothworks"):
                continue
            team = self.teams[told.id]
            for index, (scale, level) in enumerate(told.readiness.items()):
                with self.then(8, 2):
                    claim = readiness.claim(
                        self.actor(self._lead(told.id)), team,
                        readiness.ClaimDraft(
                            scale, level, "Shown step by step with the records of the team so far.",
                            ""),
                        now(),
                    )
                if told.id == "pj-dropspark" and index < 4:
                    with self.then(8, 4):
                        readiness.answer(self.actor(self.persona("mentor")), claim, "confirm", "",
                                         now())

    def pitches(self) -> None:
        """Three teams hand in; one panel is released, one in progress, one waits."""
        for key, week in (("pj-sealed-result", 6), ("pj-dropspark", 8), ("pj-bloomwatch", 9)):
            told = next(it for it in self.story.teams if it.id == key)
            self._hand_in(told, week)
        self._review("pj-sealed-result", ("mentor", "reviewer"), finish=2, week=7)
        self._review("pj-dropspark", ("reviewer", "stranger-reviewer"), finish=1, week=9)
        panel = self._panel("pj-sealed-result")
        with self.then(8, 1):
            reviews.release(self.actor(self.persona("programme-lead")), panel, now())
        with self.then(8, 2):
            author = self.actor(self._lead("pj-sealed-result"))
            comments = review_queries.comments_of(panel)
            for comment, kind in zip(comments, ("done", "will-do", "disagree"), strict=False):
                reviews.answer(author, panel, reviews.AnswerDraft(
                    comment.key, kind, "We talked to two more hospitals about it."), now())

    def _hand_in(self, told: TeamStory, week: int) -> None:
        team = self.teams[told.id]
        leader = self._lead(told.id)
        challenge = self.challenges[told.challenge_id] if told.challenge_id else None
        tones = {"untested": "#ebc64b", "testing": "#7fa8f5", "supported": "#5db877",
                 "refuted": "#e5827a", "parked": "#a9b4af"}
        deck = typeset.pdf(DECK, {
            "title": told.title, "team": told.name, "pitch": told.pitch,
            "edition": self.story.edition_title,
            "labels": {"problem": "The problem", "solution": "What we offer",
                       "evidence": "What we have tested", "learned": "What we learned",
                       "next": "Next steps"},
            "problem": challenge.problem if challenge else told.pitch,
            "counts": [{"n": sum(it.status == key for it in told.notes), "label": key.title(),
                        "fill": fill} for key, fill in tones.items()],
            "notes": [{"status": it.status.title(), "text": it.text} for it in told.notes[:4]],
            "next": [it.text for it in told.notes if it.status == "untested"][:3],
        })
        with self.then(week):
            draft = submissions.start(self.actor(leader), team, Purpose.PITCH_REVIEW, now())
        with clock.frozen(self.at(week)):
            file = files.take_upload(self.actor(leader), io.BytesIO(deck),
                                     f"{told.name}.pdf", ("submission", draft.id), team.id)
        with self.then(week, 2):
            submissions.set_deck(self.actor(leader), draft, file, now())
            submissions.save(
                self.actor(leader), draft,
                submissions.PitchDraft(
                    told.title, f"{told.pitch}\n\nWe have tested our riskiest assumptions with "
                    "customers and say what we do not know yet."), now())
            submissions.submit(self.actor(leader), draft,
                               {"canvas": self.canvases[told.id].public_id}, now())

    def _panel(self, key: str) -> Panel:
        submission = submission_queries.latest(self.teams[key], Purpose.PITCH_REVIEW)
        if submission is None:
            raise LookupError(f"{key} has handed nothing in")
        return session().scalars(
            select(Panel).where(Panel.submission_id == submission.id)
        ).one()

    def _review(self, key: str, who: tuple[str, ...], finish: int, week: int) -> None:
        panel = self._panel(key)
        lead = self.persona("programme-lead")
        for index, name in enumerate(who):
            with self.then(week, 0):
                person = self.persona(name) if name in people.BY_KEY else self.somebody()
                review = reviews.assign(self.actor(lead), panel, person, now())
            if index >= finish and index > 0:
                continue
            with self.then(week, 2):
                reviews.declare(self.actor(person), review, "", now())
            with self.then(week, 3):
                scores = {
                    it.id: (4 if (place + index) % 3 else 3, False,
                            "Name the person who signs the purchase." if place == 0 else "")
                    for place, it in enumerate(review_queries.rubric_of(panel).criteria)
                    if index < finish or place < 3
                }
                reviews.save(self.actor(person), review, reviews.ReviewDraft(
                    scores, {"feedback-keep": "The numbers come from your own interviews.",
                             "feedback-next-action":
                             "Ask two laboratory managers for their price limit by Friday."},
                    "A strong team." if index == 0 else ""), now())
                if index < finish:
                    reviews.submit(self.actor(person), review, now())

    def release(self) -> None:
        """One canvas is shown to the sponsor; a deck waits for the officer."""
        team = self.teams["pj-dropspark"]
        lead, officer = self.persona("lead"), self.persona("officer")
        sponsor = self.organisations["Corvanta Diagnostics"]
        with self.then(8, 3):
            offered = release_queries.offered(self.actor(lead), team)
            canvas = next(it for it in offered if it.kind.kind == "canvas")
            asked = releases.request_release(
                self.actor(lead), team,
                releases.RequestDraft(canvas.key, canvas.title, canvas.version, "sponsor", sponsor,
                                      self.at(9, 0).date(), "For the call before the mid review."),
                now(),
            )
        with self.then(9, 0, 8):
            releases.decide(self.actor(officer), asked,
                            releases.DecisionDraft("approve", ""), now())
        with self.then(9, 0, 12):
            releases.keep_time(now())
        with self.then(9, 1):
            decks = [it for it in release_queries.offered(self.actor(lead), team)
                     if it.kind.kind == "deck"]
            if decks:
                releases.request_release(
                    self.actor(lead), team,
                    releases.RequestDraft(
                        decks[0].key, decks[0].title, decks[0].version, "sponsor", sponsor,
                        self.today + timedelta(days=24), "Mid review with the sponsor."),
                    now(),
                )

