"""A team that is ready to hand in, and what tests of submissions and releases share."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from canvases.boards import actions as boards
from canvases.boards import live
from tests.cast import Cast
from tests.files import made
from workspace.challenges.models import Challenge
from workspace.files import actions as files
from workspace.files.models import File
from workspace.foundation import jobs
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import HouseError
from workspace.foundation.unit import write
from workspace.organisations.models import Organisation
from workspace.releases import actions as releases
from workspace.releases.models import Release
from workspace.submissions import actions, rules
from workspace.submissions.models import Entry, Submission
from workspace.teams.models import Team

PITCH = "A gel that sees infection a day earlier."
WAIT = 60


class Browser(FlaskClient):
    """A client that may be used while a test holds a context: each request has one of its own."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request; what the test has read so far is read anew afterwards."""
        session().commit()
        session().expire_all()
        with self.application.app_context():
            return super().open(*args, **kwargs)


@dataclass
class Desk:
    """The cast's team with a canvas, and the deeds that tests repeat. Needs an open context."""

    app: Flask
    cast: Cast
    canvas: str

    @property
    def team(self) -> Team:
        """The team, in the session of the context."""
        return session().get_one(Team, self.cast.team.id)

    def one(self, submission_id: int) -> Submission:
        """A submission, read anew."""
        session().commit()
        session().expire_all()
        return session().get_one(Submission, submission_id)

    def release(self, release_id: int) -> Release:
        """A release, read anew."""
        session().commit()
        session().expire_all()
        return session().get_one(Release, release_id)

    def upload(self, draft: Submission, data: bytes | None = None, seat: str = "lead") -> File:
        """A deck that is uploaded for a draft."""
        return files.take_upload(
            self.cast.actor(seat), io.BytesIO(data or made.pdf(2)), "deck.pdf",
            ("submission", draft.id), self.cast.team.id,
        )

    def ready(self, purpose: str = "pitch-review", seat: str = "lead") -> Submission:
        """A draft with everything in it."""
        actor = self.cast.actor(seat)
        with write():
            draft = actions.start(actor, self.team, purpose, now())
        deck = self.upload(draft, seat=seat)
        with write():
            actions.save(actor, draft, actions.PitchDraft("Gel that sees", PITCH), now())
            actions.set_deck(actor, draft, session().get(File, deck.id), now())
        return draft

    def submit(self, draft: Submission, seat: str = "lead") -> None:
        """Hand a draft in."""
        actions.submit(self.cast.actor(seat), draft, {"canvas": self.canvas}, now())

    def handed_in(self, purpose: str = "pitch-review") -> Submission:
        """A version that is handed in, with its pages drawn."""
        draft = self.ready(purpose)
        with write():
            self.submit(draft)
        session().commit()
        jobs.run_due(self.app)
        return self.one(draft.id)

    def entered(self, state: rules.EntryState = rules.EntryState.ACTIVE) -> Entry:
        """The team's entry to the sponsor's challenge."""
        entry = Entry(
            team_id=self.cast.team.id, challenge_id=self.cast.challenge.id, state=state,
            created_by_id=self.cast.person("lead").id, motivation="We know gels.",
        )
        with write():
            session().add(entry)
        return entry

    def challenge(self) -> Challenge:
        """The challenge, in the session of the context."""
        return session().get_one(Challenge, self.cast.challenge.id)

    def ask(
        self, submission: Submission, audience: str = "sponsor", in_days: int = 0,
        seat: str = "lead",
    ) -> Release:
        """A request to show the deck of a submission; call it inside a unit of work."""
        organisation_id = {
            "sponsor": self.cast.company.id, "accelerator": self.cast.accelerator.id,
            "public": None,
        }[audience]
        return releases.request_release(
            self.cast.actor(seat), self.team,
            releases.RequestDraft(
                f"deck.{submission.public_id}", "Deck: Gel that sees", "version 1", audience,
                session().get(Organisation, organisation_id) if organisation_id else None,
                self.today() + timedelta(days=in_days), "Demo day in Brno",
            ),
            now(),
        )

    def today(self) -> date:
        """The day where the edition is."""
        from workspace.foundation.days import day_in

        return day_in(now(), "Europe/Rome")

    def decide(self, release: Release, decision: str = "approve", text: str = "",
               seat: str = "officer", **fields: object) -> None:
        """The officer decides; call it inside a unit of work."""
        releases.decide(
            self.cast.actor(seat), release,
            releases.DecisionDraft(decision, text, **fields), now(),  # type: ignore[arg-type]
        )

    def at_once(self, *deeds: Callable[[], object]) -> list[object]:
        """Do each deed in a thread and a unit of its own; returns answers and refusals."""
        session().commit()
        shared = (self.cast.team, self.cast.company, self.cast.accelerator, self.cast.challenge)
        for it in (*self.cast.people.values(), *shared):
            session().refresh(it)  # so that no thread reads through the session of another
        session().commit()
        start = threading.Barrier(len(deeds))
        found: list[object] = [None] * len(deeds)

        def run(index: int, deed: Callable[[], object]) -> None:
            with self.app.app_context():
                start.wait(timeout=WAIT)
                try:
                    with write():
                        found[index] = deed()
                except HouseError as refusal:
                    found[index] = refusal

        threads = [threading.Thread(target=run, args=it) for it in enumerate(deeds)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT)
        assert not any(it.is_alive() for it in threads)
        return found


def lay(app: Flask, cast: Cast) -> Desk:
    """Make the team's canvas; the application's context is open."""
    app.test_client_class = Browser
    with write():
        canvas = boards.make_canvas(
            cast.actor("lead"), session().get_one(Team, cast.team.id), "business-model-canvas",
            "Model", now(),
        )
    return Desk(app, cast, canvas.public_id)


def clear() -> None:
    """End the rooms that handing in a canvas opened."""
    live.rooms().stop(5)
