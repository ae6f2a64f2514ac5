"""Who sees a checklist, who writes in it, who signs which item for which role."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, or_, select

from transfer.checklists.models import ChecklistItem, ChecklistRow, ItemQuestion
from transfer.checklists.rules import OFFICER, TEAM, ItemState
from workspace.challenges.models import Challenge
from workspace.foundation.access import Actor, No, Verdict
from workspace.foundation.db import session
from workspace.foundation.text import lazy
from workspace.programmes.models import Edition, Programme
from workspace.submissions.models import Entry
from workspace.submissions.rules import ENTRANT_STATES
from workspace.teams import access as teams
from workspace.teams.models import Team

WAITING = (ItemState.SUBMITTED, ItemState.APPROVED, ItemState.REJECTED)


def _challenges(actor: Actor) -> ColumnElement[bool]:
    """Sponsor checks: the sponsor, the lead of the programme, the office of its house."""
    led = actor.scopes("programme-lead", "programme")
    offices = actor.scopes("transfer-officer", "organisation")
    editions = select(Edition.id).join(Programme).where(
        or_(Programme.id.in_(led), Programme.organisation_id.in_(offices))
    )
    return or_(
        Challenge.organisation_id.in_(actor.scopes("sponsor", "organisation")),
        Challenge.edition_id.in_(editions),
    )


def checklist_clause(actor: Actor) -> ColumnElement[bool]:
    """Checklists of teams that the person may read, and of challenges that she runs or sponsors."""
    if actor.is_visitor:
        return false()
    return or_(
        teams.of_readable_teams(actor, ChecklistRow.team_id),
        ChecklistRow.challenge_id.in_(select(Challenge.id).where(_challenges(actor))),
    )


def item_clause(actor: Actor) -> ColumnElement[bool]:
    """Items of checklists that the person sees, and single items that wait for her signature."""
    if actor.is_visitor:
        return false()
    seen = select(ChecklistRow.id).where(checklist_clause(actor))
    managed = actor.scopes("facility-manager", "organisation")
    sponsored = actor.scopes("sponsor", "organisation")
    for_facility = select(ChecklistRow.id).join(Team, ChecklistRow.team_id == Team.id).where(
        Team.home_organisation_id.in_(managed)
    )
    for_sponsor = (
        select(ChecklistRow.id)
        .join(Entry, Entry.team_id == ChecklistRow.team_id)
        .join(Challenge, Entry.challenge_id == Challenge.id)
        .where(Entry.state.in_(ENTRANT_STATES), Challenge.organisation_id.in_(sponsored))
    )
    waiting = ChecklistItem.state.in_(WAITING)
    return or_(
        ChecklistItem.checklist_id.in_(seen),
        and_(waiting, ChecklistItem.signers.contains("|facility-manager|"),
             ChecklistItem.checklist_id.in_(for_facility)),
        and_(waiting, ChecklistItem.signers.contains("|sponsor|"),
             ChecklistItem.checklist_id.in_(for_sponsor)),
    )


def question_clause(actor: Actor) -> ColumnElement[bool]:
    """Questions on items of checklists that the person sees."""
    return ItemQuestion.item_id.in_(
        select(ChecklistItem.id).where(
            ChecklistItem.checklist_id.in_(select(ChecklistRow.id).where(checklist_clause(actor)))
        )
    )


def sponsors_of(checklist: ChecklistRow) -> Sequence[int]:
    """Ids of the companies that sign as sponsor: of the challenge, or of what the team entered."""
    if checklist.challenge is not None:
        return [checklist.challenge.organisation_id]
    return session().scalars(
        select(Challenge.organisation_id).distinct()
        .join(Entry, Entry.challenge_id == Challenge.id)
        .where(Entry.team_id == checklist.team_id, Entry.state.in_(ENTRANT_STATES))
    ).all()


def roles_of(actor: Actor, checklist: ChecklistRow) -> frozenset[str]:
    """The sign-off roles that the person holds for this checklist now."""
    found: set[str] = set()
    if checklist.team is not None:
        team = checklist.team
        member = actor.has_any(teams.MEMBERS, "team", team.id)
        if member:
            return frozenset({TEAM})  # nobody signs for another role about her own team
        if actor.has("transfer-officer", "organisation", team.home_organisation_id):
            found.add(OFFICER)
        if actor.has("pi", "team", team.id):
            found.add("pi")
        if actor.has("facility-manager", "organisation", team.home_organisation_id):
            found.add("facility-manager")
        companies = actor.scopes("sponsor", "organisation")
        if companies and not companies.isdisjoint(sponsors_of(checklist)):
            found.add("sponsor")
        return frozenset(found)
    challenge = checklist.challenge
    assert challenge is not None
    if actor.has("sponsor", "organisation", challenge.organisation_id):
        found.add("sponsor")
    programme = challenge.edition.programme
    if actor.has("transfer-officer", "organisation", programme.organisation_id):
        found.add(OFFICER)
    if actor.has("programme-lead", "programme", programme.id):
        found |= {TEAM, "pi"}  # the programme answers and signs for the academic side
    return frozenset(found)


def may_start(actor: Actor, team: Team) -> Verdict:
    """Take up a checklist: the team or its office."""
    return teams.may_edit(actor, team) or teams.may_decide_for(actor, team)


def may_answer(actor: Actor, checklist: ChecklistRow) -> Verdict:
    """Write answers and submit items."""
    if checklist.team is not None:
        return teams.may_edit(actor, checklist.team)
    if roles_of(actor, checklist) & {TEAM, "sponsor"}:
        return True
    return No(lazy("The lead of the programme and the sponsor answer this checklist."))


def may_answer_item(actor: Actor, item: ChecklistItem) -> Verdict:
    """Write the answer of one item."""
    return may_answer(actor, item.checklist)


def may_sign(actor: Actor, item: ChecklistItem) -> Verdict:
    """Sign, send back or set aside one item."""
    roles = roles_of(actor, item.checklist)
    if roles & {*item.sign_off, OFFICER}:
        return True
    return No(lazy("Your roles do not sign this item."))


def may_reply(actor: Actor, question: ItemQuestion) -> Verdict:
    """Answer a question: the transfer office."""
    if OFFICER in roles_of(actor, question.item.checklist):
        return True
    return No(lazy("The transfer office answers this question."))
