"""Who hears of checklists."""

from __future__ import annotations

from collections.abc import Iterable

from transfer.checklists import facts, queries
from transfer.checklists.access import sponsors_of
from transfer.checklists.models import ChecklistItem, ChecklistRow, ItemQuestion
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.paths import path_to
from workspace.foundation.text import lazy
from workspace.grants.queries import holders
from workspace.inbox.actions import tell

SENTENCES = {
    "item-question": lazy("A team asks the transfer office a question."),
    "item-question-answered": lazy("The transfer office has answered your question."),
    "item-waits": lazy("A checklist item waits for your signature."),
    "item-sent-back": lazy("A checklist item was sent back to your team."),
    "gate-opened": lazy("A gate of your team is open."),
}


def _officers(checklist: ChecklistRow) -> Iterable[int]:
    if checklist.team is not None:
        organisation = checklist.team.home_organisation_id
    else:
        assert checklist.challenge is not None
        organisation = checklist.challenge.edition.programme.organisation_id
    return [it.id for it in holders(("transfer-officer",), "organisation", organisation, now())]


def _members(checklist: ChecklistRow, but: int | None) -> Iterable[int]:
    if checklist.team is None:
        return []
    return [it.person_id for it in checklist.team.present if it.person_id != but]


def _url(item: ChecklistItem) -> str:
    return path_to("checklists.show", checklist=item.checklist.public_id,
                   section=queries.section_of(item), anchor=item.key)


def asked(fact: facts.QuestionAsked) -> None:
    """The office."""
    if isinstance(fact, facts.QuestionAnswered):
        return
    question = session().get_one(ItemQuestion, fact.question_id)
    tell(_officers(question.item.checklist), "item-question", "answer", question.item,
         _url(question.item))


def answered(fact: facts.QuestionAnswered) -> None:
    """The team."""
    question = session().get_one(ItemQuestion, fact.question_id)
    tell(_members(question.item.checklist, fact.who), "item-question-answered", "news",
         question.item, _url(question.item))


def stepped(fact: facts.ItemStepped) -> None:
    """Signers when it is submitted, the team when it is sent back."""
    item = session().get_one(ChecklistItem, fact.item_id)
    checklist = item.checklist
    if fact.step == "reject":
        tell(_members(checklist, fact.who), "item-sent-back", "answer", item, _url(item),
             mail=True)
        return
    if fact.step != "submit":
        return
    people: set[int] = set()
    if "tto-officer" in item.sign_off:
        people |= set(_officers(checklist))
    if checklist.team is not None:
        team = checklist.team
        if "pi" in item.sign_off:
            people |= {it.id for it in holders(("pi",), "team", team.id, now())}
        if "facility-manager" in item.sign_off:
            people |= {it.id for it in holders(("facility-manager",), "organisation",
                                               team.home_organisation_id, now())}
        if "team" in item.sign_off:
            people |= {it.person_id for it in team.present}
    if "sponsor" in item.sign_off:
        for organisation_id in sponsors_of(checklist):
            people |= {it.id for it in holders(("sponsor",), "organisation", organisation_id,
                                               now())}
    tell(people - {fact.who}, "item-waits", "answer", item,
         path_to("checklists.item", item=item.public_id))


def gate(fact: facts.GateChanged) -> None:
    """The team, when a gate opens."""
    if not fact.is_open:
        return
    checklist = session().get_one(ChecklistRow, fact.checklist_id)
    tell(_members(checklist, None), "gate-opened", "news", checklist,
         path_to("checklists.show", checklist=checklist.public_id))
