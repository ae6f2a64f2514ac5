"""Who hears of suggested statuses."""

from __future__ import annotations

from canvases.boards.access import admitted, circle
from canvases.boards.models import NoteRow
from canvases.suggestions.facts import StatusSuggested, SuggestionStepped
from canvases.suggestions.models import StatusSuggestion
from workspace.accounts.sessions import addressee
from workspace.foundation.db import session
from workspace.foundation.paths import path_to
from workspace.foundation.text import lazy
from workspace.inbox.actions import tell

SENTENCES = {
    "status-suggested": lazy("A mentor suggests another status for a note of your canvas."),
    "status-accepted": lazy("A team has accepted the status that you suggested."),
    "status-declined": lazy("A team has left a note as it is. Your suggestion was read."),
}
TOLD = {"accept": "status-accepted", "decline": "status-declined"}


def _path(row: StatusSuggestion) -> str:
    return path_to(
        "canvases.panel", canvas=row.canvas.public_id, note=row.note_id, anchor="suggested"
    )


def suggested(fact: StatusSuggested) -> None:
    """The team."""
    row = session().get_one(StatusSuggestion, fact.suggestion_id)
    tell({it.person_id for it in row.team.present}, "status-suggested", "answer", row, _path(row))


def answered(fact: SuggestionStepped) -> None:
    """The mentor, while she may read the note."""
    kind = TOLD.get(fact.step)
    if kind is None:
        return
    row = session().get_one(StatusSuggestion, fact.suggestion_id)
    note = session().get(NoteRow, (row.canvas_id, row.note_id))
    mentor = addressee(row.suggested_by_id)
    if note is not None and mentor is not None and admitted([note], circle(mentor, row.team)):
        tell([row.suggested_by_id], kind, "news", row, _path(row))
