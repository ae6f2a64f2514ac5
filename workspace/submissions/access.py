"""Who sees entries and submissions, who hands in."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, select

from workspace.challenges.models import Challenge
from workspace.foundation.access import Actor, No, Verdict
from workspace.foundation.text import lazy
from workspace.programmes.models import Edition
from workspace.submissions.models import Entry, LateDecision, Submission
from workspace.submissions.rules import SubmissionState
from workspace.teams import access as teams
from workspace.teams.models import Team


def entry_clause(actor: Actor) -> ColumnElement[bool]:
    """Entries of teams that the person may read; the programme lead knows that they are there."""
    led = actor.scopes("programme-lead", "programme")
    in_led = select(Challenge.id).join(Edition, Challenge.edition_id == Edition.id).where(
        Edition.programme_id.in_(led)
    )
    return or_(teams.of_readable_teams(actor, Entry.team_id), Entry.challenge_id.in_(in_led))


READ_STATES = (SubmissionState.SUBMITTED, SubmissionState.REVIEWED, SubmissionState.SUPERSEDED)
"""States in which people outside the team may read a version: not a draft, not taken back."""


def submission_clause(actor: Actor) -> ColumnElement[bool]:
    """Own team's; for mentors and the office what is handed in; what one reviews or runs."""
    if actor.is_visitor:
        return false()
    handed_in = Submission.state.in_(READ_STATES)
    led = select(Team.id).join(Edition, Team.edition_id == Edition.id).where(
        Edition.programme_id.in_(actor.scopes("programme-lead", "programme"))
    )
    return or_(
        teams.of_own_teams(actor, Submission.team_id),
        and_(handed_in, teams.of_readable_teams(actor, Submission.team_id)),
        and_(handed_in, Submission.id.in_(actor.scopes("submission-reader", "submission"))),
        and_(Submission.state != SubmissionState.DRAFT, Submission.team_id.in_(led)),
    )


def may_read(actor: Actor, submission: Submission) -> Verdict:
    """Read what was handed in. The programme lead administers reviews without reading."""
    if teams.may_edit(actor, submission.team):
        return True
    if submission.state not in READ_STATES:
        return No(lazy("The team has taken this version back."))
    if actor.has("submission-reader", "submission", submission.id):
        return True
    return teams.may_read(actor, submission.team)


def may_edit(actor: Actor, submission: Submission) -> Verdict:
    """Change a draft, hand in, take back."""
    return teams.may_edit(actor, submission.team)


def may_administer(actor: Actor, submission: Submission) -> Verdict:
    """Run its review."""
    return teams.may_oversee(actor, submission.team)


def may_read_entry(actor: Actor, entry: Entry) -> Verdict:
    """Read why a team wants to work on a challenge."""
    return teams.may_read(actor, entry.team)


def may_edit_entry(actor: Actor, entry: Entry) -> Verdict:
    """Apply, withdraw."""
    return teams.may_lead(actor, entry.team)


def may_select(actor: Actor, entry: Entry) -> Verdict:
    """Shortlist, select, activate: the lead of the programme, not about her own team."""
    if teams.may_edit(actor, entry.team):
        return No(lazy("You belong to this team, so another lead of the programme decides."))
    if actor.has("programme-lead", "programme", entry.team.edition.programme_id):
        return True
    return No(lazy("Only the lead of the programme can do this."))


def may_allow_late(actor: Actor, team: Team) -> Verdict:
    """Let a team hand in late: the lead of the programme, not about her own team."""
    if teams.may_edit(actor, team):
        return No(lazy("You belong to this team, so another lead of the programme decides."))
    return teams.may_oversee(actor, team)


def late_clause(actor: Actor) -> ColumnElement[bool]:
    """Late decisions of own teams."""
    return teams.of_own_teams(actor, LateDecision.team_id)
