"""Who sees a request, who decides it, who sees what was released."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, or_, select

from workspace.files.models import File
from workspace.foundation.access import Actor, No, Verdict
from workspace.foundation.text import lazy
from workspace.releases.models import Release
from workspace.releases.rules import OPEN_STATES, Audience
from workspace.teams import access as teams
from workspace.teams.models import Team


def shown_now(actor: Actor) -> ColumnElement[bool]:
    """Released, due, and exactly what was approved."""
    return and_(
        Release.state.in_(OPEN_STATES),
        Release.show_from <= actor.at,
        Release.sha256 == Release.approved_sha256,
        Release.approved_sha256 != "",
    )


def audience_clause(actor: Actor) -> ColumnElement[bool]:
    """What is released to this person as one of its audience."""
    return and_(
        shown_now(actor),
        or_(
            Release.audience == Audience.PUBLIC,
            and_(
                Release.audience == Audience.SPONSOR,
                Release.audience_organisation_id.in_(actor.scopes("sponsor", "organisation")),
            ),
            and_(
                Release.audience == Audience.ACCELERATOR,
                Release.audience_organisation_id.in_(actor.scopes("scout", "organisation")),
            ),
        ),
    )


def release_clause(actor: Actor) -> ColumnElement[bool]:
    """Requests of teams that the person may read, and what was released to her."""
    if actor.is_visitor:
        return and_(shown_now(actor), Release.audience == Audience.PUBLIC)
    return or_(teams.of_readable_teams(actor, Release.team_id), audience_clause(actor))


def readable_files(actor: Actor) -> Select[int]:
    """Files inside a release: for its team, its officer, and its audience while it is shown.

    Exactly the file that was frozen: its id and its checksum have to be the same.
    """
    return select(File.id).join(
        Release,
        and_(
            Release.data["file"].as_string() == File.public_id,
            Release.data["sha256"].as_string() == File.sha256,
        ),
    ).where(release_clause(actor))


def may_read(actor: Actor, release: Release) -> Verdict:
    """See the request itself: state, decision, who opened it."""
    return teams.may_read(actor, release.team)


def may_request(actor: Actor, team: Team) -> Verdict:
    """Ask to show something: the lead of the team."""
    return teams.may_lead(actor, team)


def may_change(actor: Actor, release: Release) -> Verdict:
    """Ask again with edits."""
    return teams.may_lead(actor, release.team)


def may_decide(actor: Actor, release: Release) -> Verdict:
    """Decide: the office of the team's institution, never whoever asked."""
    if actor.person_id == release.requested_by_id:
        return No(lazy("You asked for this release. Another transfer officer decides."))
    return teams.may_decide_for(actor, release.team)


def may_withdraw(actor: Actor, release: Release) -> Verdict:
    """Take it back: the team's lead or the office."""
    return teams.may_lead(actor, release.team) or teams.may_decide_for(actor, release.team)


def may_see_queue(actor: Actor, _release: Release | None) -> Verdict:
    """The queue of a transfer office."""
    if actor.scopes("transfer-officer", "organisation"):
        return True
    return No(lazy("This page is for transfer officers."))
