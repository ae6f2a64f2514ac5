"""The page door of sponsors and scouts: their challenges, and what was released to them."""

from __future__ import annotations

from typing import Any

from workspace.challenges.queries import entry_counts, of_sponsor, open_question_counts
from workspace.challenges.rules import CHALLENGE
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.web import Doors, page
from workspace.home.pages import dates, needs
from workspace.organisations.models import Organisation
from workspace.releases.queries import released_to

doors = Doors("sponsors")
ONE = {"organisation": Organisation}


@doors.page("/organisations/<organisation>/sponsor", verb="sponsor", things=ONE)
def home(actor: Actor, organisation: Organisation) -> Any:
    """A sponsor's first page: own challenges with entry counts, questions, released items only."""
    challenges = of_sponsor(actor, organisation)
    counts = entry_counts(challenges)
    questions = open_question_counts(challenges)
    return page(
        "sponsors/home.html", organisation=organisation, label=CHALLENGE.label, at=now(),
        challenges=[(it, counts.get(it.id, 0), questions.get(it.id, 0))
                    for it in reversed(challenges)],
        waiting=needs(actor, "sponsor", organisation),
        released=released_to(actor, organisation), dates=dates(actor, "sponsor", organisation),
        may_write=True,
    )


@doors.page("/organisations/<organisation>/discover", verb="scout", things=ONE)
def discover(actor: Actor, organisation: Organisation) -> Any:
    """A scout's first page: released items only."""
    return page("sponsors/discover.html", organisation=organisation,
                released=released_to(actor, organisation), at=now())

