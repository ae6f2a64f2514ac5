"""The page door of suggested statuses."""

from __future__ import annotations

from typing import Any

from canvases.boards import queries as boards
from canvases.boards.models import Canvas
from canvases.boards.views.door import CANVAS
from canvases.boards.views.note import answer, note_page
from canvases.suggestions import actions, answers
from canvases.suggestions.forms import SuggestForm, choices
from canvases.suggestions.models import StatusSuggestion
from workspace.foundation import limits
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.errors import Refused
from workspace.foundation.text import _
from workspace.foundation.web import Doors

doors = Doors("suggestions")
ONE = {"canvas": Canvas, "suggestion": StatusSuggestion}


@doors.page("/canvases/<canvas>/notes/<note>/suggestions", verb="suggest", things=CANVAS,
            methods=["POST"])
def suggest(actor: Actor, canvas: Canvas, note: str) -> Any:
    """Suggest a status for a note."""
    line = boards.note_of(actor, canvas, note)
    limits.count("suggest", actions.SUGGESTIONS, actor.person_id)
    form = SuggestForm()
    form.status.choices = choices(line.status)
    if form.validate_on_submit():
        try:
            actions.suggest(actor, canvas, line, form.status.data, form.reason.data, now())
        except Refused as refusal:
            form.refuse(refusal.reason, refusal.field)
        else:
            return answer(actor, canvas, note, _("Suggested. The team decides."))
    return note_page(actor, canvas, note, suggest_form=form)


@doors.page("/canvases/<canvas>/suggestions/<suggestion>/acceptance", verb="answer", things=ONE,
            methods=["POST"], writes="room")
def accept(actor: Actor, canvas: Canvas, suggestion: StatusSuggestion) -> Any:
    """Give the note the suggested status."""
    note = suggestion.note_id
    answers.accept(actor, suggestion, now())
    return answer(actor, canvas, note, _("Accepted. The note has its new status."))


@doors.page("/canvases/<canvas>/suggestions/<suggestion>/refusal", verb="answer", things=ONE,
            methods=["POST"])
def decline(actor: Actor, canvas: Canvas, suggestion: StatusSuggestion) -> Any:
    """Leave the note as it is."""
    actions.decline(actor, suggestion, now())
    return answer(actor, canvas, suggestion.note_id, _("Declined. The note stays as it is."))


@doors.page("/canvases/<canvas>/suggestions/<suggestion>/undo", verb="answer", things=ONE,
            methods=["POST"], writes="room")
def undo(actor: Actor, canvas: Canvas, suggestion: StatusSuggestion) -> Any:
    """Take the team's answer back."""
    note = suggestion.note_id
    answers.undo(actor, suggestion, now())
    return answer(actor, canvas, note, _("The suggestion waits again."))


@doors.page("/canvases/<canvas>/suggestions/<suggestion>/withdrawal", verb="withdraw", things=ONE,
            methods=["POST"])
def withdraw(actor: Actor, canvas: Canvas, suggestion: StatusSuggestion) -> Any:
    """Take a suggestion back."""
    actions.withdraw(actor, suggestion, now())
    return answer(actor, canvas, suggestion.note_id, _("Withdrawn."))
