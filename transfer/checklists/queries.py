"""Questions about checklists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import contains_eager, joinedload, lazyload, selectinload

from transfer.checklists import definitions, rules
from transfer.checklists.access import roles_of
from transfer.checklists.models import ChecklistItem, ChecklistRow, ItemQuestion
from workspace.files.models import File
from workspace.foundation.access import Actor, visible
from workspace.foundation.db import session
from workspace.foundation.once import asked_once
from workspace.teams.models import Team

SPONSOR_CHECK = "sponsor-engagement"


def template_of(checklist: ChecklistRow) -> definitions.Checklist:
    """The definition that a checklist follows."""
    return next(it for it in definitions.built_in().checklists if it.id == checklist.template)


def items_of(checklist: ChecklistRow) -> Sequence[ChecklistItem]:
    """All items with signatures and questions, in order."""
    return session().scalars(
        select(ChecklistItem)
        .where(ChecklistItem.checklist_id == checklist.id)
        .options(selectinload(ChecklistItem.signatures), selectinload(ChecklistItem.questions))
        .order_by(ChecklistItem.position)
    ).all()


def standings(items: Sequence[ChecklistItem]) -> list[rules.ItemStanding]:
    """What counts of each item."""
    return [rules.ItemStanding(it.key, it.is_blocking, it.state, it.answer) for it in items]


def progress(checklist: ChecklistRow) -> rules.Progress:
    """How far a checklist is; every page of a team counts this, so it reads four columns."""
    rows = session().execute(
        select(ChecklistItem.key, ChecklistItem.is_blocking, ChecklistItem.state,
               ChecklistItem.answer)
        .where(ChecklistItem.checklist_id == checklist.id)
    )
    return rules.progress([rules.ItemStanding(*row) for row in rows])


def answered_of_team(team_id: int) -> tuple[Select[int], Select[int]]:
    """Queries for the items of a team's checklists: those with an answer, as `rules.progress`
    counts them, and all."""
    items = (
        select(func.count()).select_from(ChecklistItem)
        .join(ChecklistRow, ChecklistRow.id == ChecklistItem.checklist_id)
        .where(ChecklistRow.team_id == team_id)
    )
    answered = or_(ChecklistItem.answer != "", ChecklistItem.state.in_(rules.SETTLED))
    return items.where(answered), items


class Place(IntEnum):
    """Where a checklist is; what needs the team most comes first."""

    NEEDS_WORK = 0
    IN_REVIEW = 1
    OPEN = 2
    COMPLETE = 3


def needs_most(team_id: ColumnElement[int]) -> ScalarSelect[int]:
    """The first `Place` of the checklists of the team of that column; none when it has none."""

    def has(state: rules.ItemState) -> ColumnElement[bool]:
        return exists().where(
            ChecklistItem.checklist_id == ChecklistRow.id, ChecklistItem.state == state
        ).correlate(ChecklistRow)

    place = case(
        (has(rules.ItemState.REJECTED), Place.NEEDS_WORK.value),
        (ChecklistRow.gate_open, Place.COMPLETE.value),
        (has(rules.ItemState.SUBMITTED), Place.IN_REVIEW.value),
        else_=Place.OPEN.value,
    )
    return select(func.min(place)).where(
        ChecklistRow.team_id == team_id
    ).correlate(Team).scalar_subquery()


def sent_back(team_id: int) -> Sequence[ChecklistItem]:
    """Items of a team that somebody has rejected, in order."""
    return session().scalars(
        select(ChecklistItem)
        .join(ChecklistRow, ChecklistRow.id == ChecklistItem.checklist_id)
        .where(ChecklistRow.team_id == team_id, ChecklistItem.state == rules.ItemState.REJECTED)
        .options(contains_eager(ChecklistItem.checklist).options(
            lazyload(ChecklistRow.team), lazyload(ChecklistRow.challenge)
        ))
        .order_by(ChecklistRow.id, ChecklistItem.position)
    ).all()


def of_team(actor: Actor, team: Team) -> Sequence[ChecklistRow]:
    """The team's checklists that the person may see."""
    return session().scalars(
        visible(actor, ChecklistRow).where(ChecklistRow.team_id == team.id)
        .order_by(ChecklistRow.id)
    ).all()


def signatures(item: ChecklistItem) -> tuple[rules.Signature, ...]:
    """Those that count now."""
    return tuple(
        rules.Signature(it.role, it.person_id) for it in item.signatures if it.ended_at is None
    )


def facts_for(actor: Actor, item: ChecklistItem, reason: str = "",
              roles: frozenset[str] | None = None) -> rules.ItemFacts:
    """What the guards look at; `roles` when the caller knows them already."""
    return rules.ItemFacts(
        sign_off=item.sign_off, actor_id=actor.person_id,
        actor_roles=roles_of(actor, item.checklist) if roles is None else roles,
        submitted_by_id=item.submitted_by_id,
        signatures=signatures(item), answer=item.answer, text=item.text,
        has_evidence=bool(item.file_id or item.link or item.text.strip()), reason=reason,
    )


def open_gates(challenge_id: int) -> set[str] | None:
    """Gates that the checklists of a challenge have opened; None when it has no checklist."""
    rows = session().scalars(
        select(ChecklistRow).where(ChecklistRow.challenge_id == challenge_id)
    ).all()
    return {template_of(it).releases_gate for it in rows if it.gate_open} if rows else None


def team_gates(team: Team) -> set[str]:
    """Gates that the checklists of a team have opened."""
    rows = session().scalars(
        select(ChecklistRow).where(ChecklistRow.team_id == team.id, ChecklistRow.gate_open)
    )
    return {template_of(it).releases_gate for it in rows}


def section_of(item: ChecklistItem) -> str:
    """The id of the section that the item stands in."""
    return next(section.id for section in template_of(item.checklist).sections
                for it in section.items if it.id == item.key)


@dataclass(frozen=True)
class Waiting:
    """Something in a checklist that waits for the officer."""

    item: ChecklistItem
    question: ItemQuestion | None


@asked_once
def waiting_for(actor: Actor) -> list[Waiting]:
    """Open questions and items that wait for this person's signature."""
    questions_seen = visible(actor, ItemQuestion).with_only_columns(ItemQuestion.id)
    rows = session().execute(
        visible(actor, ChecklistItem)
        .outerjoin(ItemQuestion, and_(
            ItemQuestion.item_id == ChecklistItem.id, ItemQuestion.answered_at.is_(None),
            ChecklistItem.answer == rules.Answer.DONT_KNOW, ItemQuestion.id.in_(questions_seen),
        ))
        .add_columns(ItemQuestion)
        .where(or_(ChecklistItem.state == rules.ItemState.SUBMITTED,
                   ItemQuestion.id.is_not(None)))
        .options(joinedload(ChecklistItem.signatures), lazyload(ItemQuestion.item))
        .order_by(ChecklistItem.submitted_at, ItemQuestion.id)
    ).unique().all()
    questions = sorted((it for _item, it in rows if it is not None), key=lambda it: it.id)
    items = dict.fromkeys(it for it, _question in rows if it.state == rules.ItemState.SUBMITTED)
    known: dict[int, frozenset[str]] = {}

    def roles(item: ChecklistItem) -> frozenset[str]:
        if item.checklist_id not in known:
            known[item.checklist_id] = roles_of(actor, item.checklist)
        return known[item.checklist_id]

    found = [Waiting(it.item, it) for it in questions if rules.OFFICER in roles(it.item)]
    found += [
        Waiting(it, None) for it in items
        if rules.signable_roles(it.state, facts_for(actor, it, roles=roles(it)))
    ]
    return found


def readable_files(actor: Actor) -> Select[int]:
    """Files that are evidence now, of items that the person may see; a replaced file is closed."""
    return select(File.id).where(
        File.id.in_(visible(actor, ChecklistItem).with_only_columns(ChecklistItem.file_id))
    )
