"""The course of a challenge: review, publication, decision, end."""

from __future__ import annotations

from typing import Any

from workspace.challenges import access, actions, queries
from workspace.challenges.brief import check_brief
from workspace.challenges.forms import ChangesForm, PublishForm, ReasonForm
from workspace.challenges.models import Challenge
from workspace.challenges.rules import CHALLENGE, ChallengeState
from workspace.challenges.views.door import crumbs, doors, title_of
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.errors import Stale
from workspace.foundation.forms import Form
from workspace.foundation.text import _
from workspace.foundation.web import go, page, refusals


@doors.page("/<challenge>/submission", verb="submit", things={"challenge": Challenge},
            methods=["POST"])
def submit(actor: Actor, challenge: Challenge) -> Any:
    """Send a saved draft to review."""
    problems = check_brief(challenge.brief)
    if problems and challenge.state == ChallengeState.DRAFT:
        return go(".edit", _("Some things are missing. Send it from the form to see them."),
                  challenge=challenge.public_id)
    actions.submit(actor, challenge, now())
    return go(".show", _("Sent to review."), challenge=challenge.public_id)


@doors.page("/<challenge>/review", verb="publish", things={"challenge": Challenge})
def review(actor: Actor, challenge: Challenge) -> Any:
    """What the programme lead checks before a challenge is published."""
    return _review_page(challenge, PublishForm(), ChangesForm(prefix="changes"))


@doors.page("/<challenge>/publication", verb="publish", things={"challenge": Challenge},
            methods=["POST"])
def publish(actor: Actor, challenge: Challenge) -> Any:
    """Publish."""
    form = PublishForm()
    with refusals(form):
        actions.approve(actor, challenge, now(), terms_signed=bool(form.terms_signed.data))
        return go(".show", _("Published. People of the edition can see it now."),
                  challenge=challenge.public_id)
    return _review_page(challenge, form, ChangesForm(formdata=None, prefix="changes"))


@doors.page("/<challenge>/changes", verb="publish", things={"challenge": Challenge},
            methods=["POST"])
def request_changes(actor: Actor, challenge: Challenge) -> Any:
    """Give the brief back."""
    form = ChangesForm(prefix="changes")
    if form.validate():
        with refusals(form):
            actions.request_changes(actor, challenge, form.reason.data, now())
            return go(".show", _("Given back to the sponsor."), challenge=challenge.public_id)
    return _review_page(challenge, PublishForm(formdata=None), form)


def _review_page(challenge: Challenge, publish_form: PublishForm, changes_form: ChangesForm) -> Any:
    if challenge.state != ChallengeState.IN_REVIEW:
        raise Stale(_("This challenge is not in review. Its state is “%(state)s”.",
                      state=CHALLENGE.label(challenge.state)))
    wrong: Form = changes_form if changes_form.errors else publish_form
    return page(
        "challenges/review.html", form=wrong, publish_form=publish_form,
        changes_form=changes_form, challenge=challenge, title=title_of(challenge),
        gates=queries.released_gates(challenge), cleared=queries.SPONSOR_CLEARED,
        problems=check_brief(challenge.brief),
        crumbs=crumbs(challenge, (_("Review"), None)),
    )


@doors.page("/<challenge>/cancellation", verb="run", things={"challenge": Challenge},
            methods=["GET", "POST"])
def cancel(actor: Actor, challenge: Challenge) -> Any:
    """Cancel with a reason."""
    form = ReasonForm()
    if form.is_submitted() and form.validate():
        with refusals(form):
            actions.cancel(actor, challenge, form.reason.data, now())
            return go(".show", _("Cancelled. Everybody who entered is told why."),
                      challenge=challenge.public_id)
    return page(
        "challenges/cancel.html", form=form, challenge=challenge, title=title_of(challenge),
        objection=CHALLENGE.objection(
            challenge.state_at(now()), "cancel", actions.facts_of(challenge, now(), "-")),
        crumbs=crumbs(challenge, (_("Cancel"), None)),
    )


@doors.page("/<challenge>/decision", verb="decide", things={"challenge": Challenge},
            methods=["POST"])
def decide(actor: Actor, challenge: Challenge) -> Any:
    """Agree with the decision for one's side."""
    side = "sponsor" if access.is_sponsor(actor, challenge) else "programme"
    done = actions.agree_decision(actor, challenge, now(), side=side)
    said = _("Decided.") if done else _("Noted. The other side must agree as well.")
    return go(".show", said, challenge=challenge.public_id)


@doors.page("/<challenge>/completion", verb="run", things={"challenge": Challenge},
            methods=["POST"])
def complete(actor: Actor, challenge: Challenge) -> Any:
    """End a decided challenge without an option."""
    actions.complete(actor, challenge, now())
    return go(".show", _("Completed."), challenge=challenge.public_id)
