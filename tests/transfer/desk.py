"""A team with checklists, and everybody who signs."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from tests import builders
from tests.cast import Cast
from tests.submissions.desk import Browser
from tests.submissions.desk import Desk as Together
from transfer.checklists import actions, definitions
from transfer.checklists.actions import AnswerDraft
from transfer.checklists.models import ChecklistItem, ChecklistRow
from workspace.challenges.models import Challenge
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.submissions.models import Entry
from workspace.submissions.rules import EntryState
from workspace.teams.models import Team

SIGNERS = {"team": "member", "tto-officer": "officer", "pi": "pi",
           "facility-manager": "facility_manager", "sponsor": "sponsor"}
"""Sign-off role -> seat that signs for the team's checklists; `lead` submits."""
FOR_CHALLENGE = {"team": "programme_lead", "pi": "second_lead", "sponsor": "sponsor",
                 "tto-officer": "officer"}


@dataclass
class Desk(Together):
    """The deeds that tests of checklists repeat."""

    def start(self, template: str = "invention-disclosure", seat: str = "lead") -> ChecklistRow:
        """Take a checklist up."""
        actor = self.cast.actor(seat)
        with write():
            return actions.start(actor, definitions.built_in().checklist(template), now(),
                                 team=self.team)

    def items(self, checklist: ChecklistRow) -> list[ChecklistItem]:
        """Its items, read anew."""
        session().commit()
        session().expire_all()
        return list(session().scalars(
            select(ChecklistItem).where(ChecklistItem.checklist_id == checklist.id)
            .order_by(ChecklistItem.position)
        ))

    def item(self, item_id: int) -> ChecklistItem:
        """An item, read anew."""
        session().commit()
        session().expire_all()
        return session().get_one(ChecklistItem, item_id)

    def signed_by(self, checklist: ChecklistRow, *roles: str) -> ChecklistItem:
        """The first open item that exactly these roles sign."""
        return next(it for it in self.items(checklist) if set(it.sign_off) == set(roles))

    def answer(self, item: ChecklistItem, answer: str = "yes", text: str = "It is in the log.",
               link: str = "", seat: str = "lead") -> None:
        """Write an answer."""
        with write():
            actions.answer(self.cast.actor(seat), item, AnswerDraft(answer, text, link), now())

    def hand_over(self, item: ChecklistItem, seat: str = "lead") -> None:
        """Answer and hand to the signers."""
        self.answer(item, seat=seat)
        with write():
            actions.submit(self.cast.actor(seat), item, now())

    def sign(self, item: ChecklistItem, *roles: str) -> None:
        """Let the seat of each role sign."""
        for role in roles:
            with write():
                actions.sign(self.cast.actor(SIGNERS[role]), item, role, now())

    def settle(self, item: ChecklistItem) -> None:
        """Submit it and have it signed by all."""
        self.hand_over(item)
        self.sign(item, *item.sign_off)


def lay(app: Flask, cast: Cast) -> Desk:
    """The team has entered the sponsor's challenge; the application's context is open."""
    app.test_client_class = Browser
    with write():
        session().add(Entry(
            team_id=cast.team.id, challenge_id=cast.challenge.id, state=EntryState.ACTIVE,
            created_by_id=cast.person("lead").id, motivation="We know gels.",
        ))
        second = builders.person("Second Lead")
        challenge = session().get_one(Challenge, cast.challenge.id)
        builders.give(second, "programme-lead", "programme", challenge.edition.programme_id)
        cast.people["second_lead"] = second
    assert session().get(Team, cast.team.id) is not None
    return Desk(app, cast, "")
