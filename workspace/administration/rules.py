"""Breaking the glass: how long it opens a team's work, and what has to be said first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from workspace.foundation.checks import Problem
from workspace.foundation.text import _, lazy

HOURS: Final = 4
"""How long an administrator may read. Nothing prolongs it: who needs more says why anew."""
SHORTEST_REASON: Final = 20

ROLE_SENTENCES: Final = {
    "administrator": lazy("Manages accounts, organisations and settings. Reads no team's work."),
    "organisation-admin": lazy("Invites people into one organisation and gives roles there."),
    "member": lazy("Belongs to an organisation. Opens nothing by itself."),
    "transfer-officer": lazy("Reads the work of the teams of one institution, signs checklists "
                             "and decides what may be shown outside."),
    "sponsor": lazy("Writes challenges for one company and sees what was released to it."),
    "scout": lazy("Sees what was released to one accelerator or to everybody."),
    "facility-manager": lazy("Runs the core facilities of one organisation."),
    "programme-lead": lazy("Runs a programme: editions, challenges, reviews. Of teams she or he "
                           "sees names, states and counts."),
    "participant": lazy("Takes part in one edition and may start or join a team."),
    "team-lead": lazy("Decides for one team: members, charter, submissions."),
    "team-member": lazy("Works on everything that one team makes."),
    "former-member": lazy("Was in a team. Opens nothing."),
    "mentor": lazy("Accompanies one team under an undertaking of secrecy, comments and reads "
                   "notes meant for mentors."),
    "pi": lazy("Answers for the research that one team builds on, and reads its work."),
    "reviewer": lazy("Was asked to review one submission. Reads nothing before the declaration."),
    "submission-reader": lazy("Has declared no conflict and reads one submission."),
    "annex-reader": lazy("Reads the confidential annex of one challenge until the agreement "
                         "ends."),
    "canvas-editor": lazy("A mentor whom a team invited to edit one canvas until a day. Changes "
                          "there what mentors may read."),
    "break-glass": lazy("An administrator who reads one team's work in an emergency, for four "
                        "hours. The team is told at once."),
}
"""What each role is for, for people who decide whom to give it."""


def until(opened_at: datetime) -> datetime:
    """When an opening ends by itself."""
    return opened_at + timedelta(hours=HOURS)


def check_reason(reason: str) -> list[Problem]:
    """Problems of the reason that the team will read (field `reason`)."""
    if len(reason.split()) < 4 or len(reason) < SHORTEST_REASON:
        return [Problem("reason", _("Say in a sentence why you must read this. The team will "
                                    "read it."))]
    return []
