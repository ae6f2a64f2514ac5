"""Releases: a team asks to show one item in one version to one audience from one date.

Making something public can destroy the right to a patent: the transfer officer decides, the
decision is bound to a checksum, and until then the audience sees nothing at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from workspace.foundation.checks import Problem
from workspace.foundation.days import working_days_before, working_days_between
from workspace.foundation.states import Machine, Sentence, Step, step
from workspace.foundation.text import _, lazy, ngettext

LEAD_DAYS: Final = 15
LEAD_DAYS_FILING: Final = 30
"""Working days before the date by which a team asks; 30 when a patent is to be filed first."""


class ReleaseState(StrEnum):
    """A request to show something outside, from the first draft to the log."""

    DRAFT = "draft"
    REQUESTED = "requested"
    APPROVED = "approved"
    APPROVED_WITH_EDITS = "approved-with-edits"
    HELD = "held-until"
    REFUSED = "refused"
    RELEASED = "released"
    EXPIRED = "expired"
    LOGGED = "logged"
    WITHDRAWN = "withdrawn"


class Audience(StrEnum):
    """To whom an item is shown; one request has one audience."""

    SPONSOR = "sponsor"
    ACCELERATOR = "accelerator"
    PUBLIC = "public"


AUDIENCE_LABELS: Final[Mapping[Audience, Sentence]] = {
    Audience.SPONSOR: lazy("The sponsor of the challenge"),
    Audience.ACCELERATOR: lazy("The scouts of an accelerator"),
    Audience.PUBLIC: lazy("Everybody"),
}


class Tier(StrEnum):
    """Who may read a note, from the narrowest circle to the widest."""

    TEAM = "team"
    MENTORS = "mentors"
    SPONSOR = "sponsor"
    PUBLIC = "public"

    def admits(self, reader: Tier) -> bool:
        """Whether a note of this tier may reach a reader of that circle."""
        order = list(Tier)
        return order.index(reader) <= order.index(self)


TIER_LABELS: Final[Mapping[Tier, Sentence]] = {
    Tier.TEAM: lazy("Team"),
    Tier.MENTORS: lazy("Team and mentors"),
    Tier.SPONSOR: lazy("Team, mentors and sponsor"),
    Tier.PUBLIC: lazy("Public"),
}

AUDIENCE_TIERS: Final[Mapping[Audience, Tier]] = {
    Audience.SPONSOR: Tier.SPONSOR,
    Audience.ACCELERATOR: Tier.SPONSOR,
    Audience.PUBLIC: Tier.PUBLIC,
}
"""The circle to which the readers of an audience belong."""


@dataclass(frozen=True)
class ReleaseFacts:
    """What the guards look at. `actor_id` is whoever takes the step."""

    today: date
    actor_id: int | None = None
    requested_by_id: int | None = None
    team_member_ids: frozenset[int] = frozenset()
    show_on: date | None = None
    held_until: date | None = None
    sha256: str = ""
    """Checksum of what would be shown now."""
    requested_sha256: str = ""
    """Checksum of what was asked for."""
    approved_sha256: str = ""
    """Checksum that the officer has approved."""
    text: str = ""
    """The reason or the wanted edits."""


def other_pair_of_eyes(facts: ReleaseFacts) -> str | None:
    """the officer neither asked for it nor belongs to the team"""
    if facts.actor_id is None:
        return _("A named transfer officer decides.")
    if facts.actor_id == facts.requested_by_id:
        return _("You asked for this release. Another transfer officer decides.")
    if facts.actor_id in facts.team_member_ids:
        return _("You belong to this team. Another transfer officer decides.")
    return None


def nothing_changed(facts: ReleaseFacts) -> str | None:
    """the item is still exactly what was asked for (equal checksum)"""
    if facts.sha256 and facts.sha256 == facts.requested_sha256:
        return None
    return _("The item has changed since it was asked for. Ask again for the new version.")


def approval_covers_it(facts: ReleaseFacts) -> str | None:
    """what would be shown is exactly what was approved (equal checksum)"""
    if facts.approved_sha256 and facts.sha256 == facts.approved_sha256:
        return None
    return _("The approval is for another version. Ask for a release of this one.")


def date_has_come(facts: ReleaseFacts) -> str | None:
    """the date has come"""
    if facts.show_on is not None and facts.today >= facts.show_on:
        return None
    return _("The date of this release has not come yet.")


def date_is_ahead(facts: ReleaseFacts) -> str | None:
    """the date is today or later"""
    if facts.show_on is None:
        return _("Choose the date from which it is shown.")
    if facts.show_on < facts.today:
        return _("The date is in the past. Choose a later one.")
    return None


def date_has_passed(facts: ReleaseFacts) -> str | None:
    """the date has passed without a decision"""
    if facts.show_on is not None and facts.today > facts.show_on:
        return None
    return _("The date of this release has not passed.")


def hold_is_ahead(facts: ReleaseFacts) -> str | None:
    """the day until which it is held lies ahead"""
    if facts.held_until is not None and facts.held_until > facts.today:
        return None
    return _("Choose a day after today until which it is held.")


def has_text(facts: ReleaseFacts) -> str | None:
    """a reason or the wanted edits are written"""
    if facts.text.strip():
        return None
    return _("Say why, so that the team can act on it.")


LABELS: Final[Mapping[ReleaseState, Sentence]] = {
    ReleaseState.DRAFT: lazy("Draft"),
    ReleaseState.REQUESTED: lazy("Asked for"),
    ReleaseState.APPROVED: lazy("Approved"),
    ReleaseState.APPROVED_WITH_EDITS: lazy("Approved with edits"),
    ReleaseState.HELD: lazy("Held"),
    ReleaseState.REFUSED: lazy("Refused"),
    ReleaseState.RELEASED: lazy("Released"),
    ReleaseState.EXPIRED: lazy("Expired"),
    ReleaseState.LOGGED: lazy("Logged"),
    ReleaseState.WITHDRAWN: lazy("Withdrawn"),
}

_R = ReleaseState
_WAITING: Final = (_R.REQUESTED, _R.HELD)

STEPS: Final[tuple[Step[ReleaseState, ReleaseFacts], ...]] = (
    step("request", lazy("Ask for the release"), _R.DRAFT, _R.REQUESTED, "team-lead",
         date_is_ahead),
    step("approve", lazy("Approve"), _WAITING, _R.APPROVED, "tto-officer",
         other_pair_of_eyes, nothing_changed),
    step("approve-with-edits", lazy("Approve with edits"), _WAITING, _R.APPROVED_WITH_EDITS,
         "tto-officer", other_pair_of_eyes, has_text),
    step("hold", lazy("Hold"), _WAITING, _R.HELD, "tto-officer",
         other_pair_of_eyes, has_text, hold_is_ahead),
    step("refuse", lazy("Refuse"), _WAITING, _R.REFUSED, "tto-officer",
         other_pair_of_eyes, has_text),
    step("edit", lazy("Ask again with the edits"), (_R.APPROVED_WITH_EDITS, _R.REFUSED),
         _R.REQUESTED, "team-lead", date_is_ahead),
    step("release", lazy("Show it"), _R.APPROVED, _R.RELEASED, "system",
         approval_covers_it, date_has_come),
    step("expire", lazy("Let it expire"), (_R.REQUESTED, _R.HELD, _R.APPROVED_WITH_EDITS),
         _R.EXPIRED, "system", date_has_passed),
    step("withdraw", lazy("Withdraw"),
         (_R.DRAFT, _R.REQUESTED, _R.APPROVED, _R.APPROVED_WITH_EDITS, _R.HELD, _R.RELEASED,
          _R.LOGGED),
         _R.WITHDRAWN, "team-lead, tto-officer"),
    step("log", lazy("Log"), _R.RELEASED, _R.LOGGED, "system"),
)

RELEASE: Final = Machine("Public-disclosure request", ReleaseState.DRAFT, LABELS, STEPS)

DECISIONS: Final = ("approve", "approve-with-edits", "hold", "refuse")
WAITING_STATES: Final = frozenset(_WAITING)
"""States that wait for the transfer officer: her queue."""
OPEN_STATES: Final = frozenset({_R.RELEASED, _R.LOGGED})
"""States in which the audience may see the item."""


def is_shown(state: str, sha256: str, approved_sha256: str, show_from: datetime,
             now: datetime) -> bool:
    """Whether the audience sees the item now: released, due, and exactly what was approved."""
    return (state in OPEN_STATES and bool(approved_sha256) and sha256 == approved_sha256
            and show_from <= now)


def lead_days(needs_filing: bool) -> int:
    """How many working days before the date the office wants to be asked."""
    return LEAD_DAYS_FILING if needs_filing else LEAD_DAYS


def latest_day_to_ask(show_on: date, *, needs_filing: bool = False,
                      holidays: Collection[date] = ()) -> date:
    """The last day on which asking leaves the office its lead time."""
    return working_days_before(show_on, lead_days(needs_filing), holidays)


def short_notice(asked_on: date, show_on: date, *, needs_filing: bool = False,
                 holidays: Collection[date] = ()) -> str | None:
    """A warning when the office has less than its lead time, or None. It is no refusal."""
    wanted = lead_days(needs_filing)
    left = working_days_between(asked_on, show_on, holidays)
    if left >= wanted:
        return None
    return ngettext(
        "The transfer office has %(num)d working day instead of %(wanted)d. "
        "Call them, or choose a later date.",
        "The transfer office has %(num)d working days instead of %(wanted)d. "
        "Call them, or choose a later date.", max(left, 0), wanted=wanted)


def check_request(*, item: str, audience: str, audience_organisation_id: int | None,
                  show_on: date | None, today: date, purpose: str) -> list[Problem]:
    """Problems of a request, field by field."""
    problems = []
    if not item:
        problems.append(Problem("item", _("Choose what you want to show.")))
    if audience not in set(Audience):
        problems.append(Problem("audience", _("Choose who may see it.")))
    elif audience != Audience.PUBLIC and audience_organisation_id is None:
        problems.append(Problem("audience", _("Choose the organisation that may see it.")))
    late = date_is_ahead(ReleaseFacts(today=today, show_on=show_on))
    if late:
        problems.append(Problem("show_on", late))
    if not purpose.strip():
        problems.append(Problem("purpose", _("Say in a sentence what it is for.")))
    return problems
