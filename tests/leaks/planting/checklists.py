"""Checklists and levels of readiness: what officers sign, send back and answer."""

from __future__ import annotations

import io

from sqlalchemy import select

from tests.files import made
from tests.leaks.planting.story import Story
from transfer.checklists import actions as checklists
from transfer.checklists import definitions as patterns
from transfer.checklists import queries as checklist_queries
from transfer.checklists.models import ChecklistItem, ItemQuestion
from workspace.files import actions as files
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.readiness import actions as readiness


def lists(story: Story) -> None:
    """A checklist with every kind of item, and one with a question to the office."""
    member, officer = story.a(story.crew.member), story.a(story.crew.officer)
    known = {it.id: it for it in patterns.built_in().checklists}
    with write():
        row = checklists.start(
            story.a(story.crew.lead), known["public-disclosure-guard"], now(), team=story.team
        )
        row_id = row.id
        other = checklists.start(
            story.a(story.crew.lead), known["material-data"], now(), team=story.team
        )
        facility = next(
            it
            for it in checklist_queries.items_of(other)
            if {*it.sign_off} == {"team", "facility-manager"}
        )
    chosen = {"facility": facility.id}
    for item in checklist_queries.items_of(row):
        signers = {*item.sign_off}
        if "facility-manager" in signers:
            continue
        if "sponsor" in signers:
            chosen.setdefault("sponsor", item.id)
        elif "tto-officer" in signers:
            chosen.setdefault("rejected" if "office" in chosen else "office", item.id)
        else:
            chosen.setdefault("team", item.id)
    for kind, item_id in chosen.items():
        with write():
            item = session().get_one(ChecklistItem, item_id)
            checklists.answer(
                member,
                item,
                checklists.AnswerDraft(
                    "yes",
                    story.w(f"item.{kind}"),
                    f"https://example.org/{story.w(f'item.link.{kind}')}",
                ),
                now(),
            )
        if kind == "office":
            file = files.take_upload(
                member,
                io.BytesIO(made.pdf(words=story.w("item.page"))),
                f"{story.w('item.file')}.pdf",
                ("checklist-item", item_id),
                story.crew.team.id,
            )
            with write():
                checklists.attach(
                    member, session().get_one(ChecklistItem, item_id), file, now()
                )
        with write():
            checklists.submit(member, session().get_one(ChecklistItem, item_id), now())
    with write():
        checklists.set_aside(
            officer,
            session().get_one(ChecklistItem, chosen["rejected"]),
            "reject",
            story.w("item.reason"),
            now(),
        )
    left = next(
        it
        for it in checklist_queries.items_of(session().get_one(type(row), row_id))
        if it.id not in chosen.values()
    )
    left_id = left.id
    with write():
        checklists.answer(
            member,
            session().get_one(ChecklistItem, left_id),
            checklists.AnswerDraft("dont-know", story.w("item.question"), ""),
            now(),
        )
    with write():
        question = (
            session().scalars(select(ItemQuestion).where(ItemQuestion.item_id == left_id)).one()
        )
        checklists.reply(officer, question, story.w("item.reply"), now())


def levels(story: Story) -> None:
    """One level claimed and sent back, one claimed and waiting."""
    lead = story.a(story.crew.lead)
    with write():
        claim = readiness.claim(
            lead,
            story.team,
            readiness.ClaimDraft("trl", 1, f"Evidence {story.w('claim')} of the first step", ""),
            now(),
        )
        readiness.answer(
            story.a(story.crew.officer),
            claim,
            "return",
            f"Look again at {story.w('claim.remark')}",
            now(),
        )
    with write():
        readiness.claim(
            lead,
            story.team,
            readiness.ClaimDraft("crl", 1, f"Evidence {story.w('claim.open')} of a step", ""),
            now(),
        )
