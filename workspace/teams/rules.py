"""Teams: states, steps, sizes, members, charter and invitations.

Source of the states and of the sizes: `docs/states.md` and the calendar of the programme.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from workspace.challenges.brief import MAX_MEMBERS, MIN_MEMBERS
from workspace.foundation.states import Machine, Sentence, Step, step
from workspace.foundation.text import _, decimals, lazy, ngettext

DOSSIER_MEAN: Final = 3.5
SHORTEST_CHARTER: Final = 40
"""Characters: shorter than this, nothing can have been agreed."""


class TeamState(StrEnum):
    """Where a team is on its way through the edition."""

    FORMING = "forming"
    TEAM_FORMED = "team-formed"
    DISCOVERY = "discovery"
    IP_CHECK = "ip-check"
    PITCH_REVIEW = "pitch-review"
    DEMO_DAY_READY = "demo-day-ready"
    SUBMITTED = "submitted"
    PRESENTED = "presented"
    HANDED_OFF = "handed-off"
    CONTINUED = "continued"
    PAUSED = "paused"
    CLOSED = "closed"


class MemberRole(StrEnum):
    """What a present member is in a team; the grants say `team-lead` and `team-member`."""

    LEAD = "lead"
    MEMBER = "member"


class MemberStatus(StrEnum):
    """Employment at the time of a contribution. It decides who owns what the person makes."""

    EMPLOYEE = "employee"
    STUDENT = "student"
    GUEST = "guest"
    FACILITY_STAFF = "facility-staff"
    PROFESSIONAL = "professional"
    COMPANY_STAFF = "company-staff"


MEMBER_STATUS_LABELS: Final[Mapping[MemberStatus, Sentence]] = {
    MemberStatus.EMPLOYEE: lazy("Employee of an institution"),
    MemberStatus.STUDENT: lazy("Student"),
    MemberStatus.GUEST: lazy("Guest or visitor"),
    MemberStatus.FACILITY_STAFF: lazy("Facility staff"),
    MemberStatus.PROFESSIONAL: lazy("Professional"),
    MemberStatus.COMPANY_STAFF: lazy("Company staff"),
}


@dataclass(frozen=True)
class TeamFacts:
    """What the guards look at. Whoever asks fills in what the step needs; the rest says no."""

    members: int = 0
    least: int = MIN_MEMBERS
    most: int = MAX_MEMBERS
    charter: str = ""
    unsigned: tuple[str, ...] = ()
    """Names of members who have not signed the charter as it stands."""
    not_confidential: tuple[str, ...] = ()
    """Names of members without a valid confidentiality agreement, where one is needed."""
    has_canvas_version: bool = False
    has_deck: bool = False
    release_requested: bool = False
    deck_checksum: str = ""
    approved_checksum: str = ""
    gate_shortfalls: tuple[str, ...] = ()
    """One sentence for each readiness scale below the demo-day gate."""
    ownership_cleared: bool = False
    dossier_mean: float | None = None
    reason: str = ""


def size_in_limits(facts: TeamFacts) -> str | None:
    """the number of members is within the limits"""
    return size_problem(facts.members, facts.least, facts.most)


def charter_written(facts: TeamFacts) -> str | None:
    """the charter is written"""
    return charter_problem(facts.charter)


def charter_signed(facts: TeamFacts) -> str | None:
    """all members have signed the charter as it stands"""
    if facts.unsigned:
        return _("These members have not signed the charter yet: %(names)s.",
                 names=", ".join(facts.unsigned))
    return None


def confidentiality_valid(facts: TeamFacts) -> str | None:
    """every member has a valid confidentiality agreement where one is needed"""
    if facts.not_confidential:
        return _("These members need a valid confidentiality agreement first: %(names)s.",
                 names=", ".join(facts.not_confidential))
    return None


def canvas_saved(facts: TeamFacts) -> str | None:
    """a first canvas version is saved"""
    return None if facts.has_canvas_version else _("Save a first version of your canvas.")


def deck_uploaded(facts: TeamFacts) -> str | None:
    """a deck version is uploaded"""
    return None if facts.has_deck else _("Upload a deck first.")


def release_asked(facts: TeamFacts) -> str | None:
    """the public-disclosure guard is requested for the deck"""
    if facts.release_requested:
        return None
    return _("Ask the transfer office to look at the deck before others review it.")


def release_covers_deck(facts: TeamFacts) -> str | None:
    """the transfer office has approved exactly this deck (equal checksum)"""
    if facts.deck_checksum and facts.deck_checksum == facts.approved_checksum:
        return None
    if facts.approved_checksum:
        return _("The approval is for another version of the deck. "
                 "Ask the transfer office to look at this one.")
    return _("The transfer office has not approved this deck yet.")


def gate_levels_confirmed(facts: TeamFacts) -> str | None:
    """each readiness scale is confirmed at the level of the demo-day gate"""
    return " ".join(facts.gate_shortfalls) or None


def ownership_is_cleared(facts: TeamFacts) -> str | None:
    """the gate ownership-cleared is open"""
    if facts.ownership_cleared:
        return None
    return _("The checklist on inventorship and ownership is not complete.")


def dossier_scored(facts: TeamFacts) -> str | None:
    """the dossier has a rubric mean of 3.5 or more"""
    if facts.dossier_mean is not None and facts.dossier_mean >= DOSSIER_MEAN:
        return None
    if facts.dossier_mean is None:
        return _("The dossier has not been reviewed yet.")
    return _("The dossier has %(mean)s of 5. The transfer office takes over from %(least)s.",
             mean=decimals(facts.dossier_mean, 2), least=decimals(DOSSIER_MEAN, 1))


def has_reason(facts: TeamFacts) -> str | None:
    """a reason is given"""
    return None if facts.reason.strip() else _("Say why. The reason stays in the history.")


LABELS: Final[Mapping[TeamState, Sentence]] = {
    TeamState.FORMING: lazy("Forming"),
    TeamState.TEAM_FORMED: lazy("Team formed"),
    TeamState.DISCOVERY: lazy("Discovery"),
    TeamState.IP_CHECK: lazy("IP check"),
    TeamState.PITCH_REVIEW: lazy("Pitch review"),
    TeamState.DEMO_DAY_READY: lazy("Ready for demo day"),
    TeamState.SUBMITTED: lazy("Submitted"),
    TeamState.PRESENTED: lazy("Presented"),
    TeamState.HANDED_OFF: lazy("Handed off"),
    TeamState.CONTINUED: lazy("Continued"),
    TeamState.PAUSED: lazy("Paused"),
    TeamState.CLOSED: lazy("Closed"),
}

_T = TeamState
_AWAKE: Final = frozenset(TeamState) - {_T.PAUSED, _T.CLOSED}

STEPS: Final[tuple[Step[TeamState, TeamFacts], ...]] = (
    step("sign-charter", lazy("Complete the charter"), _T.FORMING, _T.TEAM_FORMED, "team",
         size_in_limits, charter_written, charter_signed, confidentiality_valid),
    step("start-discovery", lazy("Start discovery"), _T.TEAM_FORMED, _T.DISCOVERY, "team",
         canvas_saved),
    step("submit-disclosure", lazy("Hand in the invention disclosure"), _T.DISCOVERY, _T.IP_CHECK,
         "team"),
    step("continue-research", lazy("Continue research"), _T.IP_CHECK, _T.DISCOVERY, "tto-officer",
         has_reason),
    step("request-review", lazy("Ask for the pitch review"), (_T.DISCOVERY, _T.IP_CHECK),
         _T.PITCH_REVIEW, "team", deck_uploaded, release_asked),
    step("revise", lazy("Ask for a revision"), _T.PITCH_REVIEW, _T.DISCOVERY, "mentor"),
    step("pass-review", lazy("Pass the pitch review"), _T.PITCH_REVIEW, _T.DEMO_DAY_READY, "panel",
         gate_levels_confirmed, release_covers_deck),
    step("submit-result", lazy("Submit the result"), _T.DEMO_DAY_READY, _T.SUBMITTED, "team"),
    step("present", lazy("Mark as presented"), _T.SUBMITTED, _T.PRESENTED, "programme-lead"),
    step("hand-off", lazy("Accept the dossier"), _T.PRESENTED, _T.HANDED_OFF, "tto-officer",
         ownership_is_cleared, dossier_scored),
    step("carry-on", lazy("Carry on"), _T.PRESENTED, _T.CONTINUED, "team"),
    step("pause", lazy("Pause"), _AWAKE, _T.PAUSED, "team-lead, programme-lead", has_reason),
    step("resume", lazy("Resume"), _T.PAUSED, None, "team-lead, programme-lead"),
    step("close", lazy("Close"), frozenset(TeamState) - {_T.CLOSED}, _T.CLOSED,
         "team-lead, programme-lead", has_reason),
)

TEAM: Final = Machine("Team", TeamState.FORMING, LABELS, STEPS)

DEADLINES_RUN_ON: Final = frozenset(TeamState) - {TeamState.CLOSED}
"""States in which option and filing deadlines run: pausing a team stops none of them."""


def size_problem(members: int, least: int = MIN_MEMBERS, most: int = MAX_MEMBERS) -> str | None:
    """What is wrong with the number of members, or None."""
    if members < least:
        short = least - members
        return ngettext("Your team needs %(num)d more member.",
                        "Your team needs %(num)d more members.", short)
    if members > most:
        return ngettext("Your team has %(num)d member too many.",
                        "Your team has %(num)d members too many.", members - most)
    return None


def limits(challenge: tuple[int, int] | None, edition: tuple[int, int] | None = None,
           ) -> tuple[int, int]:
    """The (least, most) members that hold: the challenge's, else the edition's, else 3 to 6."""
    return challenge or edition or (MIN_MEMBERS, MAX_MEMBERS)


def join_objection(state: str, members: int, most: int, *, is_member: bool) -> str | None:
    """Why somebody cannot join now, or None."""
    if is_member:
        return _("You are already in this team.")
    if TeamState(state) in {TeamState.CLOSED, TeamState.HANDED_OFF}:
        return _("This team does not take new members any more.")
    if members >= most:
        return _("This team is full. It has %(most)d members.", most=most)
    return None


def leave_objection(*, is_lead: bool, other_leads: int, other_members: int) -> str | None:
    """Why a member cannot leave now, or None. A team with members is never without a lead."""
    if is_lead and not other_leads and other_members:
        return _("You are the only lead. Make another member the lead first.")
    return None


def remove_objection(*, remover_id: int, person_id: int, is_lead: bool,
                     other_leads: int) -> str | None:
    """Why a lead cannot take a person out of the team, or None."""
    if remover_id == person_id:
        return _("To leave the team yourself, use Leave.")
    if is_lead and not other_leads:
        return _("This person is the only lead. Make another member the lead first.")
    return None


# The charter


@dataclass(frozen=True)
class CharterPart:
    """One thing that a charter settles, and the question that asks for it."""

    id: str
    title: Sentence
    question: Sentence


CHARTER: Final[tuple[CharterPart, ...]] = (
    CharterPart("goal", lazy("Our goal"),
                lazy("What will exist at demo day that does not exist now?")),
    CharterPart("roles", lazy("Roles"),
                lazy("Who is responsible for what, and who decides when you disagree?")),
    CharterPart("rhythm", lazy("How we work"),
                lazy("When do you meet, and where do you keep notes?")),
    CharterPart("contributions", lazy("Contributions"),
                lazy("How do you record who contributed what, for inventors and authors?")),
    CharterPart("confidentiality", lazy("Confidentiality"),
                lazy("What stays in the team, and who checks before anything is shown outside?")),
    CharterPart("leaving", lazy("When somebody leaves"),
                lazy("What happens to the work, the share and the access of a member who leaves?")),
)
"""Guiding questions beside the charter, which is one text."""


@dataclass(frozen=True)
class Signature:
    """A member has signed one version of the charter."""

    person_id: int
    version: int


def charter_problem(text: str) -> str | None:
    """What is missing in the text of the charter, or None."""
    if len(text.strip()) < SHORTEST_CHARTER:
        return _("Write the charter first: goal, roles, how you work and what stays in the team.")
    return None


def charter_unsigned(members: Collection[int], signatures: Collection[Signature],
                     version: int) -> frozenset[int]:
    """Members who have not signed this version. A signature under an older one does not count."""
    signed = {one.person_id for one in signatures if one.version == version}
    return frozenset(members) - signed


def charter_complete(text: str, members: Collection[int], signatures: Collection[Signature],
                     version: int) -> bool:
    """The text is written and every present member has signed exactly this version."""
    return (bool(members) and charter_problem(text) is None
            and not charter_unsigned(members, signatures, version))
