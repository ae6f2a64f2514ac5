"""Who hears of reviews."""

from __future__ import annotations

from mentors.reviews import facts
from mentors.reviews.models import Panel, Review
from mentors.reviews.rules import PanelState, ReviewState
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.text import lazy
from workspace.grants.queries import holders
from workspace.inbox.actions import tell
from workspace.teams.models import Team

SENTENCES = {
    "review-taken": lazy("A review of yours was given to somebody else."),
    "review-assigned": lazy("You are asked to review a pitch."),
    "reviews-complete": lazy("All reviews of a pitch are in. Release them to the team."),
    "reviews-released": lazy("The reviews of your pitch are here."),
    "conflict-declared": lazy("A reviewer has a conflict of interest. Ask somebody else."),
}


def assigned(fact: facts.ReviewerAssigned) -> None:
    """The reviewer."""
    review = session().get_one(Review, fact.review_id)
    tell([fact.reviewer_id], "review-assigned", "answer", review,
         f"/reviews/{review.public_id}")


def panel(fact: facts.PanelStepped) -> None:
    """The lead, when all are in; the team, when they are released."""
    found = session().get_one(Panel, fact.panel_id)
    if fact.target == PanelState.CONSOLIDATED:
        leads = holders(("programme-lead",), "programme", found.team.edition.programme_id, now())
        tell((it.id for it in leads), "reviews-complete", "answer", found,
             f"/panels/{found.public_id}")
    if isinstance(fact, facts.ReviewReleased):
        tell((it.person_id for it in found.team.present), "reviews-released", "answer", found.team,
             f"/teams/{found.team.public_id}/feedback", mail=True)


def taken(fact: facts.ReviewStepped) -> None:
    """Whoever had it: the notice names no team, because she sees nothing of it any more."""
    if fact.target == ReviewState.REASSIGNED:
        review = session().get_one(Review, fact.review_id)
        if fact.who != review.reviewer_id:
            tell([review.reviewer_id], "review-taken", "news", None, "/reviews")


def conflict(fact: facts.ConflictDeclared | facts.ConflictFound) -> None:
    """The lead, unless she works in the team; the notice names nobody."""
    team = session().get_one(Team, fact.team_id)
    members = {it.person_id for it in team.present}
    leads = holders(("programme-lead",), "programme", team.edition.programme_id, now())
    tell((it.id for it in leads if it.id not in members), "conflict-declared", "answer", team,
         f"/editions/{team.edition.public_id}/reviews")
