"""The face of teams."""

from __future__ import annotations

from workspace.foundation.features import Feature
from workspace.foundation.text import lazy
from workspace.inbox.rules import Topic
from workspace.teams import access, cards, documents, facts, notices, openings, own_data, queries
from workspace.teams.api import API
from workspace.teams.models import (
    Contribution,
    JoinRequest,
    Member,
    MentorAssignment,
    Opening,
    Team,
)
from workspace.teams.views import doors
from workspace.teams.views.people import join

FEATURE = Feature(
    name="teams",
    api=[API],
    doors=[doors],
    may={
        ("list", Team): access.may_list,
        ("create", Team): access.may_create,
        ("read", Team): access.may_read,
        ("edit", Team): access.may_edit,
        ("lead", Team): access.may_lead,
        ("mentor", Team): access.may_mentor,
        ("decide", Team): access.may_decide_for,
        ("oversee", Team): access.may_oversee,
        ("steer", Team): access.may_steer,
        ("change", Member): access.may_change_member,
        ("lead", Member): access.may_lead_member,
        ("list", Opening): access.may_list,
        ("ask", Opening): access.may_ask,
        ("answer", JoinRequest): access.may_answer,
        ("undertake", MentorAssignment): access.may_undertake,
        ("end", MentorAssignment): access.may_end,
    },
    visible={
        Team: access.team_clause,
        Member: access.member_clause,
        Opening: access.opening_clause,
        JoinRequest: access.request_clause,
        Contribution: access.contribution_clause,
        MentorAssignment: access.assignment_clause,
    },
    on={
        facts.TeamJoined: [notices.joined],
        facts.TeamLeft: [notices.left],
        facts.LeadChanged: [notices.lead_changed],
        facts.TeamStepped: [notices.stepped],
        facts.CharterWritten: [notices.charter_written],
        facts.JoinAsked: [notices.join_asked],
        facts.JoinAnswered: [notices.join_answered],
        facts.MentorAsked: [notices.mentor_asked],
        facts.MentorAccepted: [notices.mentor_accepted],
        facts.MentorEnded: [notices.mentor_ended],
    },
    nav=cards.NAV,
    cards=cards.CARDS,
    needs=[cards.needs],
    columns=cards.COLUMNS,
    offers={
        "topics": [
            Topic("teams", lazy("Your teams"), frozenset(notices.SENTENCES), 30),
        ],
        "sentences": notices.SENTENCES,
        "joiners": {"team": join},
        "editions": access.editions_of,
        "token_places": queries.token_places,
        "people_seen": access.people_clause,
        "set_up": cards.set_up,
        "records": own_data.records,
        "before_erasure": own_data.before_erasure,
        "forget": own_data.forget,
        "documents": documents.DOCUMENTS,
        "deeds": documents.deeds,
        "watches": openings.watch,
    },
)
