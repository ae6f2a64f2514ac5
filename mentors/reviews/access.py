"""Who sees panels and reviews, and when."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, select

from mentors.reviews.models import FeedbackTask, Panel, Pin, Review
from mentors.reviews.rules import REVIEWERS_READ, TEAM_READS, ReviewState
from workspace.foundation.access import Actor, No, Verdict
from workspace.foundation.text import lazy
from workspace.programmes.models import Edition
from workspace.teams import access as teams
from workspace.teams.models import Team


def _led(actor: Actor) -> ColumnElement[bool]:
    """Panels of programmes that the person leads; never of a team that she works in or reviews."""
    led = select(Team.id).join(Edition, Team.edition_id == Edition.id).where(
        Edition.programme_id.in_(actor.scopes("programme-lead", "programme"))
    )
    return and_(
        Panel.team_id.in_(led), Panel.team_id.not_in(teams.member_teams(actor)),
        Panel.submission_id.not_in(actor.scopes("reviewer", "submission")),
    )


def _reviewed(actor: Actor) -> ColumnElement[bool]:
    return Panel.submission_id.in_(actor.scopes("reviewer", "submission"))


def panel_clause(actor: Actor) -> ColumnElement[bool]:
    """The lead's, one's own, and the team's once it is released."""
    if actor.is_visitor:
        return false()
    return or_(
        _led(actor),
        _reviewed(actor),
        and_(Panel.state.in_(TEAM_READS), teams.of_readable_teams(actor, Panel.team_id)),
    )


def review_clause(actor: Actor) -> ColumnElement[bool]:
    """One's own; all for the lead; the others' when all are in; the team's once released."""
    if actor.is_visitor:
        return false()
    led = select(Panel.id).where(_led(actor))
    finished = select(Panel.id).where(_reviewed(actor), Panel.state.in_(REVIEWERS_READ))
    released = select(Panel.id).where(
        Panel.state.in_(TEAM_READS), teams.of_readable_teams(actor, Panel.team_id)
    )
    mine = select(Panel.id).where(_reviewed(actor))
    return or_(
        and_(Review.reviewer_id == actor.person_id, Review.panel_id.in_(mine),
             Review.state != ReviewState.REASSIGNED),
        Review.panel_id.in_(led),
        and_(Review.state == ReviewState.SUBMITTED,
             or_(Review.panel_id.in_(finished), Review.panel_id.in_(released))),
    )


def pin_clause(actor: Actor) -> ColumnElement[bool]:
    """Pins of reviews that the person sees."""
    return Pin.review_id.in_(select(Review.id).where(review_clause(actor)))


def task_clause(actor: Actor) -> ColumnElement[bool]:
    """Tasks of teams that the person may read."""
    return teams.of_readable_teams(actor, FeedbackTask.team_id)


def may_list(actor: Actor, _review: object) -> Verdict:
    """Anybody signed in; the list holds her own."""
    return not actor.is_visitor


def may_run(actor: Actor, panel: Panel) -> Verdict:
    """Assign, take away, release: the lead of the programme, not about her own team."""
    if teams.may_edit(actor, panel.team):
        return No(lazy("You belong to this team, so somebody else runs its review."))
    if actor.has("reviewer", "submission", panel.submission_id):
        return No(lazy("You review this team, so somebody else runs its review."))
    return teams.may_oversee(actor, panel.team)


def may_write(actor: Actor, review: Review) -> Verdict:
    """Score and comment: the reviewer herself, while she holds the assignment."""
    if review.reviewer_id == actor.person_id and actor.has(
        "reviewer", "submission", review.panel.submission_id
    ):
        return True
    return No(lazy("Only the reviewer writes in a review."))


def may_answer(actor: Actor, panel: Panel) -> Verdict:
    """Answer comments: the team, once they are released."""
    if panel.state not in TEAM_READS:
        return No(lazy("The reviews are not released to the team yet."))
    return teams.may_edit(actor, panel.team)


def may_change_task(actor: Actor, task: FeedbackTask) -> Verdict:
    """Keep or reopen a promise."""
    return teams.may_edit(actor, task.team)


def may_run_edition(actor: Actor, edition: Edition) -> Verdict:
    """See all panels of an edition."""
    if actor.has("programme-lead", "programme", edition.programme_id):
        return True
    return No(lazy("Only the lead of the programme can do this."))
