"""Who may know of a challenge, read its annex, write it, publish it, ask and answer."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select

from workspace.challenges.brief import Confidentiality
from workspace.challenges.models import Challenge, Question
from workspace.challenges.rules import LOCKED_STATES, OVER, PUBLIC_STATES, ChallengeState
from workspace.foundation.access import Actor, No, Verdict
from workspace.foundation.features import house
from workspace.foundation.text import lazy
from workspace.programmes.models import Edition, Programme

PUBLIC = tuple(sorted(PUBLIC_STATES))


def challenge_clause(actor: Actor) -> ColumnElement[bool]:
    """Challenges that the person may know of.

    The sponsor and the programme lead: every state. Everybody in the edition: what was published.
    The transfer office of the programme: what waits for its check, and what was published.
    """
    led = select(Edition.id).where(
        Edition.programme_id.in_(actor.scopes("programme-lead", "programme"))
    )
    office = select(Edition.id).join(Programme).where(
        Programme.organisation_id.in_(actor.scopes("transfer-officer", "organisation"))
    )
    published = or_(
        Challenge.state.in_(PUBLIC),
        and_(Challenge.state == ChallengeState.CANCELLED, Challenge.published_at.is_not(None)),
    )
    return or_(
        Challenge.organisation_id.in_(actor.scopes("sponsor", "organisation")),
        Challenge.edition_id.in_(led),
        and_(published, takes_part(actor)),
        and_(
            or_(published, Challenge.state == ChallengeState.IN_REVIEW),
            Challenge.edition_id.in_(office),
        ),
    )


def takes_part(actor: Actor) -> ColumnElement[bool]:
    """Challenges of editions that the person is in: as participant, or as whatever features add.

    A feature offers `editions`: `(actor) -> select of edition ids`; teams add those of mentors.
    """
    return or_(
        Challenge.edition_id.in_(actor.scopes("participant", "edition")),
        *(Challenge.edition_id.in_(offer(actor)) for offer in house().offered("editions")),
    )


def question_clause(actor: Actor) -> ColumnElement[bool]:
    """Questions on challenges that the person may know of."""
    return Question.challenge_id.in_(select(Challenge.id).where(challenge_clause(actor)))


def is_sponsor(actor: Actor, challenge: Challenge) -> bool:
    """Whether the person is one of the sponsor's."""
    return actor.has("sponsor", "organisation", challenge.organisation_id)


def is_lead(actor: Actor, challenge: Challenge) -> bool:
    """Whether the person leads the programme of the challenge."""
    return actor.has("programme-lead", "programme", challenge.edition.programme_id)


def may_list(actor: Actor, _challenge: object) -> Verdict:
    """Anybody signed in; the list holds what she may know of."""
    return not actor.is_visitor


def may_open(actor: Actor, _challenge: object) -> Verdict:
    """Begin a brief: a sponsor, or a programme lead on a sponsor's behalf."""
    if actor.scopes("sponsor", "organisation") or actor.scopes("programme-lead", "programme"):
        return True
    return No(lazy("Only a sponsor or the lead of a programme can open a challenge."))


def may_oversee(actor: Actor, challenge: Challenge) -> Verdict:
    """See its history and counts."""
    return is_sponsor(actor, challenge) or is_lead(actor, challenge)


def may_edit(actor: Actor, challenge: Challenge) -> Verdict:
    """Change the brief: the sponsor, or the programme lead on its behalf."""
    if not may_oversee(actor, challenge):
        return No(lazy("Only the sponsor or the lead of the programme can change this."))
    if challenge.state == ChallengeState.IN_REVIEW:
        return No(lazy("This brief is in review. The lead of the programme can give it back."))
    if challenge.state in OVER:
        return No(lazy("This challenge is over. It cannot be changed any more."))
    return True


def may_submit(actor: Actor, challenge: Challenge) -> Verdict:
    """Send the brief to review."""
    if is_sponsor(actor, challenge):
        return True
    return No(lazy("Only the sponsor sends a brief to review."))


def may_publish(actor: Actor, challenge: Challenge) -> Verdict:
    """Approve or ask for changes; never for one's own organisation."""
    if not is_lead(actor, challenge):
        return No(lazy("Only the lead of the programme can do this."))
    if is_sponsor(actor, challenge):
        return No(lazy("You belong to the sponsor, so another lead of the programme decides."))
    return True


def may_run(actor: Actor, challenge: Challenge) -> Verdict:
    """Cancel and complete."""
    if is_lead(actor, challenge):
        return True
    return No(lazy("Only the lead of the programme can do this."))


def may_decide(actor: Actor, challenge: Challenge) -> Verdict:
    """Agree with the decision on the entries."""
    if may_oversee(actor, challenge):
        return True
    return No(lazy("The sponsor and the lead of the programme decide."))


def may_read_annex(actor: Actor, challenge: Challenge) -> Verdict:
    """Read what is confidential: the sponsor, and whoever has a valid agreement now."""
    if is_sponsor(actor, challenge) or actor.has("annex-reader", "challenge", challenge.id):
        return True
    return No(lazy("Sign the confidentiality agreement to read this."))


def may_read_brief(actor: Actor, challenge: Challenge) -> Verdict:
    """Read problem, background and constraints, which a confidential challenge keeps back."""
    if challenge.confidentiality != Confidentiality.CONFIDENTIAL or is_lead(actor, challenge):
        return True
    return may_read_annex(actor, challenge)


def may_sign(actor: Actor, challenge: Challenge) -> Verdict:
    """Sign the confidentiality agreement."""
    if not challenge.brief.needs_agreement:
        return No(lazy("Nothing in this challenge is confidential."))
    if is_sponsor(actor, challenge):
        return No(lazy("The annex is your own. You need no agreement to read it."))
    if challenge.state == ChallengeState.CANCELLED:
        return No(lazy("This challenge was cancelled."))
    if challenge.state not in LOCKED_STATES and not is_lead(actor, challenge):
        return No(lazy("This challenge is not published yet."))
    return True


def may_ask(actor: Actor, challenge: Challenge) -> Verdict:
    """Ask a question: people who take part in the edition."""
    if actor.has("participant", "edition", challenge.edition_id):
        return True
    return No(lazy("Only participants of the edition ask questions."))


def may_answer(actor: Actor, question: Question) -> Verdict:
    """Answer a question: the sponsor."""
    if is_sponsor(actor, question.challenge):
        return True
    return No(lazy("Only the sponsor answers."))
