"""Questions about mentors of teams."""

from __future__ import annotations

from mentors.reviews.conflicts import ConflictKind, find
from mentors.reviews.queries import reviewer_ties, team_ties
from workspace.teams.models import Team


def is_conflicted(person_id: int, team: Team) -> bool:
    """Whether more than a shared organisation stands between a mentor and the team.

    Mentors often come from the team's own institution; that alone keeps nobody from helping.
    """
    hits = find(reviewer_ties(person_id, team), team_ties(team))
    return any(it.kind != ConflictKind.SAME_ORGANISATION for it in hits)
