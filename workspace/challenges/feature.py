"""The face of challenges."""

from __future__ import annotations

from workspace.challenges import access, cards, clockwork, documents, facts, notices
from workspace.challenges.api import API
from workspace.challenges.briefs_api import API as BRIEFS
from workspace.challenges.models import Challenge, Question
from workspace.challenges.views import doors
from workspace.foundation.features import Feature
from workspace.foundation.text import lazy
from workspace.inbox.rules import Topic

FEATURE = Feature(
    name="challenges",
    api=[API, BRIEFS],
    doors=[doors],
    may={
        ("list", Challenge): access.may_list,
        ("create", Challenge): access.may_open,
        ("edit", Challenge): access.may_edit,
        ("submit", Challenge): access.may_submit,
        ("publish", Challenge): access.may_publish,
        ("run", Challenge): access.may_run,
        ("decide", Challenge): access.may_decide,
        ("oversee", Challenge): access.may_oversee,
        ("read-brief", Challenge): access.may_read_brief,
        ("read-annex", Challenge): access.may_read_annex,
        ("sign", Challenge): access.may_sign,
        ("ask", Challenge): access.may_ask,
        ("answer", Question): access.may_answer,
    },
    visible={Challenge: access.challenge_clause, Question: access.question_clause},
    on={
        facts.ChallengeStepped: [notices.stepped],
        facts.DecisionAgreed: [notices.agreed],
        facts.DeadlineMoved: [notices.moved],
        facts.QuestionAsked: [notices.asked],
        facts.QuestionAnswered: [notices.answered],
    },
    every={"challenges.keep-time": (60, clockwork.keep_time)},
    nav=cards.NAV,
    dates=[cards.dates],
    needs=[cards.needs],
    offers={
        "topics": [
            Topic("challenges", lazy("Challenges"), frozenset(notices.SENTENCES), 50),
        ],
        "sentences": notices.SENTENCES,
        "set_up": cards.set_up,
        "documents": documents.DOCUMENTS,
        "deeds": documents.deeds,
    },
)
