"""What checklists has from a person: answers, signatures, questions, and what she decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from transfer.checklists.models import ChecklistItem, ItemQuestion, ItemSignature
from workspace.accounts.own_data import read_today
from workspace.foundation.db import session


def records(person_id: int, at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Her own words alone: no office's reasons, no others' answers."""
    sent, asked = (
        ChecklistItem.submitted_by_id == person_id, ItemQuestion.asked_by_id == person_id,
    )
    seen = read_today(person_id, at, ChecklistItem, sent)
    questions = read_today(person_id, at, ItemQuestion, asked)
    rows = session().scalars
    return {
        "checklist_answers": [
            {
                "item": it.key, "checklist": it.checklist.template, "state": it.state,
                "submitted": it.submitted_at, "answer": it.answer if it.id in seen else None,
                "text": it.text if it.id in seen else None,
                "link": it.link if it.id in seen else None,
            }
            for it in rows(select(ChecklistItem).where(sent).order_by(ChecklistItem.id))
        ],
        "checklist_signatures": [
            {
                "item": it.item.key, "checklist": it.item.checklist.template, "as": it.role,
                "signed": it.created_at, "ended": it.ended_at,
            }
            for it in rows(
                select(ItemSignature).where(ItemSignature.person_id == person_id)
                .order_by(ItemSignature.id)
            )
        ],
        "checklist_decisions": [
            {"item": it.key, "checklist": it.checklist.template, "state": it.state,
             "reason": it.reason}
            for it in rows(
                select(ChecklistItem).where(ChecklistItem.decided_by_id == person_id)
                .order_by(ChecklistItem.id)
            )
        ],
        "checklist_questions": [
            {"question": it.public_id, "asked": it.created_at, "answered": it.answered_at,
             "text": it.text if it.id in questions else None}
            for it in rows(select(ItemQuestion).where(asked).order_by(ItemQuestion.id))
        ],
        "checklist_replies": [
            {"question": it.public_id, "answered": it.answered_at, "answer": it.answer}
            for it in rows(
                select(ItemQuestion).where(ItemQuestion.answered_by_id == person_id)
                .order_by(ItemQuestion.id)
            )
        ],
    }
