"""What tests of reviews use: a pitch that was handed in, its panel, and complete scores."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from mentors.reviews import actions, queries
from mentors.reviews.models import Panel, Review
from tests import builders
from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.files.models import File, FilePage
from workspace.foundation.clock import now
from workspace.foundation.db import new_public_id, session
from workspace.foundation.facts import announce
from workspace.foundation.unit import write
from workspace.submissions.facts import SubmissionMade
from workspace.submissions.models import Submission
from workspace.teams.models import Team


def pitch(team: Team, by: Person, version: int = 1) -> Submission:
    """A pitch with a deck of two slides, handed in; call it inside a unit."""
    file = File(
        team_id=team.id, name="deck.pdf", content_type="application/pdf", size=10,
        sha256="0" * 64, storage_key=new_public_id(), uploaded_by_id=by.id, preview="ready",
        owner_kind="submission", owner_id=0,
    )
    session().add(file)
    session().flush()
    for number in (1, 2):
        session().add(FilePage(file_id=file.id, number=number, image_key=f"{file.id}-{number}",
                               width=160, height=90, text=f"Slide {number}"))
    made = Submission(
        team_id=team.id, purpose="pitch-review", version=version, made_by_id=by.id,
        state="submitted", title="A gel that sees", pitch_text="It sees.", submitted_at=now(),
        submitted_by_id=by.id, deck_file_id=file.id,
    )
    made.team = team
    session().add(made)
    session().flush()
    file.owner_id = made.id
    announce(SubmissionMade(by.id, team.id, made.id, "submit", "draft", "submitted",
                            team.edition_id, "pitch-review", version))
    return made


def panel_of(made: Submission) -> Panel:
    """The panel that listened."""
    return session().scalars(select(Panel).where(Panel.submission_id == made.id)).one()


def complete(review: Review, level: int = 4, comment: str = "Name who signs.",
             ) -> actions.ReviewDraft:
    """A draft that may be submitted."""
    criteria = queries.rubric_of(review.panel).criteria
    return actions.ReviewDraft({it.id: (level, False, comment) for it in criteria}, {}, "Strong.")


@dataclass
class Scene:
    """A panel about the cast's first team with two reviewers who have no conflict."""

    cast: Cast
    panel: Panel
    first: Person
    second: Person

    @property
    def lead(self) -> Person:
        """Who runs it."""
        return self.cast.person("programme_lead")

    def reviews(self) -> list[Review]:
        """Those that count, the first reviewer's first."""
        return queries.counted(self.panel)

    def asked(self) -> list[Review]:
        """Ask both."""
        with write():
            lead = builders.actor(self.lead)
            for person in (self.first, self.second):
                actions.assign(lead, self.panel, person, now())
        return self.reviews()

    def begun(self) -> list[Review]:
        """Ask both, and both have no conflict."""
        found = self.asked()
        with write():
            for it in found:
                actions.declare(builders.actor(it.reviewer), it, "", now())
        return found

    def finished(self) -> list[Review]:
        """Both have submitted."""
        found = self.begun()
        with write():
            for it in found:
                actions.save(builders.actor(it.reviewer), it, complete(it), now())
                actions.submit(builders.actor(it.reviewer), it, now())
        return found


def scene(cast: Cast) -> Scene:
    """Set it; the context is open."""
    with write():
        made = pitch(cast.team, cast.person("lead"))
        second = builders.person("Wanda Second")
    return Scene(cast, panel_of(made), cast.person("reviewer"), second)


@contextmanager
def scene_in(app: Flask, cast: Cast) -> Iterator[Scene]:
    """The same for tests that use clients: the context ends before the clients ask."""
    with app.app_context():
        yield scene(cast)
