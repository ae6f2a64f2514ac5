"""Checklists: all roles sign, nobody their own, gates follow the items."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from transfer.checklists import rules
from transfer.checklists.definitions import built_in
from transfer.checklists.rules import (
    ITEM,
    Answer,
    ItemFacts,
    ItemStanding,
    ItemState,
    Signature,
)
from workspace.foundation.errors import Refused

ROLES = ("team", "pi", "tto-officer")
SUBMITTER = 1
SIGNERS = {"team": 2, "pi": 3, "tto-officer": 4}
WAITING = ItemFacts(sign_off=ROLES, submitted_by_id=SUBMITTER, answer="yes", has_evidence=True)


def by(role: str, facts: ItemFacts = WAITING, person: int | None = None) -> ItemFacts:
    return replace(facts, actor_id=person or SIGNERS[role], actor_roles=frozenset({role}))


@pytest.mark.parametrize("order", list(permutations(ROLES)))
def test_signatures_commute_and_the_last_one_approves(order: tuple[str, ...]) -> None:
    facts, state = WAITING, "submitted"
    for index, role in enumerate(order):
        signed = rules.sign(state, role, by(role, facts))
        assert (signed.state == ItemState.APPROVED) == (index == len(order) - 1)
        assert set(signed.missing) == set(order[index + 1:])
        facts, state = replace(facts, signatures=signed.signatures), signed.state
    assert {(one.role, one.person_id) for one in facts.signatures} == set(SIGNERS.items())
    assert ITEM.step("submitted", "approve", facts) is ItemState.APPROVED


@pytest.mark.parametrize("role", ROLES)
def test_nobody_signs_what_they_submitted(role: str) -> None:
    with pytest.raises(Refused, match="You submitted this item"):
        rules.sign("submitted", role, by(role, person=SUBMITTER))


def test_nobody_signs_twice() -> None:
    facts = replace(WAITING, signatures=(Signature("pi", 3),))
    assert rules.sign_objection("submitted", "pi", by("pi", facts, person=9))
    both = replace(facts, actor_id=3, actor_roles=frozenset({"pi", "tto-officer"}))
    assert rules.sign_objection("submitted", "tto-officer", both) == (
        "You have signed this item for another role. Somebody else signs for this one.")
    assert rules.signable_roles("submitted", both) == ()


@pytest.mark.parametrize(("state", "role", "facts"), [
    ("open", "pi", by("pi")),
    ("approved", "pi", by("pi")),
    ("submitted", "sponsor", replace(WAITING, actor_id=8, actor_roles=frozenset({"sponsor"}))),
    ("submitted", "pi", by("team")),
    ("submitted", "pi", replace(WAITING, actor_roles=frozenset({"pi"}))),
])
def test_signing_needs_the_role_and_a_waiting_item(
    state: str, role: str, facts: ItemFacts,
) -> None:
    with pytest.raises(Refused):
        rules.sign(state, role, facts)


@pytest.mark.parametrize(("change", "reason"), [
    ({"answer": ""}, "Choose an answer."),
    ({"answer": "perhaps"}, "Choose an answer."),
    ({"answer": Answer.DONT_KNOW},
     "You answered “I don’t know”. The transfer office answers first."),
    ({"has_evidence": False}, "Add the evidence: a file, a link or a few words."),
])
def test_submitting_needs_an_answer_and_evidence(change: dict[str, object], reason: str) -> None:
    facts = replace(WAITING, **change)  # type: ignore[arg-type]
    assert ITEM.objection("in-progress", "submit", facts) == reason


def test_words_are_evidence_too() -> None:
    facts = replace(WAITING, has_evidence=False, text="Notebook 12, pages 3 to 9.")
    assert ITEM.step("in-progress", "submit", facts) is ItemState.SUBMITTED


def test_not_knowing_asks_the_office() -> None:
    assert [answer for answer in Answer if rules.asks_office(answer)] == [Answer.DONT_KNOW]


@pytest.mark.parametrize("state", ["open", "in-progress", "rejected"])
def test_only_an_officer_waives_and_says_why(state: str) -> None:
    officer = replace(by("tto-officer"), reason="Covered by the framework agreement.")
    assert ITEM.step(state, "waive", officer) is ItemState.WAIVED
    assert ITEM.objection(state, "waive", replace(officer, reason=""))
    assert ITEM.objection(state, "waive", replace(officer, actor_roles=frozenset({"pi"})))
    assert ITEM.objection(state, "waive", replace(officer, actor_id=SUBMITTER))


def test_what_waits_for_signatures_is_not_waived() -> None:
    with pytest.raises(Refused):
        ITEM.step("submitted", "waive", replace(by("tto-officer"), reason="No."))


@pytest.mark.parametrize(("role", "may"), [("team", False), ("pi", True), ("tto-officer", True)])
def test_a_team_alone_never_says_that_an_item_does_not_apply(role: str, may: bool) -> None:
    for state in ("open", "submitted"):
        facts = replace(by(role), reason="No samples are used.")
        assert (ITEM.objection(state, "not-applicable", facts) is None) is may
        assert ITEM.objection(state, "not-applicable", replace(facts, reason=" "))


def test_changed_evidence_reopens() -> None:
    for state in ("approved", "submitted", "not-applicable", "waived"):
        assert rules.state_after_answer(state) is ItemState.IN_PROGRESS
    for state in rules.EDITABLE:
        assert rules.state_after_answer(state) is ItemState.IN_PROGRESS


STANDINGS = st.lists(st.builds(
    ItemStanding, st.uuids().map(str), st.booleans(), st.sampled_from(list(ItemState)),
    st.sampled_from(["", *Answer])), max_size=20)


@given(STANDINGS)
def test_a_gate_is_open_exactly_when_each_blocking_item_is_settled(
    standings: list[ItemStanding],
) -> None:
    settled = all(one.state in {"approved", "not-applicable", "waived"}
                  for one in standings if one.is_blocking)
    assert rules.gate_is_open(standings) == (settled and bool(standings))
    found = rules.progress(standings)
    assert 0 <= found.settled <= found.answered <= found.items == len(standings)


@given(STANDINGS.filter(bool), st.data())
def test_reopening_a_blocking_item_closes_the_gate(
    standings: list[ItemStanding], data: st.DataObject,
) -> None:
    index = data.draw(st.integers(0, len(standings) - 1))
    standings[index] = replace(standings[index], is_blocking=True, state="in-progress")
    assert not rules.gate_is_open(standings)


class OneItem(RuleBasedStateMachine):
    """Whatever people try, an approved item has a signature of somebody else for each role."""

    def __init__(self) -> None:
        super().__init__()
        self.state: str = ItemState.OPEN
        self.facts = ItemFacts(sign_off=ROLES)

    def attempt(self, name: str, facts: ItemFacts) -> bool:
        try:
            self.state = ITEM.step(self.state, name, facts)
        except Refused:
            return False
        return True

    @rule(answer=st.sampled_from(list(Answer)), evidence=st.booleans())
    def write(self, answer: str, evidence: bool) -> None:
        self.state = rules.state_after_answer(self.state)
        self.facts = replace(self.facts, answer=answer, has_evidence=evidence, signatures=())

    @rule(person=st.integers(1, 5))
    def submit(self, person: int) -> None:
        if self.attempt("submit", self.facts):
            self.facts = replace(self.facts, submitted_by_id=person, signatures=())

    @rule(person=st.integers(1, 5), role=st.sampled_from([*ROLES, "sponsor"]))
    def sign(self, person: int, role: str) -> None:
        facts = replace(self.facts, actor_id=person, actor_roles=frozenset({role}))
        try:
            signed = rules.sign(self.state, role, facts)
        except Refused:
            return
        self.state = signed.state
        self.facts = replace(self.facts, signatures=signed.signatures)

    @rule(person=st.integers(1, 5), reason=st.sampled_from(["", "Needs a date."]))
    def reject(self, person: int, reason: str) -> None:
        self.attempt("reject", replace(self.facts, actor_id=person, reason=reason,
                                       actor_roles=frozenset({"pi"})))

    @precondition(lambda self: self.state == ItemState.APPROVED)
    @rule()
    def reopen(self) -> None:
        self.attempt("reopen", self.facts)
        self.facts = replace(self.facts, signatures=())

    @invariant()
    def approved_means_signed_by_all(self) -> None:
        signers = [one.person_id for one in self.facts.signatures]
        assert self.facts.submitted_by_id not in signers
        assert len(signers) == len(set(signers))
        if self.state == ItemState.APPROVED:
            assert {one.role for one in self.facts.signatures} == set(ROLES)


TestOneItem = OneItem.TestCase


def test_every_checklist_can_be_completed() -> None:
    for one in built_in().checklists:
        items = [ItemStanding(item.id, item.is_blocking, ItemState.APPROVED) for item in one.items]
        assert rules.gate_is_open(items)
        assert any(item.is_blocking for item in one.items)
