"""What people and the clock do with challenges. Nothing here commits."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from workspace.challenges import facts, queries
from workspace.challenges.brief import Brief, Timeline, option_ends
from workspace.challenges.models import Challenge, Criterion, Question
from workspace.challenges.rules import (
    CHALLENGE,
    LOCKED_STATES,
    ChallengeFacts,
    check_change,
    due_step,
    takes_questions,
)
from workspace.foundation.access import Actor
from workspace.foundation.checks import Problem, refuse
from workspace.foundation.db import new_public_id, session
from workspace.foundation.errors import Denied, Refused, Stale
from workspace.foundation.facts import announce
from workspace.foundation.history import record_step
from workspace.foundation.text import _, lazy
from workspace.grants import actions as grants
from workspace.grants.models import ConfidentialityAgreement
from workspace.grants.queries import valid_agreement
from workspace.organisations.models import Organisation
from workspace.programmes.models import Edition

DATES = tuple(one.name for one in fields(Timeline) if one.name != "decision_within_days")
STANDARD_AGREEMENT = lazy(
    "I keep the annex of this challenge secret. I show it to nobody who has not signed the same, "
    "and I use it only to work on this challenge. This holds until the date below, also when I "
    "leave my team."
)
"""What a reader promises when the sponsor has written no text of its own."""


def locked(challenge: Challenge) -> Challenge:
    """The row as it is on disk now, held until the end of the unit; others wait."""
    found = session().scalar(
        select(Challenge).where(Challenge.id == challenge.id)
        .with_for_update(of=Challenge).execution_options(populate_existing=True)
    )
    assert found is not None
    session().expire(found, ["criteria"])
    return found


def open_challenge(
    actor: Actor, edition: Edition, organisation: Organisation, draft: Brief, now: datetime,
    *, key: str | None = None, is_sample: bool = False,
) -> Challenge:
    """Begin a brief; it may be unfinished. `key` is the random name that the form carried: sent
    twice, the form makes one challenge. Raises Refused for an edition or sponsor not open to her.
    """
    assert actor.person_id is not None
    if edition.id not in {it.id for it in queries.editions_for_briefs(actor)}:
        raise Refused(_("Choose an edition from the list."), field="edition")
    sponsors = actor.has("sponsor", "organisation", organisation.id)
    if not sponsors and not queries.leads_edition(actor, edition):
        raise Refused(_("Choose an organisation from the list."), field="organisation")
    made = Challenge(
        public_id=key or new_public_id(), edition_id=edition.id, edition=edition,
        organisation_id=organisation.id, organisation=organisation,
        created_by_id=actor.person_id, state=CHALLENGE.start, title="", is_sample=is_sample,
        created_at=now,
    )
    session().add(made)
    _write(made, draft)
    session().flush()
    announce(facts.ChallengeOpened(actor.person_id, made.id))
    return made


def change_brief(
    actor: Actor, challenge: Challenge, draft: Brief, now: datetime
) -> tuple[str, ...]:
    """Change the brief; returns the names of the changed fields.

    Raises Refused with the first problem when publication has locked what changed;
    `problems_of_change` gives all of them.
    """
    challenge = locked(challenge)
    before = challenge.brief
    refuse(check_change(challenge.state_at(now), before, draft, now))
    changed = changed_fields(before, draft)
    if not changed:
        return ()
    _write(challenge, draft)
    session().flush()
    announce(facts.ChallengeChanged(actor.person_id, challenge.id, changed))
    moved = tuple(name for name in changed if name in DATES)
    if moved and challenge.state in LOCKED_STATES:
        announce(facts.DeadlineMoved(actor.person_id, challenge.id, moved))
    return changed


def problems_of_change(challenge: Challenge, draft: Brief, now: datetime) -> list[Problem]:
    """Everything that publication forbids in this change."""
    return check_change(challenge.state_at(now), challenge.brief, draft, now)


def changed_fields(before: Brief, after: Brief) -> tuple[str, ...]:
    """Names of the fields of the brief that differ, each date by its own name."""
    names = [
        one.name for one in fields(Brief)
        if one.name != "timeline" and getattr(before, one.name) != getattr(after, one.name)
    ]
    names += [
        one.name for one in fields(Timeline)
        if getattr(before.timeline, one.name) != getattr(after.timeline, one.name)
    ]
    return tuple(names)


def _write(challenge: Challenge, brief: Brief) -> None:
    for name in (
        "title", "problem", "background", "constraints", "annex", "confidentiality", "sector",
        "provided", "agreement_text", "agreement_days", "team_min", "team_max", "max_teams",
    ):
        setattr(challenge, name, getattr(brief, name))
    for one in fields(Timeline):
        setattr(challenge, one.name, getattr(brief.timeline, one.name))
    challenge.ip_terms = {one.name: getattr(brief.terms, one.name) for one in fields(brief.terms)}
    challenge.prize_cash, challenge.prize_in_kind = brief.prize.cash, brief.prize.in_kind
    old = list(challenge.criteria)
    if [(it.title, it.weight, it.measure) for it in old] == [
        (it.title, it.weight, it.measure) for it in brief.criteria
    ]:
        return
    for position, weighed in enumerate(brief.criteria):
        if position < len(old):
            row = old[position]
        else:
            row = Criterion(position=position)
            challenge.criteria.append(row)
        row.position, row.title, row.weight, row.measure = (
            position, weighed.title, weighed.weight, weighed.measure
        )
    for row in old[len(brief.criteria):]:
        challenge.criteria.remove(row)


def facts_of(challenge: Challenge, now: datetime, reason: str = "") -> ChallengeFacts:
    """What the guards look at, read from the row and from what features offer."""
    brief = challenge.brief
    ends = option_ends(brief.timeline, brief.terms)
    return ChallengeFacts(
        now=now, brief=brief, sponsor_cleared=queries.is_sponsor_cleared(challenge),
        terms_signed=challenge.terms_signed_at is not None,
        reviews_per_entry=queries.reviews_per_entry(challenge.id),
        options_open=1 if ends is not None and now < ends else 0, reason=reason,
    )


def _step(actor: Actor, challenge: Challenge, name: str, known: ChallengeFacts,
          now: datetime) -> None:
    source = challenge.state
    target = CHALLENGE.step(source, name, known)
    challenge.state = target
    record_step("challenge", challenge.id, name, source, target, actor.person_id, now,
                known.reason)
    session().flush()
    announce(facts.ChallengeStepped(actor.person_id, challenge.id, name, source, target))


def submit(actor: Actor, challenge: Challenge, now: datetime) -> None:
    """Send the brief to review. Raises Refused when it is not complete."""
    challenge = locked(challenge)
    _step(actor, challenge, "submit", facts_of(challenge, now), now)


def request_changes(actor: Actor, challenge: Challenge, reason: str, now: datetime) -> None:
    """Give the brief back to the sponsor, with what to change."""
    challenge = locked(challenge)
    _step(actor, challenge, "request-changes", facts_of(challenge, now, reason), now)


def approve(actor: Actor, challenge: Challenge, now: datetime, *, terms_signed: bool) -> None:
    """Publish the challenge.

    `terms_signed`: the programme lead says that the sponsor has signed the terms. Where a
    checklist watches the sponsor, its gate must be open too. Nobody publishes what she sent to
    review herself.
    """
    challenge = locked(challenge)
    last = queries.last_step(challenge)
    if last is not None and last.step == "submit" and last.who_id == actor.person_id:
        raise Denied(lazy("You sent this brief to review, so another lead publishes it."))
    if terms_signed and challenge.terms_signed_at is None:
        challenge.terms_signed_at = now
    known = replace(facts_of(challenge, now), terms_signed=terms_signed)
    close = challenge.applications_close_at
    if CHALLENGE.objection(challenge.state, "approve", known) is None and close and close <= now:
        raise Refused(_("The applications would be closed already. Ask the sponsor for a later "
                        "date."))
    challenge.published_at = now
    _step(actor, challenge, "approve", known, now)


def cancel(actor: Actor, challenge: Challenge, reason: str, now: datetime) -> None:
    """Take the challenge back for good; everybody who entered is told why."""
    challenge = locked(challenge)
    _catch_up(challenge, now)
    _step(actor, challenge, "cancel", facts_of(challenge, now, reason), now)


def agree_decision(actor: Actor, challenge: Challenge, now: datetime, *, side: str) -> bool:
    """Agree with the decision as `sponsor` or `programme`; with both, the challenge is decided.

    Returns whether it is decided now. Agreeing twice changes nothing.
    """
    challenge = locked(challenge)
    _catch_up(challenge, now)
    known = facts_of(challenge, now)
    CHALLENGE.step(challenge.state, "decide", known)
    mine, other = (
        ("decision_sponsor_id", "decision_lead_id")
        if side == "sponsor" else ("decision_lead_id", "decision_sponsor_id")
    )
    if getattr(challenge, other) == actor.person_id:
        raise Refused(_("You agreed for the other side. Somebody else agrees for this one."))
    if getattr(challenge, mine) is None:
        setattr(challenge, mine, actor.person_id)
        session().flush()
        announce(facts.DecisionAgreed(actor.person_id, challenge.id, side))
    if getattr(challenge, other) is None:
        return False
    _step(actor, challenge, "decide", known, now)
    return True


def complete(actor: Actor, challenge: Challenge, now: datetime) -> None:
    """End a decided challenge that gives the sponsor no option."""
    challenge = locked(challenge)
    _step(actor, challenge, "complete", facts_of(challenge, now), now)


CLOCK = Actor()


def _catch_up(challenge: Challenge, now: datetime) -> int:
    taken = 0
    while name := due_step(challenge.state, facts_of(challenge, now)):
        _step(CLOCK, challenge, name, facts_of(challenge, now), now)
        taken += 1
    return taken


def keep_time(challenge: Challenge, now: datetime) -> int:
    """Take every step that time alone takes; returns how many. Safe to call again."""
    return _catch_up(locked(challenge), now)


# Secrets


def sign_annex(actor: Actor, challenge: Challenge, now: datetime) -> ConfidentialityAgreement:
    """Promise secrecy and read the annex from now on, until the promise ends.

    Signing again while a promise is valid gives back the one that is there.
    """
    assert actor.person_id is not None
    challenge = locked(challenge)
    if not challenge.brief.needs_agreement:
        raise Refused(_("Nothing in this challenge is confidential."))
    held = valid_agreement(actor.person_id, "challenge", challenge.id, now)
    if held is not None:
        return held
    until = now + timedelta(days=challenge.agreement_days)
    agreement = grants.sign_agreement(
        actor, "challenge", challenge.id, agreement_text(challenge), until, now
    )
    grants.give(
        actor, actor.person_id, "annex-reader", "challenge", challenge.id, now,
        basis="agreement", basis_id=agreement.id, until=until,
    )
    announce(facts.AnnexSigned(actor.person_id, challenge.id, agreement.id))
    return agreement


def agreement_text(challenge: Challenge) -> str:
    """What a reader promises."""
    return challenge.agreement_text.strip() or str(STANDARD_AGREEMENT)


def note_opened(actor: Actor, challenge: Challenge) -> None:
    """Put on record that a person read what is confidential."""
    announce(facts.AnnexOpened(actor.person_id, challenge.id))


# Questions


def ask(actor: Actor, challenge: Challenge, text: str, now: datetime) -> Question:
    """Put a question on the board. The same question sent twice stays one."""
    assert actor.person_id is not None
    challenge = locked(challenge)
    if not takes_questions(challenge.state_at(now)):
        raise Refused(_("Questions are closed for this challenge."), field="text")
    if not text.strip():
        raise Refused(_("Write your question."), field="text")
    same = queries.asked_already(challenge, actor.person_id, text)
    if same is not None:
        return same
    question = Question(
        challenge_id=challenge.id, challenge=challenge, asked_by_id=actor.person_id, text=text,
        created_at=now,
    )
    session().add(question)
    session().flush()
    announce(facts.QuestionAsked(actor.person_id, challenge.id, question.id))
    return question


def answer(
    actor: Actor, question: Question, text: str, now: datetime, *, seen: str = ""
) -> None:
    """Answer a question for everybody, or add to an answer; what was said before stays.

    `seen` is the mark of the answer that the writer had before her (`answer_mark`). Raises Stale
    when a colleague has answered meanwhile.
    """
    held = session().scalar(
        select(Question).where(Question.id == question.id)
        .with_for_update(of=Question).execution_options(populate_existing=True)
    )
    assert held is not None
    if not text.strip():
        raise Refused(_("Write your answer."), field="answer")
    if answer_mark(held) != seen:
        if held.answered_by_id == actor.person_id and held.answer.endswith(text):
            return  # the same form, sent twice
        raise Stale(_("Somebody answered meanwhile. Read that answer and add to it if needed."))
    held.answer = f"{held.answer}\n\n---\n\n{text}" if held.answer else text
    held.answered_by_id, held.answered_at = actor.person_id, now
    session().flush()
    announce(facts.QuestionAnswered(actor.person_id, held.challenge_id, held.id))


def answer_mark(question: Question) -> str:
    """Changes with every answer; a form carries it."""
    return question.answered_at.isoformat() if question.answered_at else ""


def is_entrant(actor: Actor, challenge: Challenge) -> bool:
    """Whether the person's team entered."""
    return actor.person_id in queries.entrants(challenge.id)

