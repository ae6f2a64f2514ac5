"""Two teams that have done everything, with a word of its own in every text.

`plant` leads both teams of the cast through the whole house with the product's own actions. Each
text carries one random word, under the name of its kind and team: `words["note.team", "home"]`.
"""

from __future__ import annotations

import io
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from canvases.boards import actions as boards
from canvases.boards import edits, live, versions
from canvases.boards import queries as board_queries
from canvases.boards.models import Canvas
from canvases.discovery import actions as discovery
from mentors.reviews import actions as reviews
from mentors.reviews import queries as review_queries
from mentors.reviews.models import Panel
from tests import builders
from tests.cast import Cast
from tests.files import made
from tests.leaks.world import BRIEF, HOME, RIVAL, Crew, Planted
from transfer.checklists import actions as checklists
from transfer.checklists import definitions as patterns
from transfer.checklists import queries as checklist_queries
from transfer.checklists.models import ChecklistItem, ItemQuestion
from workspace.accounts.models import Person
from workspace.accounts.sessions import actor_for
from workspace.administration import actions as administration
from workspace.calendars import actions as calendars
from workspace.challenges import actions as challenges
from workspace.challenges.models import Challenge
from workspace.files import actions as files
from workspace.foundation import jobs
from workspace.foundation.access import Actor
from workspace.foundation.clock import now, today
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.readiness import actions as readiness
from workspace.releases import actions as releases
from workspace.releases import queries as release_queries
from workspace.submissions import actions as submissions
from workspace.submissions.rules import Purpose
from workspace.teams import actions as teams
from workspace.teams import agreements
from workspace.teams.models import Opening, Team

CHARTER = "We find out together whether somebody needs %s. Everybody is heard; what we make stays."


def plant(app: Flask, cast: Cast) -> Planted:
    """Lead both teams through everything; the application's context is open."""
    world = Planted(cast)
    with write():
        for seat, name in (
            ("second_reviewer", "Sofia Second"),
            ("third_reviewer", "Timo Third"),
            ("fourth_reviewer", "Fay Fourth"),
            ("applicant", "Anna Apply"),
            ("asked_mentor", "Mona Asked"),
            ("asker", world.word("asker.name", BRIEF)),
        ):
            email = f"{world.word('applicant.email', HOME)}@example.org"
            world.people[seat] = builders.person(name, email if seat == "applicant" else None)
        for seat in ("applicant", "asker"):
            builders.give(world.people[seat], "participant", "edition", cast.edition.id)
        rivals = session().get_one(Team, cast.rival_team.id)
        rivals.home_organisation_id = cast.second_university.id
    with write():
        _brief(world)
    crews = (
        Crew(
            HOME,
            cast.team,
            cast.person("lead"),
            cast.person("member"),
            cast.person("mentor"),
            cast.person("officer"),
            cast.person("pi"),
            (cast.person("reviewer"), world.people["second_reviewer"]),
        ),
        Crew(
            RIVAL,
            cast.rival_team,
            cast.person("rival_lead"),
            cast.person("rival"),
            cast.person("conflicted"),
            cast.person("other_officer"),
            None,
            (world.people["third_reviewer"], world.people["fourth_reviewer"]),
        ),
    )
    for crew in crews:
        Story(app, world, crew).tell()
    with write():
        agreements.ask_mentor(
            actor_for(cast.person("programme_lead"), now()),
            session().get_one(Team, cast.team.id),
            world.people["asked_mentor"],
            now(),
        )
    with write():
        desk = actor_for(cast.person("administrator"), now())
        glass = administration.break_glass(
            desk, cast.team.public_id, f"We look for {world.word('glass.reason', HOME)} in it.",
            now(),
        )
        administration.end_glass(desk, glass, now())
    jobs.run_due(app)
    return world


def _brief(world: Planted) -> None:
    """What the sponsor keeps back, a draft of hers and of another sponsor, a question."""
    cast = world.cast
    challenge = session().get_one(Challenge, cast.challenge.id)
    challenge.team_min = 1
    challenge.annex = world.word("annex", BRIEF)
    for sponsor, company, kind in (
        ("sponsor", cast.company, "draft"),
        ("other_sponsor", cast.other_company, "other.draft"),
    ):
        word = world.word(kind, BRIEF)
        builders.challenge(
            cast.edition,
            company,
            cast.person(sponsor),
            title=f"Draft {word}",
            state="draft",
            problem=word,
            background=word,
            annex=word,
        )
    challenges.ask(
        actor_for(world.people["asker"], now()),
        challenge,
        f"May I ask {world.word('question', BRIEF)}?",
        now(),
    )


class Story:
    """What one team does, step by step, each in a unit of work of its own."""

    def __init__(self, app: Flask, world: Planted, crew: Crew) -> None:
        self.app, self.world, self.crew = app, world, crew
        self.canvas: Canvas

    def w(self, kind: str) -> str:
        """The word of this team for a kind of text."""
        return self.world.word(kind, self.crew.side)

    @staticmethod
    def a(person: Person) -> Actor:
        """A person with the rights of now."""
        return actor_for(session().get_one(Person, person.id), now())

    @property
    def team(self) -> Team:
        """The team as it is on disk."""
        return session().get_one(Team, self.crew.team.id, populate_existing=True)

    def tell(self) -> None:
        """Everything, in an order in which it may happen."""
        for step in (
            self.about,
            self.board,
            self.evidence,
            self.lists,
            self.levels,
            self.entry,
            self.pitch,
            self.judged,
            self.answered,
            self.shown,
        ):
            step()
            session().commit()
            jobs.run_due(self.app)

    def about(self) -> None:
        """The team itself: title, charter, log, a wish to join, a way in, a closed thing."""
        lead, team = self.a(self.crew.lead), self.team
        with write():
            team = self.team
            team.name = f"{team.name} {self.w('team.name')}"
            team.title, team.pitch = self.w("team.title"), self.w("team.pitch")
            team.keywords = [self.w("team.keyword")]
            team.open_to_members, team.looking_for = True, [self.w("team.skill")]
            team.looking_text = self.w("team.looking")
        with write():
            calendars.make(lead, "Phone", titles=False)
            agreements.write_charter(
                lead, self.team, CHARTER % self.w("charter.old"), now(), seen=0
            )
        with write():
            agreements.write_charter(lead, self.team, CHARTER % self.w("charter"), now(), seen=1)
            agreements.log_contribution(self.a(self.crew.member), self.team, self.w("log"), now())
            teams.invite(lead, self.team, now(), email=f"{self.w('invitation.email')}@example.org")
        with write():
            opening = session().get_one(Opening, team.id)
            applicant = self.a(self.world.people["applicant"])
            agreements.ask_to_join(applicant, opening, self.w("join.message"), now())

    def board(self) -> None:
        """A canvas with a note of every circle, an old version, and remarks."""
        lead, member = self.a(self.crew.lead), self.a(self.crew.member)
        with write():
            self.canvas = boards.make_canvas(
                lead, self.team, "business-model-canvas", self.w("canvas.title"), now()
            )
        self.notes: dict[str, str] = {}
        canvas_id = self.canvas.id
        for tier in ("team", "mentors", "sponsor", "public"):
            note_id = edits.add_note(
                lead, self._canvas(canvas_id), "bmc-customer-segments", self.w("note.old")
            )
            self.notes[tier] = note_id
        session().commit()
        versions.name_version(lead, self._canvas(canvas_id), self.w("version.name"))
        session().commit()
        for tier, note_id in self.notes.items():
            edits.change_note(
                member,
                self._canvas(canvas_id),
                note_id,
                edits.NoteDraft(
                    self.w(f"note.{tier}"),
                    "testing",
                    tier,
                    3,
                    "bmc-customer-segments",
                    was=edits.mark_of(self.w("note.old")),
                ),
            )
            session().commit()
        gone = edits.add_note(lead, self._canvas(canvas_id), "bmc-channels", self.w("note.deleted"))
        edits.remove_note(lead, self._canvas(canvas_id), gone)
        session().commit()
        versions.name_version(lead, self._canvas(canvas_id), "Second")
        session().commit()
        with write():
            for tier in ("team", "mentors"):
                line = board_queries.note_of(lead, self._canvas(canvas_id), self.notes[tier])
                boards.comment(member, self._canvas(canvas_id), line, self.w(f"comment.{tier}"))
                boards.comment(
                    lead, self._canvas(canvas_id), line, f"@{self.crew.member.name} look"
                )
            if self.crew.side == HOME:
                line = board_queries.note_of(
                    self.a(self.crew.mentor), self._canvas(canvas_id), self.notes["mentors"]
                )
                boards.comment(
                    self.a(self.crew.mentor),
                    self._canvas(canvas_id),
                    line,
                    self.w("comment.by-mentor"),
                )
        with write():
            put_away = boards.make_canvas(
                lead, self.team, "lean-canvas", self.w("canvas.archived"), now()
            )
            boards.archive(lead, put_away, now())

    @staticmethod
    def _canvas(canvas_id: int) -> Canvas:
        return session().get_one(Canvas, canvas_id)

    def evidence(self) -> None:
        """For and against notes of two circles, with a file."""
        lead = self.a(self.crew.lead)
        canvas_id = self.canvas.id
        for tier in ("team", "mentors"):
            name = f"{self.w(f'evidence.file.{tier}')}.pdf"
            with (
                files.received(
                    lead, io.BytesIO(made.pdf(words=self.w(f"evidence.page.{tier}"))), name
                ) as file,
                write(),
            ):
                line = board_queries.note_of(lead, self._canvas(canvas_id), self.notes[tier])
                discovery.add(
                    lead,
                    self._canvas(canvas_id),
                    line,
                    discovery.EvidenceDraft(
                        "for",
                        self.w(f"evidence.text.{tier}"),
                        f"https://example.org/{self.w(f'evidence.url.{tier}')}",
                        3,
                    ),
                    file,
                )

    def lists(self) -> None:
        """A checklist with every kind of item, and one with a question to the office."""
        member, officer = self.a(self.crew.member), self.a(self.crew.officer)
        known = {it.id: it for it in patterns.built_in().checklists}
        with write():
            row = checklists.start(
                self.a(self.crew.lead), known["public-disclosure-guard"], now(), team=self.team
            )
            row_id = row.id
            other = checklists.start(
                self.a(self.crew.lead), known["material-data"], now(), team=self.team
            )
            facility = next(
                it
                for it in checklist_queries.items_of(other)
                if {*it.sign_off} == {"team", "facility-manager"}
            )
        chosen = {"facility": facility.id}
        for item in checklist_queries.items_of(row):
            signers = {*item.sign_off}
            if "facility-manager" in signers:
                continue
            if "sponsor" in signers:
                chosen.setdefault("sponsor", item.id)
            elif "tto-officer" in signers:
                chosen.setdefault("rejected" if "office" in chosen else "office", item.id)
            else:
                chosen.setdefault("team", item.id)
        for kind, item_id in chosen.items():
            with write():
                item = session().get_one(ChecklistItem, item_id)
                checklists.answer(
                    member,
                    item,
                    checklists.AnswerDraft(
                        "yes",
                        self.w(f"item.{kind}"),
                        f"https://example.org/{self.w(f'item.link.{kind}')}",
                    ),
                    now(),
                )
            if kind == "office":
                file = files.take_upload(
                    member,
                    io.BytesIO(made.pdf(words=self.w("item.page"))),
                    f"{self.w('item.file')}.pdf",
                    ("checklist-item", item_id),
                    self.crew.team.id,
                )
                with write():
                    checklists.attach(
                        member, session().get_one(ChecklistItem, item_id), file, now()
                    )
            with write():
                checklists.submit(member, session().get_one(ChecklistItem, item_id), now())
        with write():
            checklists.set_aside(
                officer,
                session().get_one(ChecklistItem, chosen["rejected"]),
                "reject",
                self.w("item.reason"),
                now(),
            )
        left = next(
            it
            for it in checklist_queries.items_of(session().get_one(type(row), row_id))
            if it.id not in chosen.values()
        )
        left_id = left.id
        with write():
            checklists.answer(
                member,
                session().get_one(ChecklistItem, left_id),
                checklists.AnswerDraft("dont-know", self.w("item.question"), ""),
                now(),
            )
        with write():
            question = (
                session().scalars(select(ItemQuestion).where(ItemQuestion.item_id == left_id)).one()
            )
            checklists.reply(officer, question, self.w("item.reply"), now())

    def levels(self) -> None:
        """One level claimed and sent back, one claimed and waiting."""
        lead = self.a(self.crew.lead)
        with write():
            claim = readiness.claim(
                lead,
                self.team,
                readiness.ClaimDraft("trl", 1, f"Evidence {self.w('claim')} of the first step", ""),
                now(),
            )
            readiness.answer(
                self.a(self.crew.officer),
                claim,
                "return",
                f"Look again at {self.w('claim.remark')}",
                now(),
            )
        with write():
            readiness.claim(
                lead,
                self.team,
                readiness.ClaimDraft("crl", 1, f"Evidence {self.w('claim.open')} of a step", ""),
                now(),
            )

    def entry(self) -> None:
        """Both promise secrecy; the lead applies."""
        challenge_id = self.world.cast.challenge.id
        for person in (self.crew.lead, self.crew.member):
            with write():
                challenges.sign_annex(
                    self.a(person), session().get_one(Challenge, challenge_id), now()
                )
        with write():
            submissions.enter(
                self.a(self.crew.lead),
                self.team,
                session().get_one(Challenge, challenge_id),
                self.w("entry.motivation"),
                now(),
            )

    def pitch(self) -> None:
        """A version handed in with canvas and deck, and a draft after it."""
        lead = self.a(self.crew.lead)
        with write():
            submissions.allow_late(
                self.a(self.world.cast.person("programme_lead")),
                self.team,
                Purpose.PITCH_REVIEW,
                now() + timedelta(days=100),
                self.w("late.reason"),
                now(),
            )
        for turn in ("", ".draft"):
            with write():
                draft = submissions.start(lead, self.team, Purpose.PITCH_REVIEW, now())
                draft_id = draft.id
            deck = files.take_upload(
                lead,
                io.BytesIO(made.pdf(pages=2, words=self.w(f"deck.page{turn}"))),
                f"{self.w(f'deck.name{turn}')}.pdf",
                ("submission", draft_id),
                self.crew.team.id,
            )
            with write():
                draft = session().get_one(type(draft), draft_id)
                submissions.set_deck(lead, draft, deck, now())
                submissions.save(
                    lead,
                    draft,
                    submissions.PitchDraft(
                        self.w(f"pitch.title{turn}"), f"We {self.w(f'pitch.text{turn}')} pitch."
                    ),
                    now(),
                )
                if not turn:
                    submissions.submit(lead, draft, {"canvas": self.canvas.public_id}, now())
                    self.submission_id = draft.id

    def _panel(self) -> Panel:
        return (
            session()
            .scalars(
                select(Panel)
                .where(Panel.submission_id == self.submission_id)
                .execution_options(populate_existing=True)
            )
            .one()
        )

    def judged(self) -> None:
        """Two reviews; those of the home team are finished and released, the others are not."""
        lead = self.a(self.world.cast.person("programme_lead"))
        for number, person in enumerate(self.crew.reviewers, 1):
            with write():
                review = reviews.assign(
                    lead, self._panel(), session().get_one(Person, person.id), now()
                )
                review_id = review.id
            with write():
                review = session().get_one(type(review), review_id)
                reviews.declare(self.a(person), review, "", now())
            with write():
                review = session().get_one(type(review), review_id)
                scores = {
                    it.id: (4, False, f"{self.w(f'review{number}.comment')} says why.")
                    for it in review_queries.rubric_of(self._panel()).criteria
                }
                reviews.save(
                    self.a(person),
                    review,
                    reviews.ReviewDraft(
                        scores,
                        {
                            "feedback-keep": f"Keep {self.w(f'review{number}.feedback')} as it is.",
                            "feedback-next-action": f"Do {self.w(f'review{number}.feedback')}.",
                        },
                        self.w(f"review{number}.remark"),
                    ),
                    now(),
                )
                reviews.add_pin(
                    self.a(person), review, 1, 500, 500, self.w(f"review{number}.pin"), now()
                )
            if self.crew.side == HOME:
                with write():
                    reviews.submit(
                        self.a(person), session().get_one(type(review), review_id), now()
                    )
        if self.crew.side == HOME:
            with write():
                reviews.release(lead, self._panel(), now())

    def answered(self) -> None:
        """The home team answers and promises."""
        if self.crew.side != HOME:
            return
        kinds = ("disagree", "will-do")
        for comment, kind in zip(review_queries.comments_of(self._panel()), kinds, strict=False):
            with write():
                reviews.answer(
                    self.a(self.crew.lead),
                    self._panel(),
                    reviews.AnswerDraft(comment.key, kind, self.w(f"answer.{kind}")),
                    now(),
                )

    def shown(self) -> None:
        """A canvas for the sponsor (the home team's is approved), a deck that waits."""
        lead, officer = self.a(self.crew.lead), self.a(self.crew.officer)
        offered = release_queries.offered(lead, self.team)
        company = self.world.cast.company
        for kind in ("canvas", "deck"):
            it = next(it for it in offered if it.kind.kind == kind)
            day = today(self.team.edition.zone)
            with write():
                asked = releases.request_release(
                    lead,
                    self.team,
                    releases.RequestDraft(
                        it.key,
                        it.title,
                        it.version,
                        "sponsor",
                        company,
                        day,
                        f"For {self.w(f'release.{kind}.purpose')} only.",
                    ),
                    now(),
                )
                asked_id = asked.id
            if kind == "canvas":
                decision = "approve" if self.crew.side == HOME else "refuse"
                with write():
                    releases.decide(
                        officer,
                        session().get_one(type(asked), asked_id),
                        releases.DecisionDraft(decision, f"Because {self.w('release.decision')}."),
                        now(),
                    )
        with write():
            releases.keep_time(now())


def settle(app: Flask) -> None:
    """Let the live boards put down what they hold, so that nothing runs on behind a test."""
    live.stop(app)
