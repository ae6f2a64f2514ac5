"""The board of questions: entrants ask, the sponsor answers for everybody."""

from __future__ import annotations

from typing import Any

from workspace.challenges import actions, queries
from workspace.challenges.forms import AnswerForm, QuestionForm
from workspace.challenges.models import Challenge, Question
from workspace.challenges.views.board import detail
from workspace.challenges.views.door import crumbs, doors, title_of
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.limits import count
from workspace.foundation.text import _
from workspace.foundation.web import go, page, refusals


@doors.page("/<challenge>/questions", verb="ask", things={"challenge": Challenge},
            methods=["POST"])
def ask(actor: Actor, challenge: Challenge) -> Any:
    """Ask the sponsor. Nobody learns who asked."""
    count("question", "20 per hour", actor.person_id)
    form = QuestionForm()
    if form.validate():
        with refusals(form):
            actions.ask(actor, challenge, form.text.data, now())
            return go(".show", _("Asked. The sponsor has been told."),
                      challenge=challenge.public_id, _anchor="questions")
    return detail(actor, challenge, form)


@doors.page("/<challenge>/questions/<question>", verb="answer",
            things={"challenge": Challenge, "question": Question}, methods=["GET", "POST"])
def answer(actor: Actor, challenge: Challenge, question: Question) -> Any:
    """Answer a question, or add to the answer."""
    form = AnswerForm(data={"seen": actions.answer_mark(question)})
    if form.is_submitted() and form.validate():
        with refusals(form):
            actions.answer(actor, question, form.answer.data, now(), seen=form.seen.data or "")
            return go(".show", _("Answered. Everybody who sees the challenge can read it."),
                      challenge=challenge.public_id, _anchor="questions")
    return page(
        "challenges/answer.html", form=form, challenge=challenge, question=question,
        title=title_of(challenge), crumbs=crumbs(challenge, (_("Question"), None)),
    )


@doors.page("/questions", verb="create", kind=Challenge)
def open_questions(actor: Actor) -> Any:
    """Questions on the sponsor's challenges that wait for an answer."""
    return page(
        "challenges/questions.html", questions=queries.open_questions(actor), title_of=title_of,
        crumbs=crumbs(None, (_("Questions"), None)),
    )
