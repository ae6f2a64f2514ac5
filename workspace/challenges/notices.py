"""Who is told what happens to a challenge. Sentences name no title; the inbox adds it."""

from __future__ import annotations

from collections.abc import Iterable

from workspace.challenges import facts, queries
from workspace.challenges.models import Challenge, Question
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.text import lazy
from workspace.grants.queries import holders
from workspace.inbox.actions import tell

SENTENCES = {
    "challenge-to-review": lazy("A sponsor sent a challenge to review."),
    "challenge-changes": lazy("The programme lead asks for changes in your challenge."),
    "challenge-published": lazy("A challenge is open."),
    "challenge-closed": lazy("Applications for a challenge are closed."),
    "challenge-judging": lazy("The deadline of a challenge has passed. Judging can start."),
    "challenge-agree": lazy("The other side agrees with a decision. Yours is missing."),
    "challenge-decided": lazy("A challenge you entered is decided."),
    "challenge-cancelled": lazy("A challenge was cancelled. Its page says why."),
    "challenge-dates": lazy("A deadline of a challenge moved to later."),
    "question-asked": lazy("An entrant asks you a question."),
    "question-answered": lazy("A question on a challenge has an answer."),
}


def path_of(challenge: Challenge, rest: str = "") -> str:
    """Address of its page; also outside a request."""
    return f"/challenges/{challenge.public_id}{rest}"


def _find(challenge_id: int) -> Challenge:
    found = session().get(Challenge, challenge_id)
    assert found is not None
    return found


def sponsors_of(challenge: Challenge) -> set[int]:
    """Ids of the sponsor's people."""
    return {it.id for it in holders(
        ("sponsor",), "organisation", challenge.organisation_id, now())}


def leads_of(challenge: Challenge) -> set[int]:
    """Ids of the leads of the programme."""
    return {it.id for it in holders(
        ("programme-lead",), "programme", challenge.edition.programme_id, now())}


def participants_of(challenge: Challenge) -> set[int]:
    """Ids of everybody who takes part in the edition."""
    return {it.id for it in holders(("participant",), "edition", challenge.edition_id, now())}


def concerned_by(challenge: Challenge) -> set[int]:
    """Ids of people in teams that entered, and of readers of the annex."""
    readers = holders(("annex-reader",), "challenge", challenge.id, now())
    return set(queries.entrants(challenge.id)) | {it.id for it in readers}


def _tell(people: Iterable[int], who: int | None, kind: str, challenge: Challenge, *,
          group: str = "news", rest: str = "", mail: bool = False) -> None:
    tell(set(people) - {who or 0}, kind, group, about=challenge, url=path_of(challenge, rest),
         mail=mail)


def stepped(fact: facts.ChallengeStepped) -> None:
    """Tell whoever must act or rely on the new state."""
    challenge = _find(fact.challenge_id)
    who = fact.who
    if fact.step == "submit":
        _tell(leads_of(challenge), who, "challenge-to-review", challenge, group="answer",
              rest="/review")
    elif fact.step == "request-changes":
        _tell(sponsors_of(challenge), who, "challenge-changes", challenge, group="answer",
              rest="/edit", mail=True)
    elif fact.step == "approve":
        sponsors = sponsors_of(challenge)
        _tell(sponsors, who, "challenge-published", challenge, mail=True)
        _tell(participants_of(challenge) - sponsors, who, "challenge-published", challenge)
    elif fact.step == "close":
        _tell(sponsors_of(challenge) | leads_of(challenge), who, "challenge-closed", challenge)
    elif fact.step == "start-judging":
        _tell(sponsors_of(challenge) | leads_of(challenge), who, "challenge-judging", challenge,
              group="answer")
    elif fact.step == "decide":
        _tell(concerned_by(challenge), who, "challenge-decided", challenge, mail=True)
    elif fact.step == "cancel":
        _tell(concerned_by(challenge) | sponsors_of(challenge), who, "challenge-cancelled",
              challenge, mail=True)


def agreed(fact: facts.DecisionAgreed) -> None:
    """Tell the other side."""
    challenge = _find(fact.challenge_id)
    if challenge.decision_sponsor_id and challenge.decision_lead_id:
        return
    others = leads_of(challenge) if fact.side == "sponsor" else sponsors_of(challenge)
    _tell(others, fact.who, "challenge-agree", challenge, group="answer")


def moved(fact: facts.DeadlineMoved) -> None:
    """Tell everybody who plans by the dates; those who entered by mail as well."""
    challenge = _find(fact.challenge_id)
    concerned = concerned_by(challenge)
    _tell(concerned, fact.who, "challenge-dates", challenge, mail=True)
    _tell(participants_of(challenge) - concerned, fact.who, "challenge-dates", challenge)


def asked(fact: facts.QuestionAsked) -> None:
    """Tell the sponsor that somebody asks, not who."""
    challenge = _find(fact.challenge_id)
    question = session().get(Question, fact.question_id)
    assert question is not None
    _tell(sponsors_of(challenge), fact.who, "question-asked", challenge, group="answer",
          rest=f"/questions/{question.public_id}")


def answered(fact: facts.QuestionAnswered) -> None:
    """Tell whoever asked, and everybody who entered."""
    challenge = _find(fact.challenge_id)
    question = session().get(Question, fact.question_id)
    assert question is not None
    _tell({question.asked_by_id} | concerned_by(challenge), fact.who, "question-answered",
          challenge, rest="#questions")
