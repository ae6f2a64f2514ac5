"""The face of suggested statuses."""

from __future__ import annotations

from canvases.boards.models import Canvas
from canvases.suggestions import access, notices, own_data
from canvases.suggestions.api import API
from canvases.suggestions.facts import StatusSuggested, SuggestionStepped
from canvases.suggestions.models import StatusSuggestion
from canvases.suggestions.views import doors
from workspace.foundation.features import Feature
from workspace.foundation.text import lazy
from workspace.inbox.rules import Topic

FEATURE = Feature(
    name="suggestions",
    api=[API],
    doors=[doors],
    may={
        ("suggest", Canvas): access.may_suggest,
        ("answer", StatusSuggestion): access.may_answer,
        ("withdraw", StatusSuggestion): access.may_withdraw,
    },
    visible={StatusSuggestion: access.suggestion_clause},
    on={
        StatusSuggested: [notices.suggested],
        SuggestionStepped: [notices.answered],
    },
    offers={
        "topics": [
            Topic("suggestions", lazy("Suggested statuses"), frozenset(notices.SENTENCES), 22,
                  may_be_off=True),
        ],
        "sentences": notices.SENTENCES,
        "records": own_data.records,
    },
)
