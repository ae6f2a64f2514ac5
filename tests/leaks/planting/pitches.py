"""Entering a challenge, a pitch handed in, its reviews, and what the team answers."""

from __future__ import annotations

import io
from datetime import timedelta

from mentors.reviews import actions as reviews
from mentors.reviews import queries as review_queries
from tests.files import made
from tests.leaks.planting.story import Story
from tests.leaks.world import HOME
from workspace.accounts.models import Person
from workspace.challenges import actions as challenges
from workspace.challenges.models import Challenge
from workspace.files import actions as files
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.submissions import actions as submissions
from workspace.submissions.rules import Purpose


def entry(story: Story) -> None:
    """Both promise secrecy; the lead applies."""
    challenge_id = story.world.cast.challenge.id
    for person in (story.crew.lead, story.crew.member):
        with write():
            challenges.sign_annex(
                story.a(person), session().get_one(Challenge, challenge_id), now()
            )
    with write():
        submissions.enter(
            story.a(story.crew.lead),
            story.team,
            session().get_one(Challenge, challenge_id),
            story.w("entry.motivation"),
            now(),
        )


def pitch(story: Story) -> None:
    """A version handed in with canvas and deck, and a draft after it."""
    lead = story.a(story.crew.lead)
    with write():
        submissions.allow_late(
            story.a(story.world.cast.person("programme_lead")),
            story.team,
            Purpose.PITCH_REVIEW,
            now() + timedelta(days=100),
            story.w("late.reason"),
            now(),
        )
    for turn in ("", ".draft"):
        with write():
            draft = submissions.start(lead, story.team, Purpose.PITCH_REVIEW, now())
            draft_id = draft.id
        deck = files.take_upload(
            lead,
            io.BytesIO(made.pdf(pages=2, words=story.w(f"deck.page{turn}"))),
            f"{story.w(f'deck.name{turn}')}.pdf",
            ("submission", draft_id),
            story.crew.team.id,
        )
        with write():
            draft = session().get_one(type(draft), draft_id)
            submissions.set_deck(lead, draft, deck, now())
            submissions.save(
                lead,
                draft,
                submissions.PitchDraft(
                    story.w(f"pitch.title{turn}"), f"We {story.w(f'pitch.text{turn}')} pitch."
                ),
                now(),
            )
            if not turn:
                submissions.submit(lead, draft, {"canvas": story.canvas.public_id}, now())
                story.submission_id = draft.id


def judged(story: Story) -> None:
    """Two reviews; those of the home team are finished and released, the others are not."""
    lead = story.a(story.world.cast.person("programme_lead"))
    for number, person in enumerate(story.crew.reviewers, 1):
        with write():
            review = reviews.assign(
                lead, story.panel(), session().get_one(Person, person.id), now()
            )
            review_id = review.id
        with write():
            review = session().get_one(type(review), review_id)
            reviews.declare(story.a(person), review, "", now())
        with write():
            review = session().get_one(type(review), review_id)
            scores = {
                it.id: (4, False, f"{story.w(f'review{number}.comment')} says why.")
                for it in review_queries.rubric_of(story.panel()).criteria
            }
            reviews.save(
                story.a(person),
                review,
                reviews.ReviewDraft(
                    scores,
                    {
                        "feedback-keep": f"Keep {story.w(f'review{number}.feedback')} as it is.",
                        "feedback-next-action": f"Do {story.w(f'review{number}.feedback')}.",
                    },
                    story.w(f"review{number}.remark"),
                ),
                now(),
            )
            reviews.add_pin(
                story.a(person), review, 1, 500, 500, story.w(f"review{number}.pin"), now()
            )
        if story.crew.side == HOME:
            with write():
                reviews.submit(
                    story.a(person), session().get_one(type(review), review_id), now()
                )
    if story.crew.side == HOME:
        with write():
            reviews.release(lead, story.panel(), now())


def answered(story: Story) -> None:
    """The home team answers and promises."""
    if story.crew.side != HOME:
        return
    kinds = ("disagree", "will-do")
    for comment, kind in zip(review_queries.comments_of(story.panel()), kinds, strict=False):
        with write():
            reviews.answer(
                story.a(story.crew.lead),
                story.panel(),
                reviews.AnswerDraft(comment.key, kind, story.w(f"answer.{kind}")),
                now(),
            )
