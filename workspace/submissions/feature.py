"""The face of submissions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement

from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.features import (
    Column,
    Counted,
    Dated,
    Feature,
    NavItem,
    Need,
    Releasable,
    Workplace,
)
from workspace.foundation.text import _, lazy
from workspace.inbox.rules import Topic
from workspace.submissions import (
    access,
    deck,
    documents,
    facts,
    notices,
    own_data,
    queries,
    reminders,
    rules,
)
from workspace.submissions.api import API
from workspace.submissions.entries_api import API as ENTRIES
from workspace.submissions.models import Entry, Submission
from workspace.submissions.views import doors
from workspace.teams.access import may_edit
from workspace.teams.models import Team


def _pitch(_actor: Actor, place: Workplace) -> str | None:
    return url_for("submissions.of_team", team=place.public_id) if place.kind == "team" else None


def _needs(actor: Actor, place: str, thing: Any) -> Sequence[Need]:
    if place != "team" or not isinstance(thing, Team) or not may_edit(actor, thing):
        return ()
    found = []
    _entry, handed_in = queries.standing(thing)
    for purpose in rules.Purpose:
        due = queries.due_at(thing, purpose)
        if due is None or purpose in handed_in:
            continue
        if rules.nearness(now(), due) in {rules.Nearness.SOON, rules.Nearness.LAST_DAY,
                                          rules.Nearness.LATE}:
            found.append(
                Need(
                    _("Hand in your pitch") if purpose == rules.Purpose.PITCH_REVIEW
                    else _("Hand in your result"),
                    _("Title, text, deck and a canvas version go together."),
                    url_for("submissions.of_team", team=thing.public_id), _("Open the pitch"),
                    "presentation", "warn", due,
                )
            )
    return found


def _dates(_actor: Actor, place: str, thing: Any) -> Sequence[Dated]:
    if place == "team" and isinstance(thing, Team):
        words = {rules.Purpose.PITCH_REVIEW: _("Pitch for review is due"),
                 rules.Purpose.RESULT: _("Result is due")}
        url = url_for("submissions.of_team", team=thing.public_id)
        queries.standing(thing)  # with one question what the deadlines and the gate look at
        return [Dated(due, words[it], "", url,
                      f"due:{thing.public_id}:{it}", public=True)
                for it in rules.Purpose if (due := queries.due_at(thing, it)) is not None]
    return ()


def _sponsor(team_id: ColumnElement[int]) -> Counted:
    return Counted((queries.sponsor_name(team_id),), lambda name: name)


FEATURE = Feature(
    name="submissions",
    api=[API, ENTRIES],
    doors=[doors],
    may={
        ("read", Submission): access.may_read,
        ("edit", Submission): access.may_edit,
        ("administer", Submission): access.may_administer,
        ("read", Entry): access.may_read_entry,
        ("edit", Entry): access.may_edit_entry,
        ("select", Entry): access.may_select,
        ("allow-late", Team): access.may_allow_late,
    },
    visible={Submission: access.submission_clause, Entry: access.entry_clause},
    on={
        facts.SubmissionMade: [notices.made],
        facts.EntryStepped: [notices.entry],
        facts.LateAllowed: [notices.late],
    },
    nav=[
        NavItem(("team-lead", "team-member", "mentor", "pi"), lazy("Pitch"), "presentation", 50,
                _pitch, bottom=True),
    ],
    every={"submissions.remind": (900, reminders.keep_reminding)},
    needs=[_needs],
    dates=[_dates],
    columns=[Column(lazy("Sponsor"), 10, counted=_sponsor)],
    releasables=[
        Releasable("deck", lazy("Deck"), deck.offers, deck.freeze, deck.draw),
    ],
    offers={
        "confidential": (Submission,),
        "topics": [
            Topic("deadlines", lazy("Deadlines within a day"), frozenset(reminders.SENTENCES), 5),
            Topic(
                "submissions", lazy("Pitches and applications"), frozenset(notices.SENTENCES), 40
            ),
        ],
        "sentences": notices.SENTENCES | reminders.SENTENCES,
        "documents": documents.DOCUMENTS,
        "records": own_data.records,
        "entry_counts": queries.entry_counts,
        "entered": queries.entered,
        "entrants": queries.entrants,
        "readable_files": queries.readable_files,
        "gate_counts": lambda team: {
            "submissions": int(rules.Purpose.PITCH_REVIEW in queries.standing(team)[1])
        },
    },
)
