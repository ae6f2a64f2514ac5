"""Who may come across which text: the one table of the leak test, readable by an auditor.

A circle is a set of seats for each team. `home` is the team of `lead`, `rival` that of
`rival_lead`; `brief` are texts of challenges. Where a row names several circles, all of them may.
"""

from __future__ import annotations

from collections.abc import Mapping

TEAM = {"home": {"lead", "member"}, "rival": {"rival_lead", "rival"}}
SUPERVISED = {"home": {"officer", "pi"}, "rival": {"other_officer"}}
MENTORED = {"home": {"mentor"}, "rival": {"conflicted"}}
REVIEWED = {
    "home": {"reviewer", "second_reviewer"},
    "rival": {"third_reviewer", "fourth_reviewer"},
}
PROGRAMME = {side: {"programme_lead"} for side in ("home", "rival", "brief")}
ACCOUNTS = {side: {"administrator"} for side in ("home", "rival", "brief")}
EDITION = {
    side: {"lead", "member", "rival_lead", "rival", "former", "participant", "applicant", "asker"}
    for side in ("home", "rival", "brief")
}
SPONSOR = {side: {"sponsor"} for side in ("home", "rival", "brief")}
OTHER_SPONSOR = {"brief": {"other_sponsor"}}
SHOWN = {"home": {"sponsor"}}
"""The home team's canvas is released to the sponsor, the rivals' was refused."""
FACILITY = {"home": {"facility_manager"}}
ASKED = {"home": {"applicant", "asked_mentor"}, "rival": {"applicant"}}
PROMISED = {"brief": {"lead", "member", "rival_lead", "rival"}}
"""Who signed the sponsor's agreement."""
FOLLOWERS = {"brief": {"mentor", "conflicted", "officer", "pi"}}
"""Who accompanies teams of the edition reads its challenges."""

Circle = Mapping[str, set[str]]
FULL = (TEAM, SUPERVISED)
READERS = (*FULL, MENTORED)
HANDED_IN = (*READERS, REVIEWED)

TABLE: Mapping[str, tuple[Circle, ...]] = {
    # The team
    "team.name": (*HANDED_IN, PROGRAMME, EDITION, SPONSOR, FACILITY, ASKED),
    "team.title": READERS,
    "team.pitch": READERS,
    "team.keyword": READERS,
    "team.looking": (*READERS, EDITION, PROGRAMME),
    "team.skill": (*READERS, EDITION, PROGRAMME),
    "charter": READERS,
    "charter.old": READERS,
    "log": READERS,
    "invitation.email": (TEAM, ACCOUNTS),
    "glass.reason": (TEAM, ACCOUNTS),
    "join.message": (TEAM, {"home": {"applicant"}, "rival": {"applicant"}}),
    # Canvases
    "canvas.title": (*HANDED_IN, SHOWN),
    "canvas.archived": READERS,
    "version.name": READERS,
    "note.team": FULL,
    "note.old": FULL,
    "note.deleted": FULL,
    "note.mentors": HANDED_IN,
    "note.sponsor": (*HANDED_IN, SHOWN),
    "note.public": (*HANDED_IN, SHOWN),
    "comment.team": FULL,
    "comment.mentors": READERS,
    "comment.by-mentor": READERS,
    "suggestion.reason": READERS,
    "evidence.text.team": FULL,
    "evidence.url.team": FULL,
    "evidence.file.team": FULL,
    "evidence.page.team": FULL,
    "evidence.text.mentors": READERS,
    "evidence.url.mentors": READERS,
    "evidence.file.mentors": READERS,
    "evidence.page.mentors": READERS,
    # Checklists: whoever signs an item reads that item
    "item.team": READERS,
    "item.link.team": READERS,
    "item.office": READERS,
    "item.link.office": READERS,
    "item.file": READERS,
    "item.page": READERS,
    "item.rejected": READERS,
    "item.link.rejected": READERS,
    "item.reason": READERS,
    "item.question": READERS,
    "item.reply": READERS,
    "item.facility": (*READERS, FACILITY),
    "item.link.facility": (*READERS, FACILITY),
    "item.sponsor": (*READERS, SPONSOR),
    "item.link.sponsor": (*READERS, SPONSOR),
    # Readiness
    "claim": READERS,
    "claim.open": READERS,
    "claim.remark": READERS,
    # Entries and pitches
    "entry.motivation": (*READERS, PROGRAMME),
    "late.reason": (TEAM, PROGRAMME),
    "pitch.title": HANDED_IN,
    "pitch.text": HANDED_IN,
    "deck.name": HANDED_IN,
    "deck.page": HANDED_IN,
    "pitch.title.draft": (TEAM,),
    "pitch.text.draft": (TEAM,),
    "deck.name.draft": (TEAM,),
    "deck.page.draft": (TEAM,),
    # Reviews: released to the home team, still being written for the rivals
    **{
        f"review{number}.{part}": (
            {"home": {"lead", "member", "mentor", "officer", "pi", own}, "rival": {other}},
            PROGRAMME,
        )
        for number, own, other in (
            (1, "reviewer", "third_reviewer"),
            (2, "second_reviewer", "fourth_reviewer"),
        )
        for part in ("comment", "feedback", "pin")
    },
    "review1.remark": ({"home": {"reviewer"}, "rival": {"third_reviewer"}}, PROGRAMME),
    "review2.remark": ({"home": {"second_reviewer"}, "rival": {"fourth_reviewer"}}, PROGRAMME),
    "answer.disagree": READERS,
    "answer.will-do": READERS,
    # Releases
    "release.canvas.purpose": READERS,
    "release.deck.purpose": READERS,
    "release.decision": READERS,
    # Challenges and people
    "annex": (SPONSOR, PROMISED),
    "draft": (SPONSOR, PROGRAMME),
    "other.draft": (OTHER_SPONSOR, PROGRAMME),
    "question": (SPONSOR, PROGRAMME, EDITION, FOLLOWERS),
    "token.name": ({"home": {"lead"}, "rival": {"rival_lead"}},),
    "asker.name": (EDITION, PROGRAMME, ACCOUNTS),
    "applicant.email": ({"home": {"applicant"}}, ACCOUNTS),
}


def allowed(kind: str, side: str) -> set[str]:
    """The seats that may come across this text."""
    return set[str]().union(*(circle.get(side, set()) for circle in TABLE[kind]))


NOT_SHOWN = {"note.deleted", "late.reason", "entry.motivation"}
"""Texts that no page shows to the team: a deleted note can only be brought back, the reason for a
late hand-in is on record, and the motivation of an entry is for the lead of the programme."""
