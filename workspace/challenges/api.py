"""API door: challenges and the questions on them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from workspace.challenges import actions
from workspace.challenges.models import Challenge, Question
from workspace.foundation.access import Actor, visible
from workspace.foundation.api import Api, Text
from workspace.foundation.clock import now
from workspace.foundation.limits import count

API = Api("challenges", "Challenges")
QUESTION: dict[str, type] = {"challenge": Challenge, "question": Question}


class ChallengeOut(Schema):
    """What everybody who knows of a challenge may know."""

    id = fields.String(attribute="public_id", required=True)
    edition = fields.String(attribute="edition.public_id", required=True)
    sponsor = fields.String(attribute="organisation.name", required=True)
    title = fields.String(required=True)
    sector = fields.String(required=True)
    state = fields.Method("now_in", required=True)
    applications_close_at = fields.AwareDateTime(required=True, allow_none=True)
    submission_at = fields.AwareDateTime(required=True, allow_none=True)

    def now_in(self, challenge: Challenge) -> str:
        """The state that the deadlines give now."""
        return str(challenge.state_at(now()).value)


class QuestionOut(Schema):
    """A question on the board; nobody learns who asked."""

    id = fields.String(attribute="public_id", required=True)
    text = fields.String(required=True)
    answer = fields.String(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)


class QuestionIn(Schema):
    """A question to the sponsor."""

    text = Text(least=1, maximum=5000, required=True)


class QuestionAnswerIn(Schema):
    """What the sponsor says."""

    answer = Text(least=1, maximum=5000, required=True)


@API.door("/challenges", verb="list", kind=Challenge, gives=ChallengeOut, many=True)
def index(actor: Actor) -> Any:
    """Challenges that you may know of."""
    return visible(actor, Challenge)


@API.door("/challenges/<challenge>", verb="view", things={"challenge": Challenge},
          gives=ChallengeOut)
def show(_actor: Actor, challenge: Challenge) -> Challenge:
    """One challenge."""
    return challenge


@API.door("/challenges/<challenge>/questions", verb="view", things={"challenge": Challenge},
          gives=QuestionOut, many=True)
def questions(actor: Actor, challenge: Challenge) -> Any:
    """The board of questions."""
    return visible(actor, Question).where(Question.challenge_id == challenge.id)


@API.door("/challenges/<challenge>/questions", verb="ask", things={"challenge": Challenge},
          method="POST", takes=QuestionIn, gives=QuestionOut, creates=True,
          example={"text": "Is the test for hospitals or for homes?"})
def ask(actor: Actor, draft: dict[str, Any], challenge: Challenge) -> Question:
    """Ask the sponsor."""
    count("question", "20 per hour", actor.person_id)
    return actions.ask(actor, challenge, draft["text"], now())


@API.door("/challenges/<challenge>/questions/<question>", verb="view", things=QUESTION,
          gives=QuestionOut)
def question(_actor: Actor, challenge: Challenge, question: Question) -> Question:
    """One question with its answer."""
    return question


@API.door("/challenges/<challenge>/questions/<question>/answer", verb="answer", things=QUESTION,
          method="POST", takes=QuestionAnswerIn, gives=QuestionOut, of=question,
          example={"answer": "For homes."})
def answer(actor: Actor, draft: dict[str, Any], challenge: Challenge,
           question: Question) -> Question:
    """Answer for everybody, or add to the answer; what was said before stays."""
    actions.answer(actor, question, draft["answer"], now(), seen=actions.answer_mark(question))
    return question
