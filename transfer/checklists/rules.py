"""Items of a checklist: answers, states, sign-offs, and the gate that they open.

All roles of an item sign, in any order; nobody signs what they submitted; an item that changes
loses its signatures, and the gate is computed anew from the items each time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from workspace.foundation.errors import Refused
from workspace.foundation.states import Machine, Sentence, Step, step
from workspace.foundation.text import _, lazy

OFFICER: Final = "tto-officer"
TEAM: Final = "team"


class ItemState(StrEnum):
    """Where an item of a checklist is."""

    OPEN = "open"
    IN_PROGRESS = "in-progress"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    NOT_APPLICABLE = "not-applicable"
    WAIVED = "waived"


class Answer(StrEnum):
    """What a team answers. Not knowing is an answer: it asks the transfer office."""

    YES = "yes"
    NO = "no"
    DONT_KNOW = "dont-know"


ANSWER_LABELS: Final[Mapping[Answer, Sentence]] = {
    Answer.YES: lazy("Yes"),
    Answer.NO: lazy("No"),
    Answer.DONT_KNOW: lazy("I don’t know"),
}


@dataclass(frozen=True)
class Signature:
    """Somebody has signed an item for a role, with the evidence as it was then."""

    role: str
    person_id: int


@dataclass(frozen=True)
class ItemFacts:
    """What the guards look at. `actor_id` takes the step, for `actor_roles`."""

    sign_off: tuple[str, ...] = ()
    actor_id: int | None = None
    actor_roles: frozenset[str] = frozenset()
    """Sign-off roles that the actor holds for this team."""
    submitted_by_id: int | None = None
    signatures: tuple[Signature, ...] = ()
    """Those given since the item was last submitted."""
    answer: str = ""
    text: str = ""
    """The team's words with the answer."""
    has_evidence: bool = False
    """A file, a link or a note is attached."""
    reason: str = ""


# Guards


def has_answer(facts: ItemFacts) -> str | None:
    """the answer is yes or no"""
    if facts.answer == Answer.DONT_KNOW:
        return _("You answered “I don’t know”. The transfer office answers first.")
    if facts.answer not in set(Answer):
        return _("Choose an answer.")
    return None


def has_evidence(facts: ItemFacts) -> str | None:
    """evidence or words support the answer"""
    if facts.has_evidence or facts.text.strip():
        return None
    return _("Add the evidence: a file, a link or a few words.")


def has_reason(facts: ItemFacts) -> str | None:
    """a reason is given"""
    return None if facts.reason.strip() else _("Say why. The reason stays in the history.")


def is_other_person(facts: ItemFacts) -> str | None:
    """not the person who submitted it"""
    if facts.actor_id is None:
        return _("A named person signs.")
    if facts.actor_id == facts.submitted_by_id:
        return _("You submitted this item. Somebody else signs it.")
    return None


def holds_a_role(facts: ItemFacts) -> str | None:
    """holds one of the sign-off roles of the item"""
    if facts.actor_roles & set(facts.sign_off):
        return None
    return _("Your roles do not sign this item.")


def may_set_aside(facts: ItemFacts) -> str | None:
    """holds a sign-off role of the item other than team, or is a transfer officer"""
    if facts.actor_roles & {*facts.sign_off, OFFICER} - {TEAM}:
        return None
    return _("Somebody outside the team decides that an item does not apply.")


def is_officer(facts: ItemFacts) -> str | None:
    """is a transfer officer"""
    if OFFICER in facts.actor_roles:
        return None
    return _("Only a transfer officer can do this.")


def all_signed(facts: ItemFacts) -> str | None:
    """all sign-off roles have signed"""
    missing = missing_roles(facts.sign_off, facts.signatures)
    if not missing:
        return None
    return _("These roles have not signed yet: %(roles)s.", roles=", ".join(missing))


LABELS: Final[Mapping[ItemState, Sentence]] = {
    ItemState.OPEN: lazy("Open"),
    ItemState.IN_PROGRESS: lazy("In progress"),
    ItemState.SUBMITTED: lazy("Waits for signatures"),
    ItemState.APPROVED: lazy("Approved"),
    ItemState.REJECTED: lazy("Needs work"),
    ItemState.NOT_APPLICABLE: lazy("Not applicable"),
    ItemState.WAIVED: lazy("Waived"),
}

_I = ItemState

STEPS: Final[tuple[Step[ItemState, ItemFacts], ...]] = (
    step("start", lazy("Start"), (_I.OPEN, _I.REJECTED), _I.IN_PROGRESS, "team"),
    step("submit", lazy("Submit"), (_I.OPEN, _I.IN_PROGRESS, _I.REJECTED), _I.SUBMITTED, "team",
         has_answer, has_evidence),
    step("approve", lazy("Approve"), _I.SUBMITTED, _I.APPROVED, "system", all_signed),
    step("reject", lazy("Send back"), _I.SUBMITTED, _I.REJECTED, "sign-off roles",
         is_other_person, holds_a_role, has_reason),
    step("not-applicable", lazy("Does not apply"), (_I.SUBMITTED, _I.OPEN), _I.NOT_APPLICABLE,
         "sign-off roles but team, tto-officer", has_reason, is_other_person, may_set_aside),
    step("waive", lazy("Waive"), (_I.OPEN, _I.IN_PROGRESS, _I.REJECTED), _I.WAIVED, OFFICER,
         is_officer, has_reason, is_other_person),
    step("reopen", lazy("Reopen"), (_I.APPROVED, _I.SUBMITTED, _I.NOT_APPLICABLE, _I.WAIVED),
         _I.IN_PROGRESS, "system, team, tto-officer"),
)
"""`reopen` is what changed evidence does: signatures given before it no longer count."""

ITEM: Final = Machine("Checklist item", ItemState.OPEN, LABELS, STEPS)

SETTLED: Final = frozenset({_I.APPROVED, _I.NOT_APPLICABLE, _I.WAIVED})
"""States that no longer stand in the way of a gate."""
EDITABLE: Final = frozenset({_I.OPEN, _I.IN_PROGRESS, _I.REJECTED})
"""States in which the team writes; changing evidence in another state reopens the item."""


# Sign-offs


def missing_roles(sign_off: Iterable[str], signatures: Collection[Signature]) -> tuple[str, ...]:
    """Roles that have still to sign, in the order of the definition."""
    signed = {one.role for one in signatures}
    return tuple(role for role in sign_off if role not in signed)


def sign_objection(state: str, role: str, facts: ItemFacts) -> str | None:
    """Why the actor cannot sign the item for `role` now, or None."""
    if ItemState(state) != ItemState.SUBMITTED:
        return _("This item is not waiting for signatures.")
    if role not in facts.sign_off:
        return _("This role does not sign this item.")
    if role not in facts.actor_roles:
        return _("You do not hold this role here.")
    if sentence := is_other_person(facts):
        return sentence
    for one in facts.signatures:
        if one.role == role:
            return _("Somebody has signed for this role already.")
        if one.person_id == facts.actor_id:
            return _("You have signed this item for another role. Somebody else signs for this "
                     "one.")
    return None


def signable_roles(state: str, facts: ItemFacts) -> tuple[str, ...]:
    """Roles for which the actor can sign the item now."""
    return tuple(role for role in facts.sign_off if sign_objection(state, role, facts) is None)


@dataclass(frozen=True)
class Signed:
    """What a signature leads to."""

    signatures: tuple[Signature, ...]
    state: ItemState
    missing: tuple[str, ...]


def sign(state: str, role: str, facts: ItemFacts) -> Signed:
    """Sign the item for `role`; it is approved when that was the last role. Raises Refused."""
    reason = sign_objection(state, role, facts)
    if reason is not None:
        raise Refused(reason, code="sign-off")
    assert facts.actor_id is not None
    signatures = (*facts.signatures, Signature(role, facts.actor_id))
    missing = missing_roles(facts.sign_off, signatures)
    return Signed(signatures, ItemState.SUBMITTED if missing else ItemState.APPROVED, missing)


# Answers


def asks_office(answer: str) -> bool:
    """Whether the answer becomes a question to the transfer office."""
    return answer == Answer.DONT_KNOW


def state_after_answer(state: str) -> ItemState:
    """The state after the team wrote something: evidence that changes reopens a settled item."""
    if ItemState(state) in {ItemState.OPEN, ItemState.IN_PROGRESS, ItemState.REJECTED}:
        return ItemState.IN_PROGRESS
    return ITEM.step(state, "reopen", ItemFacts())


# Gates


@dataclass(frozen=True)
class ItemStanding:
    """What counts of an item for its checklist."""

    id: str
    is_blocking: bool
    state: str
    answer: str = ""


@dataclass(frozen=True)
class Progress:
    """How far a checklist is. The gate is open when `blocking_open` is empty."""

    items: int
    settled: int
    answered: int
    with_office: int
    """Items answered “I don't know” and not settled."""
    blocking_open: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Each blocking item is approved, not applicable or waived."""
        return not self.blocking_open


def progress(standings: Collection[ItemStanding]) -> Progress:
    """How far a checklist is, from all its items: computed anew each time, never stored alone."""
    open_ids = tuple(one.id for one in standings if one.is_blocking and one.state not in SETTLED)
    return Progress(
        items=len(standings),
        settled=sum(one.state in SETTLED for one in standings),
        answered=sum(bool(one.answer) or one.state in SETTLED for one in standings),
        with_office=sum(asks_office(one.answer) and one.state not in SETTLED for one in standings),
        blocking_open=open_ids,
    )


def gate_is_open(standings: Collection[ItemStanding]) -> bool:
    """Whether the checklist opens its gate. A checklist without items opens nothing."""
    return bool(standings) and progress(standings).is_complete
