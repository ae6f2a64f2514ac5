"""Settings: one's access tokens; and the page on which people read about the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import jsonify

from workspace.accounts import sessions
from workspace.foundation.access import Actor
from workspace.foundation.api import document
from workspace.foundation.clock import now
from workspace.foundation.db import Base, session
from workspace.foundation.errors import Refused
from workspace.foundation.features import house
from workspace.foundation.text import _
from workspace.foundation.web import Doors, go, page, refusals
from workspace.tokens import actions, queries
from workspace.tokens.forms import DAYS, TokenForm
from workspace.tokens.models import AccessToken
from workspace.tokens.rules import VERB_LABELS, Place, Scope, Verb, scopes_of

DOORS = Doors("tokens")
READER = Doors("reader", prefix="/api")
WHY = "the description of the API holds nothing of anybody"


def _places(actor: Actor) -> dict[str, tuple[str, Scope]]:
    """What the form offers: everything, and the places that features know of for this person."""
    found = {"everything": (_("Everything that I may do"), Scope(Verb.READ, Place.EVERYTHING))}
    for offer in house().offered("token_places"):
        for kind, row, title in offer(actor):
            found[f"{kind}.{row.public_id}"] = (title, Scope(Verb.READ, Place(kind), row.id))
    return found


@DOORS.page("/settings/tokens", own=True)
def index(actor: Actor) -> Any:
    """All tokens of a person."""
    return page("tokens/index.html", rows=_rows(actor), key=None)


def _rows(actor: Actor) -> list[dict[str, Any]]:
    return [
        {
            "row": row,
            "over": row.expires_at <= now(),
            "what": ", ".join(str(_in_words(it)) for it in scopes_of(row.scopes)),
        }
        for row in queries.own(actor)
    ]


def _in_words(scope: Scope) -> str:
    verb = str(VERB_LABELS[scope.verb])
    if scope.place == Place.EVERYTHING:
        return _("%(verb)s, everywhere", verb=verb)
    table = Base.metadata.tables[scope.place.value]
    column = table.c["name" if "name" in table.c else "title"]
    title = session().execute(
        table.select().with_only_columns(column).where(table.c.id == scope.place_id)
    ).scalar()
    return _("%(verb)s, in %(place)s", verb=verb, place=title or _("a place that is gone"))


@DOORS.page("/settings/tokens/new", own=True, methods=["GET", "POST"], fresh=True)
def new(actor: Actor) -> Any:
    """Make a token; its key is shown this once."""
    form, places = TokenForm(), _places(actor)
    form.offer([(key, title) for key, (title, _scope) in places.items()])
    if form.validate_on_submit():
        with refusals(form):
            scope = places.get(form.place.data or "")
            if scope is None:
                raise Refused(_("Choose a place from the list."), field="place")
            if form.verb.data not in set(Verb):
                raise Refused(_("Choose one."), field="verb")
            if form.days.data not in DAYS:
                raise Refused(_("Choose how long it counts."), field="days")
            here = sessions.present()
            draft = actions.TokenDraft(
                form.name.data or "",
                (Scope(Verb(form.verb.data), scope[1].place, scope[1].place_id),),
                now() + timedelta(days=int(form.days.data)),
                strong=here is not None and here.second_at is not None,
            )
            row, key = actions.make(actor, draft, now())
            return page("tokens/index.html", rows=_rows(actor), key=key, made=row)
    return page("tokens/new.html", form=form)


@DOORS.page("/settings/tokens/<token>/revoke", verb="revoke", things={"token": AccessToken},
            methods=["POST"])
def revoke(actor: Actor, token: AccessToken) -> Any:
    """Make a token worthless."""
    actions.revoke(actor, token, now())
    return go("tokens.index", _("The token is revoked."))


@READER.page("/openapi.json", public=WHY)
def openapi(_actor: Actor) -> Any:
    """The API as a document for programs."""
    return jsonify(document())


@READER.page("/docs", public=WHY)
def docs(_actor: Actor) -> Any:
    """The API as a page for people."""
    return page("api/docs.html", api=document())
