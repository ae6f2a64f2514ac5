"""The deck opens to a reviewer after the declaration, and closes when the review is taken away."""

from __future__ import annotations

from flask import Flask

from mentors.reviews import actions
from tests import builders
from tests.cast import Cast
from tests.reviews.panels import scene
from workspace.files.models import File
from workspace.foundation.access import can
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.submissions.models import Submission


def test_the_deck_opens_after_the_declaration_only(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    first, _second = it.asked()
    submission = session().get_one(Submission, it.panel.submission_id)
    deck = session().get_one(File, submission.deck_file_id)

    def opens() -> tuple[bool, bool]:
        actor = builders.actor(first.reviewer)
        return bool(can(actor, "view", submission)), bool(can(actor, "view", deck))

    assert opens() == (False, False)
    with write():
        actions.declare(builders.actor(first.reviewer), first, "", now())
    assert opens() == (True, True)
    with write():
        actions.take_away(builders.actor(it.lead), first, "No time.", now())
    assert opens() == (False, False)
