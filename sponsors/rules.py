"""Engagement of a sponsor: from the first contact to an agreement, or to the end of an option."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from workspace.foundation.states import Machine, Sentence, Step, step
from workspace.foundation.text import _, lazy


class EngagementState(StrEnum):
    """How far the institution and a sponsor are."""

    LEAD = "lead"
    CONTACTED = "contacted"
    CDA_SIGNED = "cda-signed"
    TERMS_NEGOTIATION = "terms-negotiation"
    TERMS_SIGNED = "terms-signed"
    ACTIVE = "active"
    OPTION_RUNNING = "option-running"
    EXERCISED = "exercised"
    WAIVED = "waived"
    EXPIRED = "expired"
    AGREEMENT_SIGNED = "agreement-signed"
    CLOSED = "closed"
    DECLINED = "declined"


@dataclass(frozen=True)
class EngagementFacts:
    """What the guards look at."""

    now: datetime
    option_ends: datetime | None = None
    reason: str = ""


def option_runs(facts: EngagementFacts) -> str | None:
    """the option has not ended (its end is excluded)"""
    if facts.option_ends is not None and facts.now < facts.option_ends:
        return None
    return _("The option has ended.")


def option_over(facts: EngagementFacts) -> str | None:
    """the option has ended"""
    if facts.option_ends is not None and facts.now >= facts.option_ends:
        return None
    return _("The option has not ended yet.")


def has_reason(facts: EngagementFacts) -> str | None:
    """a reason is given"""
    return None if facts.reason.strip() else _("Say why. The reason stays in the history.")


LABELS: Final[Mapping[EngagementState, Sentence]] = {
    EngagementState.LEAD: lazy("Lead"),
    EngagementState.CONTACTED: lazy("Contacted"),
    EngagementState.CDA_SIGNED: lazy("Confidentiality signed"),
    EngagementState.TERMS_NEGOTIATION: lazy("Terms in negotiation"),
    EngagementState.TERMS_SIGNED: lazy("Terms signed"),
    EngagementState.ACTIVE: lazy("Active"),
    EngagementState.OPTION_RUNNING: lazy("Option running"),
    EngagementState.EXERCISED: lazy("Option exercised"),
    EngagementState.WAIVED: lazy("Option waived"),
    EngagementState.EXPIRED: lazy("Option expired"),
    EngagementState.AGREEMENT_SIGNED: lazy("Agreement signed"),
    EngagementState.CLOSED: lazy("Closed"),
    EngagementState.DECLINED: lazy("Declined"),
}

_E = EngagementState

STEPS: Final[tuple[Step[EngagementState, EngagementFacts], ...]] = (
    step("contact", lazy("Contact"), _E.LEAD, _E.CONTACTED, "programme-lead, tto-officer"),
    step("sign-confidentiality", lazy("Sign the confidentiality agreement"), _E.CONTACTED,
         _E.CDA_SIGNED, "sponsor, tto-officer"),
    step("negotiate", lazy("Negotiate terms"), _E.CDA_SIGNED, _E.TERMS_NEGOTIATION,
         "sponsor, tto-officer"),
    step("sign-terms", lazy("Sign the terms"), _E.TERMS_NEGOTIATION, _E.TERMS_SIGNED,
         "sponsor, tto-officer"),
    step("start", lazy("Start"), _E.TERMS_SIGNED, _E.ACTIVE, "programme-lead"),
    step("start-option", lazy("Start the option"), _E.ACTIVE, _E.OPTION_RUNNING, "system"),
    step("exercise", lazy("Exercise the option"), _E.OPTION_RUNNING, _E.EXERCISED, "sponsor",
         option_runs),
    step("waive", lazy("Waive the option"), _E.OPTION_RUNNING, _E.WAIVED, "sponsor"),
    step("expire", lazy("Let the option expire"), _E.OPTION_RUNNING, _E.EXPIRED, "system",
         option_over),
    step("sign-agreement", lazy("Sign the agreement"), _E.EXERCISED, _E.AGREEMENT_SIGNED,
         "sponsor, tto-officer"),
    step("close", lazy("Close"),
         (_E.ACTIVE, _E.AGREEMENT_SIGNED, _E.WAIVED, _E.EXPIRED, _E.EXERCISED), _E.CLOSED,
         "tto-officer", has_reason),
    step("decline", lazy("Decline"),
         (_E.LEAD, _E.CONTACTED, _E.CDA_SIGNED, _E.TERMS_NEGOTIATION), _E.DECLINED,
         "sponsor, tto-officer", has_reason),
)

ENGAGEMENT: Final = Machine("Sponsor engagement", EngagementState.LEAD, LABELS, STEPS)
