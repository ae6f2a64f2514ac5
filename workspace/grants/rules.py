"""Grants: which roles exist, where they can be held, and when a grant is valid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from workspace.foundation.checks import Problem
from workspace.foundation.days import Interval
from workspace.foundation.states import Sentence
from workspace.foundation.text import _, lazy


class ScopeKind(StrEnum):
    """What a role can be held in."""

    PLATFORM = "platform"
    ORGANISATION = "organisation"
    PROGRAMME = "programme"
    EDITION = "edition"
    TEAM = "team"
    CHALLENGE = "challenge"
    SUBMISSION = "submission"
    CANVAS = "canvas"


class Role(StrEnum):
    """What a person can be somewhere."""

    ADMINISTRATOR = "administrator"
    ORGANISATION_ADMIN = "organisation-admin"
    MEMBER = "member"
    TRANSFER_OFFICER = "transfer-officer"
    SPONSOR = "sponsor"
    SCOUT = "scout"
    FACILITY_MANAGER = "facility-manager"
    PROGRAMME_LEAD = "programme-lead"
    PARTICIPANT = "participant"
    TEAM_LEAD = "team-lead"
    TEAM_MEMBER = "team-member"
    FORMER_MEMBER = "former-member"
    MENTOR = "mentor"
    PI = "pi"
    REVIEWER = "reviewer"
    SUBMISSION_READER = "submission-reader"
    """A reviewer who has declared that there is no conflict."""
    ANNEX_READER = "annex-reader"
    CANVAS_EDITOR = "canvas-editor"
    """A mentor whom the team invited to edit one canvas; counts only beside the role of mentor."""
    BREAK_GLASS = "break-glass"
    """An administrator who reads one team's work for some hours; the team is told."""


SCOPE_OF: Final[Mapping[Role, ScopeKind]] = {
    Role.ADMINISTRATOR: ScopeKind.PLATFORM,
    Role.ORGANISATION_ADMIN: ScopeKind.ORGANISATION,
    Role.MEMBER: ScopeKind.ORGANISATION,
    Role.TRANSFER_OFFICER: ScopeKind.ORGANISATION,
    Role.SPONSOR: ScopeKind.ORGANISATION,
    Role.SCOUT: ScopeKind.ORGANISATION,
    Role.FACILITY_MANAGER: ScopeKind.ORGANISATION,
    Role.PROGRAMME_LEAD: ScopeKind.PROGRAMME,
    Role.PARTICIPANT: ScopeKind.EDITION,
    Role.TEAM_LEAD: ScopeKind.TEAM,
    Role.TEAM_MEMBER: ScopeKind.TEAM,
    Role.FORMER_MEMBER: ScopeKind.TEAM,
    Role.MENTOR: ScopeKind.TEAM,
    Role.PI: ScopeKind.TEAM,
    Role.REVIEWER: ScopeKind.SUBMISSION,
    Role.SUBMISSION_READER: ScopeKind.SUBMISSION,
    Role.ANNEX_READER: ScopeKind.CHALLENGE,
    Role.CANVAS_EDITOR: ScopeKind.CANVAS,
    Role.BREAK_GLASS: ScopeKind.TEAM,
}
"""The one kind of scope in which each role is held."""

LABELS: Final[Mapping[Role, Sentence]] = {
    Role.ADMINISTRATOR: lazy("Administrator"),
    Role.ORGANISATION_ADMIN: lazy("Organisation administrator"),
    Role.MEMBER: lazy("Member"),
    Role.TRANSFER_OFFICER: lazy("Transfer officer"),
    Role.SPONSOR: lazy("Sponsor"),
    Role.SCOUT: lazy("Scout"),
    Role.FACILITY_MANAGER: lazy("Facility manager"),
    Role.PROGRAMME_LEAD: lazy("Programme lead"),
    Role.PARTICIPANT: lazy("Participant"),
    Role.TEAM_LEAD: lazy("Team lead"),
    Role.TEAM_MEMBER: lazy("Team member"),
    Role.FORMER_MEMBER: lazy("Former member"),
    Role.MENTOR: lazy("Mentor"),
    Role.PI: lazy("Principal investigator"),
    Role.REVIEWER: lazy("Reviewer"),
    Role.SUBMISSION_READER: lazy("Reader of a submission"),
    Role.ANNEX_READER: lazy("Reader of the annex"),
    Role.CANVAS_EDITOR: lazy("Invited editor"),
    Role.BREAK_GLASS: lazy("Reader in an emergency"),
}

OPENS_NOTHING: Final = frozenset({Role.FORMER_MEMBER})
"""Roles that are history alone: they give no access."""

NEEDS_END: Final = frozenset({Role.ANNEX_READER, Role.CANVAS_EDITOR, Role.BREAK_GLASS})
"""Roles that stand on something that ends, and end with it."""


def is_valid(starts_at: datetime, ends_at: datetime | None, now: datetime) -> bool:
    """Whether a grant holds now: from its start until its end, the end excluded."""
    return now in Interval(starts_at, ends_at)


def check_grant(role: str, scope_kind: str, starts_at: datetime, ends_at: datetime | None,
                ) -> list[Problem]:
    """Problems of a grant that somebody wants to give (fields `role`, `scope_kind`, `ends_at`)."""
    if role not in set(Role):
        return [Problem("role", _("Choose a role."))]
    problems = []
    if SCOPE_OF[Role(role)] != scope_kind:
        problems.append(Problem("scope_kind", _("This role cannot be held here.")))
    if ends_at is not None and ends_at <= starts_at:
        problems.append(Problem("ends_at", _("The end must be after the start.")))
    if ends_at is None and role in NEEDS_END:
        problems.append(Problem("ends_at", _("This role ends with its agreement. "
                                             "Choose the end.")))
    return problems
