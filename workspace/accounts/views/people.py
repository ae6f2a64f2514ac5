"""Profiles, and the list of all accounts for administrators."""

from __future__ import annotations

from typing import Any

from flask import request

from workspace.accounts import actions, queries
from workspace.accounts.doors import DOORS
from workspace.accounts.models import Person
from workspace.foundation.access import Actor, can
from workspace.foundation.clock import now
from workspace.foundation.features import house
from workspace.foundation.text import _
from workspace.foundation.web import go, page


@DOORS.page("/people", verb="list", kind=Person)
def people(actor: Actor) -> Any:
    """All accounts, found by name or address."""
    words = request.args.get("q", "").strip()[:200]
    most = min(max(request.args.get("most", queries.PAGE, type=int), queries.PAGE), 500)
    rows, total = queries.people(actor, words, most)
    return page("accounts/people.html", rows=rows, total=total, q=words, most=most)


@DOORS.page("/people/<person>", verb="view", things={"person": Person}, name="person")
def profile(actor: Actor, person: Person) -> Any:
    """Who somebody is, for people who work in the same places."""
    cards = [
        drawn
        for card in sorted(
            (it for feature in house().features for it in feature.cards if it.place == "person"),
            key=lambda it: it.order,
        )
        if (drawn := card.draw(actor, person)) is not None
    ]
    return page(
        "accounts/person.html",
        person=person,
        cards=cards,
        may_write=bool(can(actor, "contact", person)),
        may_manage=bool(can(actor, "manage", person)),
        mine=actor.person_id == person.id,
    )


@DOORS.page("/people/<person>/close", verb="manage", things={"person": Person}, methods=["POST"])
def close_account(actor: Actor, person: Person) -> Any:
    """Nobody signs in with it any more."""
    actions.close_account(actor, person, now())
    return go("accounts.person", _("The account is closed."), person=person.public_id)


@DOORS.page("/people/<person>/open", verb="manage", things={"person": Person}, methods=["POST"])
def open_account(actor: Actor, person: Person) -> Any:
    """The person may sign in again."""
    actions.open_account(actor, person)
    return go("accounts.person", _("The account is open again."), person=person.public_id)
