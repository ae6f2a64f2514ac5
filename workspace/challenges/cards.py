"""What first pages and the navigation show of challenges."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from sqlalchemy import func, select

from workspace.challenges import access, queries
from workspace.challenges.models import Challenge, Question
from workspace.challenges.rules import ChallengeState
from workspace.challenges.views.door import title_of
from workspace.foundation.access import Actor, visible
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.features import Counted, Dated, NavItem, Need, Workplace
from workspace.foundation.text import _, lazy, ngettext, pgettext
from workspace.organisations.models import Organisation
from workspace.programmes.models import Edition

ROLES_OF_STUDENTS = ("team-lead", "team-member", "participant")
RUNNING = (ChallengeState.PUBLISHED, ChallengeState.CLOSED, ChallengeState.JUDGING)


def _in_edition(_actor: Actor, here: Workplace) -> str | None:
    edition = here.edition_public_id
    return url_for("challenges.index", edition=edition) if edition else None


def _of_sponsor(_actor: Actor, here: Workplace) -> str | None:
    return url_for("challenges.index", sponsor=here.public_id)


def _questions_url(_actor: Actor, _here: Workplace) -> str | None:
    return url_for("challenges.open_questions")


def _count_in_edition(actor: Actor, here: Workplace) -> Counted:
    query = visible(actor, Challenge).where(Challenge.edition_id == here.edition_id)
    found = query.with_only_columns(func.count(Challenge.id))
    return Counted((found.scalar_subquery(),), lambda count: count or None)


def _count_questions(actor: Actor, _here: Workplace) -> Counted:
    found = select(func.count(Question.id)).join(Challenge).where(
        Challenge.organisation_id.in_(actor.scopes("sponsor", "organisation")),
        Question.answered_at.is_(None),
    )
    return Counted((found.scalar_subquery(),), lambda count: count or None)


NAV = (
    NavItem(ROLES_OF_STUDENTS, lazy("Challenges"), "flag", 100, _in_edition,
            group=lazy("Programme")),
    NavItem(("programme-lead",), lazy("Challenges"), "flag", 20, _in_edition,
            count=_count_in_edition, bottom=True),
    NavItem(("sponsor",), lazy("Challenges"), "flag", 10, _of_sponsor, bottom=True),
    NavItem(("sponsor",), lazy("Questions"), "message-square", 30, _questions_url,
            count=_count_questions, badge=True, bottom=True),
)


def needs(actor: Actor, place: str, thing: object) -> Sequence[Need]:
    """What waits for a sponsor or a programme lead."""
    if place == "sponsor" and isinstance(thing, Organisation):
        return _needs_of_sponsor(actor, thing)
    if place == "overview" and isinstance(thing, Edition):
        return _needs_of_lead(actor, thing)
    return ()


def _needs_of_sponsor(actor: Actor, sponsor: Organisation) -> list[Need]:
    if not actor.has("sponsor", "organisation", sponsor.id):
        return []
    rows = queries.of_sponsor(actor, sponsor)
    counts = queries.open_question_counts(rows)
    drafts = [it for it in rows if it.state == ChallengeState.DRAFT]
    steps = queries.last_steps(drafts) if drafts else {}
    found = []
    for challenge in rows:
        waiting = counts[challenge.id]
        if waiting:
            found.append(Need(
                ngettext("Answer %(num)s question", "Answer %(num)s questions", waiting),
                title_of(challenge),
                url_for("challenges.show", challenge=challenge.public_id, _anchor="questions"),
                _("Answer"), "message-square", "warn",
            ))
        last = steps.get(challenge.id)
        if last is not None and last.step == "request-changes":
            found.append(Need(
                _("Change your challenge"), title_of(challenge),
                url_for("challenges.edit", challenge=challenge.public_id), _("Edit"),
                "pencil", "warn",
            ))
        if _waits_for_decision(challenge) and challenge.decision_sponsor_id is None:
            found.append(_decide_need(challenge))
    return found


def _needs_of_lead(actor: Actor, edition: Edition) -> list[Need]:
    if not actor.has("programme-lead", "programme", edition.programme_id):
        return []
    found = []
    for challenge in queries.of_edition(actor, edition):
        if challenge.state == ChallengeState.IN_REVIEW and access.may_publish(actor, challenge):
            found.append(Need(
                _("Check a challenge"), title_of(challenge),
                url_for("challenges.review", challenge=challenge.public_id), _("Review"), "flag",
                "info", challenge.opens_at,
            ))
        if _waits_for_decision(challenge) and challenge.decision_lead_id is None:
            found.append(_decide_need(challenge))
    return found


def _waits_for_decision(challenge: Challenge) -> bool:
    demo_day = challenge.demo_day_at
    return (challenge.state == ChallengeState.JUDGING and demo_day is not None
            and demo_day <= now())


def _decide_need(challenge: Challenge) -> Need:
    return Need(
        _("Decide a challenge"), title_of(challenge),
        url_for("challenges.show", challenge=challenge.public_id), pgettext("verb", "Open"),
        "award", "warn",
        challenge.timeline.decision_due,
    )


def dates(actor: Actor, place: str, thing: object) -> Sequence[Dated]:
    """Deadlines of a sponsor's challenges, and of those of an edition that one leads."""
    if place == "sponsor" and isinstance(thing, Organisation):
        rows = queries.of_sponsor(actor, thing)
    elif place == "overview" and isinstance(thing, Edition):
        rows = queries.of_edition(actor, thing)
    else:
        return ()
    return [
        Dated(at, word, title_of(it), url_for("challenges.show", challenge=it.public_id),
              f"{step}:{it.public_id}", public=True)
        for it in rows if it.state in RUNNING
        for step, at, word in (
            ("applications", it.applications_close_at, _("Applications close")),
            ("results", it.submission_at, _("Results are due")),
            ("demo", it.demo_day_at if place == "sponsor" else None, _("Demo day")),
        )
        if at is not None
    ]


def set_up(edition: Edition) -> dict[str, int]:
    """Number of challenges of the edition, for its set-up."""
    number = session().scalar(
        select(func.count(Challenge.id)).where(
            Challenge.edition_id == edition.id, Challenge.state != ChallengeState.CANCELLED
        )
    )
    return {"challenges": number or 0}

