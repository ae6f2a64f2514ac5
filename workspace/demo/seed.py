"""Tells the story through the product's own actions, each step at its time in the past."""

from __future__ import annotations

import io
from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from canvases.boards import actions as boards
from canvases.boards import live, versions
from canvases.boards import queries as board_queries
from canvases.boards.document import Document
from canvases.boards.models import Canvas, NoteRow
from canvases.discovery import actions as discovery
from canvases.invited import actions as invited
from canvases.suggestions import actions as suggestions
from mentors.reviews import actions as reviews
from mentors.reviews import queries as review_queries
from mentors.reviews.models import Panel
from transfer.checklists import actions as checklists
from transfer.checklists import definitions as checklist_definitions
from transfer.checklists import queries as checklist_queries
from workspace.accounts.models import Person
from workspace.demo import deck, people
from workspace.demo.beginning import Beginning
from workspace.demo.story import TeamStory
from workspace.files import actions as files
from workspace.foundation import clock, jobs
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.readiness import actions as readiness
from workspace.releases import actions as releases
from workspace.releases import queries as release_queries
from workspace.submissions import actions as submissions
from workspace.submissions import queries as submission_queries
from workspace.submissions.rules import Purpose
from workspace.teams import agreements

ANSWERS = {
    "done": "We talked to two more hospitals about it.",
    "will-do": "We ask two heads of purchasing before the gate.",
    "disagree": "The contract is signed by the laboratory alone: see the interviews.",
}


class Seed(Beginning):
    """One telling of the story. Steps are methods in the order in which things happened."""

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
        self.editing()
        self.transfer()
        self.levels()
        self.pitches()
        session().commit()
        # The pages of decks are drawn before a deck can be released.
        jobs.run_due(current_app._get_current_object())  # type: ignore[attr-defined]
        self.release()

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
        # The room of a canvas has a clock of its own and writes the time of the telling.
        edited = self.at(8, 2 + len(self.canvases) % 4, 9 + len(self.canvases))
        with write():
            canvas.edited_at = edited
            for row in session().scalars(select(NoteRow).where(NoteRow.canvas_id == canvas.id)):
                row.created_at, row.changed_at = self.at(6, 2), edited

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

        def change(document: Document) -> None:
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
                mentor = self.actor(self.persona("mentor"))
                boards.comment(mentor, canvas, board_queries.note_of(mentor, canvas, seen.id),
                               told.mentor_note)
        with self.then(4):
            pi = self.persona("pi")
            for key in ("pj-dropspark", "pj-dimlight"):
                grants.give(self.actor(lead), pi.id, "pi", "team", self.teams[key].id, now(),
                            basis="assignment")

    def editing(self) -> None:
        """A mentor is invited to two canvases, edits one of them, and suggests statuses there."""
        mentor = self.persona("mentor")
        last_day = self.today + timedelta(days=10)
        for key in ("pj-dropspark", "pj-dimlight"):
            with self.then(9, 0, 11):
                asked = invited.invite(self.actor(self._lead(key)), self.canvases[key], mentor,
                                       last_day, now())
            if key == "pj-dropspark":
                with self.then(9, 0, 14):
                    invited.accept(self.actor(mentor), asked, now())
        canvas = self.canvases["pj-dropspark"]
        for note, status, reason in (
            ("pj-dropspark-note-8", "untested",
             "One quote is a price list, not a test. Ask two more manufacturers."),
            ("pj-dropspark-note-2", "refuted",
             "Three of seven name central purchasing: the laboratory does not pay alone."),
        ):
            with self.then(9, 0, 15):
                actor = self.actor(mentor)
                made = suggestions.suggest(actor, canvas,
                                           board_queries.note_of(actor, canvas, note),
                                           status, reason, now())
            if status == "untested":
                with self.then(9, 0, 17):
                    suggestions.decline(self.actor(self.persona("lead")), made, now())

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
        """Three teams hand in, one of them twice; two panels are released, one goes on."""
        for key, week in (("pj-dropspark", 6), ("pj-sealed-result", 6)):
            self._hand_in(self._told(key), week)
        self._review("pj-dropspark", ("somebody", "reviewer"), finish=2, week=7)
        self._answered("pj-dropspark", ("will-do",))
        for key, week in (("pj-dropspark", 8), ("pj-bloomwatch", 9)):
            self._hand_in(self._told(key), week)
        self._review("pj-sealed-result", ("mentor", "reviewer"), finish=2, week=7)
        self._review("pj-dropspark", ("somebody", "reviewer"), finish=1, week=9)
        with self.then(9, 3):
            reviews.assign(self.actor(self.persona("programme-lead")),
                           self._panel("pj-bloomwatch"), self.persona("mentor"), now())
        self._answered("pj-sealed-result", ("done", "will-do", "disagree"))

    def _told(self, key: str) -> TeamStory:
        return next(it for it in self.story.teams if it.id == key)

    def _answered(self, key: str, kinds: tuple[str, ...]) -> None:
        """The lead releases the reviews of a team, which answers some of the comments."""
        panel = self._panel(key)
        with self.then(8, 0):
            reviews.release(self.actor(self.persona("programme-lead")), panel, now())
        with self.then(8, 0, 15):
            author = self.actor(self._lead(key))
            comments = review_queries.comments_of(panel)
            for comment, kind in zip(comments, kinds, strict=False):
                reviews.answer(author, panel, reviews.AnswerDraft(comment.key, kind, ANSWERS[kind]),
                               now())

    def _hand_in(self, told: TeamStory, week: int) -> None:
        team = self.teams[told.id]
        leader = self._lead(told.id)
        challenge = self.challenges[told.challenge_id] if told.challenge_id else None
        paper = deck.of(told, self.story.edition_title,
                        challenge.problem if challenge else told.pitch)
        with self.then(week):
            draft = submissions.start(self.actor(leader), team, Purpose.PITCH_REVIEW, now())
        with clock.frozen(self.at(week)):
            file = files.take_upload(self.actor(leader), io.BytesIO(paper),
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

