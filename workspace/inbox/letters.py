"""Settings: how one hears of what; and the way out that stands in every letter."""

from __future__ import annotations

from typing import Any

from flask import request

from workspace.foundation import limits
from workspace.foundation.access import Actor
from workspace.foundation.errors import Missing
from workspace.foundation.text import _
from workspace.foundation.web import Doors, go, page, refusals
from workspace.inbox import tickets, topics
from workspace.inbox.forms import ChoicesForm
from workspace.inbox.rules import DIGEST, WAY_LABELS, Way

doors = Doors("notifications")

WHY = "a signed ticket names one person and one sort of letter, and can only end these letters"


@doors.page("/settings/notifications", own=True, methods=["GET", "POST"])
def choices(actor: Actor) -> Any:
    """How I want to hear of each topic."""
    assert actor.person_id is not None
    form, offered = ChoicesForm(), [it for it in topics.topics() if not it.fixed]
    if form.is_submitted():
        wanted = {
            it.key: request.form.get(it.key, Way.USUAL.value) for it in offered
        } | {DIGEST: Way.USUAL.value if request.form.get(DIGEST) else Way.APP.value}
        with refusals(form):
            topics.choose_all(actor, wanted)
            return go(".choices", _("Your choice is kept."))
    return page(
        "inbox/choices.html", form=form, topics=offered, ways=WAY_LABELS,
        chosen=topics.choices_of(actor.person_id), off=Way.APP,
    )


def _ticket(ticket: str) -> tuple[Any, str]:
    limits.count("unsubscribe", "60 per minute", limits.address())
    found = tickets.read(ticket)
    if found is None:
        raise Missing
    return found


@doors.page("/unsubscribe/<ticket>", public=WHY)
def stop(_actor: Actor, ticket: str) -> Any:
    """A page with a button: whoever only looks, as mail programs do, changes nothing."""
    person, key = _ticket(ticket)
    way = topics.choices_of(person.id).get(key)
    return page("inbox/stop.html", ticket=ticket, label=_label(key),
                stopped=way in (Way.APP, Way.OFF))


@doors.page("/unsubscribe/<ticket>", public=WHY, methods=["POST"], name="stop_now", one_click=True)
def stop_now(_actor: Actor, ticket: str) -> Any:
    """End these letters (RFC 8058): without a sign-in, from whatever program."""
    person, key = _ticket(ticket)
    if topics.choices_of(person.id).get(key) != Way.OFF:
        topics.quiet(person.id, key)
    return page("inbox/stop.html", ticket=ticket, label=_label(key), stopped=True)


def _label(key: str) -> str:
    if key == DIGEST:
        return _("The daily letter")
    return next((str(it.label) for it in topics.topics() if it.key == key), "")
