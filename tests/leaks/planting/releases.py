"""What the sponsor is shown, is refused, or has to wait for."""

from __future__ import annotations

from tests.leaks.planting.story import Story
from tests.leaks.world import HOME
from workspace.foundation.clock import now, today
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.releases import actions as releases
from workspace.releases import queries as release_queries


def shown(story: Story) -> None:
    """A canvas for the sponsor (the home team's is approved), a deck that waits."""
    lead, officer = story.a(story.crew.lead), story.a(story.crew.officer)
    offered = release_queries.offered(lead, story.team)
    company = story.world.cast.company
    for kind in ("canvas", "deck"):
        it = next(it for it in offered if it.kind.kind == kind)
        day = today(story.team.edition.zone)
        with write():
            asked = releases.request_release(
                lead,
                story.team,
                releases.RequestDraft(
                    it.key,
                    it.title,
                    it.version,
                    "sponsor",
                    company,
                    day,
                    f"For {story.w(f'release.{kind}.purpose')} only.",
                ),
                now(),
            )
            asked_id = asked.id
        if kind == "canvas":
            decision = "approve" if story.crew.side == HOME else "refuse"
            with write():
                releases.decide(
                    officer,
                    session().get_one(type(asked), asked_id),
                    releases.DecisionDraft(decision, f"Because {story.w('release.decision')}."),
                    now(),
                )
    with write():
        releases.keep_time(now())
