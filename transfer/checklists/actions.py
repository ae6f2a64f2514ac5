"""Taking up a checklist, answering, signing, setting aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from transfer.checklists import definitions, facts, queries, rules
from transfer.checklists.access import roles_of
from transfer.checklists.models import (
    ChecklistItem,
    ChecklistRow,
    ItemQuestion,
    ItemSignature,
)
from workspace.challenges.models import Challenge
from workspace.files.models import File
from workspace.foundation.access import Actor
from workspace.foundation.checks import is_web
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.history import record_step
from workspace.foundation.text import lazy
from workspace.teams.models import Team

NOBODY = Actor()


@dataclass(frozen=True)
class AnswerDraft:
    """What the team writes for one item."""

    answer: str
    text: str
    link: str


def start(
    actor: Actor, template: definitions.Checklist, now: datetime, *, team: Team | None = None,
    challenge: Challenge | None = None,
) -> ChecklistRow:
    """Take up a checklist; the one that is there already is kept."""
    assert actor.person_id is not None
    owner = Team if team is not None else Challenge
    thing = team if team is not None else challenge
    assert thing is not None
    session().execute(select(owner.id).where(owner.id == thing.id).with_for_update())
    query = select(ChecklistRow).where(ChecklistRow.template == template.id)
    query = query.where(ChecklistRow.team_id == team.id) if team is not None else query.where(
        ChecklistRow.challenge_id == (challenge.id if challenge is not None else None)
    )
    found = session().scalar(query)
    if found is not None:
        return found
    checklist = ChecklistRow(
        team_id=team.id if team else None, challenge_id=challenge.id if challenge else None,
        template=template.id, started_by_id=actor.person_id,
    )
    checklist.team, checklist.challenge = team, challenge
    session().add(checklist)
    session().flush()
    position = 0
    for section in template.sections:
        for item in section.items:
            session().add(
                ChecklistItem(
                    checklist_id=checklist.id, key=item.id, position=position,
                    signers=f"|{'|'.join(item.sign_off)}|", is_blocking=item.is_blocking,
                )
            )
            position += 1
    session().flush()
    announce(
        facts.ChecklistStarted(
            actor.person_id, checklist.team_id, checklist.challenge_id, checklist.id, template.id
        )
    )
    return checklist


def _lock(item: ChecklistItem) -> ChecklistItem:
    """The item as it is on disk now, held until the end of the unit.

    Its checklist is locked first: two items settled at once must not both miss the open gate.
    """
    session().scalars(
        select(ChecklistRow).where(ChecklistRow.id == item.checklist_id)
        .with_for_update(of=ChecklistRow).execution_options(populate_existing=True)
    ).one()
    return session().scalars(
        select(ChecklistItem).where(ChecklistItem.id == item.id)
        .with_for_update(of=ChecklistItem).execution_options(populate_existing=True)
    ).one()


def _where(item: ChecklistItem) -> tuple[int | None, int | None]:
    return item.checklist.team_id, item.checklist.challenge_id


def _set(actor: Actor, item: ChecklistItem, name: str, target: str, now: datetime,
         reason: str = "") -> None:
    source = item.state
    if source == target:
        return
    item.state = target
    record_step("checklist-item", item.id, name, source, target, actor.person_id, now, reason)
    session().flush()
    announce(facts.ItemStepped(actor.person_id, *_where(item), item.id, name, source, target))
    _recompute(actor, item.checklist)


def _recompute(actor: Actor, checklist: ChecklistRow) -> None:
    is_open = rules.gate_is_open(queries.standings(queries.items_of(checklist)))
    if is_open != checklist.gate_open:
        checklist.gate_open = is_open
        gate = queries.template_of(checklist).releases_gate
        announce(
            facts.GateChanged(
                actor.person_id, checklist.team_id, checklist.challenge_id, checklist.id, gate,
                is_open,
            )
        )


def _end_signatures(item: ChecklistItem, now: datetime) -> None:
    for it in item.signatures:
        if it.ended_at is None:
            it.ended_at = now


def _changed(actor: Actor, item: ChecklistItem, fields: tuple[str, ...], now: datetime) -> None:
    """Evidence that changes reopens the item; signatures given before it no longer count."""
    target = rules.state_after_answer(item.state)
    if item.state not in rules.EDITABLE:
        _end_signatures(item, now)
        item.reason, item.decided_by_id = "", None  # why it was set aside stays in the history
    name = "reopen" if item.state not in rules.EDITABLE else "start"
    announce(facts.ItemAnswered(actor.person_id, *_where(item), item.id, fields))
    _set(actor, item, name, target, now)


def answer(actor: Actor, item: ChecklistItem, draft: AnswerDraft, now: datetime) -> None:
    """Keep what the team writes. "I don't know" becomes a question to the transfer office."""
    assert actor.person_id is not None
    item = _lock(item)
    if draft.answer and draft.answer not in set(rules.Answer):
        raise Refused(lazy("Choose an answer."), field="answer")
    if draft.link and not is_web(draft.link):
        raise Refused(lazy("A link begins with http:// or https://."), field="link")
    before = (item.answer, item.text, item.link)
    if before == (draft.answer, draft.text, draft.link):
        return
    item.answer, item.text, item.link = draft.answer, draft.text, draft.link
    names = tuple(
        name for name, old, new in zip(("answer", "text", "link"), before,
                                       (item.answer, item.text, item.link), strict=True)
        if old != new
    )
    _changed(actor, item, names, now)
    if rules.asks_office(item.answer):
        _ask(actor, item, now)


def _ask(actor: Actor, item: ChecklistItem, now: datetime) -> None:
    waiting = next((it for it in item.questions if it.answered_at is None), None)
    if waiting is not None:
        waiting.text = item.text
        return
    assert actor.person_id is not None
    question = ItemQuestion(item_id=item.id, asked_by_id=actor.person_id, text=item.text)
    session().add(question)
    session().flush()
    session().expire(item, ["questions"])
    announce(facts.QuestionAsked(actor.person_id, *_where(item), item.id, question.id))


def attach(actor: Actor, item: ChecklistItem, file: File | None, now: datetime) -> None:
    """Put a file to an item, or take it away."""
    item = _lock(item)
    if item.file_id == (file.id if file else None):
        return
    item.file_id = file.id if file else None
    item.file = file
    _changed(actor, item, ("file",), now)


def reply(actor: Actor, question: ItemQuestion, text: str, now: datetime) -> None:
    """The office answers; the team then answers yes or no."""
    question = session().scalars(
        select(ItemQuestion).where(ItemQuestion.id == question.id)
        .with_for_update(of=ItemQuestion).execution_options(populate_existing=True)
    ).one()
    if question.answered_at is not None:
        raise Refused(lazy("This question is answered already."), code="state", status=409)
    question.answer, question.answered_at = text, now
    question.answered_by_id = actor.person_id
    item = question.item
    announce(facts.QuestionAnswered(actor.person_id, *_where(item), item.id, question.id))


def submit(actor: Actor, item: ChecklistItem, now: datetime) -> None:
    """Hand the item to its signers."""
    item = _lock(item)
    target = rules.ITEM.step(item.state, "submit", queries.facts_for(actor, item))
    item.submitted_by_id, item.submitted_at = actor.person_id, now
    item.reason = ""
    _end_signatures(item, now)
    _set(actor, item, "submit", target, now)


def sign(actor: Actor, item: ChecklistItem, role: str, now: datetime, *,
         seen: datetime | None = None) -> None:
    """Sign for a role; the last one approves. Two at once: the second hears that it is signed.

    `seen` is when the signer's page was made: what was submitted later she has not read.
    """
    assert actor.person_id is not None
    item = _lock(item)
    if seen is not None and item.submitted_at is not None and item.submitted_at > seen:
        raise Refused(
            lazy("The team has changed this since you opened it. Read it again, then sign."),
            code="conflict", status=409,
        )
    signed = rules.sign(item.state, role, queries.facts_for(actor, item))
    turn = 1 + (
        session().scalar(
            select(func.max(ItemSignature.round)).where(
                ItemSignature.item_id == item.id, ItemSignature.role == role
            )
        )
        or 0
    )
    session().add(
        ItemSignature(item_id=item.id, role=role, person_id=actor.person_id, round=turn)
    )
    session().flush()
    session().expire(item, ["signatures"])
    announce(facts.ItemSigned(actor.person_id, *_where(item), item.id, role))
    if signed.state == rules.ItemState.APPROVED:
        target = rules.ITEM.step(item.state, "approve", queries.facts_for(actor, item))
        _set(actor, item, "approve", target, now)


def set_aside(actor: Actor, item: ChecklistItem, name: str, reason: str, now: datetime, *,
              seen: datetime | None = None) -> None:
    """Send back, mark as not applicable, or waive; always with a reason.

    `seen` is when the page was made on which it was decided, as for `sign`.
    """
    item = _lock(item)
    if seen is not None and item.submitted_at is not None and item.submitted_at > seen:
        raise Refused(
            lazy("The team has changed this since you opened it. Read it again, then decide."),
            code="conflict", status=409,
        )
    target = rules.ITEM.step(item.state, name, queries.facts_for(actor, item, reason))
    item.reason, item.decided_by_id = reason, actor.person_id
    if name == "reject":
        _end_signatures(item, now)
    _set(actor, item, name, target, now, reason)


def submit_all(actor: Actor, checklist: ChecklistRow, now: datetime) -> int:
    """Hand in every item that is answered; returns how many."""
    count = 0
    for item in queries.items_of(checklist):
        if rules.ITEM.objection(item.state, "submit", queries.facts_for(actor, item)) is None:
            submit(actor, item, now)
            count += 1
    return count


def sign_all(actor: Actor, checklist: ChecklistRow, now: datetime, *,
             seen: datetime | None = None) -> int:
    """Sign every item that waits for a role of the actor; returns how many signatures.

    Items that were submitted after `seen` are left for the next time.
    """
    count = 0
    for item in queries.items_of(checklist):
        item = _lock(item)
        if seen is not None and item.submitted_at is not None and item.submitted_at > seen:
            continue
        roles = rules.signable_roles(item.state, queries.facts_for(actor, item))
        if roles:
            sign(actor, item, roles[0], now, seen=seen)
            count += 1
    return count


def roles_for(actor: Actor, item: ChecklistItem) -> tuple[str, ...]:
    """Roles for which the actor can sign now."""
    return rules.signable_roles(item.state, queries.facts_for(actor, item))


__all__ = ["AnswerDraft", "answer", "attach", "reply", "roles_for", "roles_of", "set_aside",
           "sign", "sign_all", "start", "submit", "submit_all"]
