"""Settings: one's calendar feeds; and the addresses that calendar programs read."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import flask_babel
from flask import Response, current_app, g

from workspace.accounts.sessions import actor_for
from workspace.calendars import actions, paper, queries
from workspace.calendars.forms import FeedForm
from workspace.calendars.models import CalendarFeed
from workspace.foundation import limits
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Missing, Stale, Unavailable
from workspace.foundation.text import _
from workspace.foundation.unit import write
from workspace.foundation.web import Doors, go, page, refusals

doors = Doors("calendars")
ONE = {"feed": CalendarFeed}
WHY = "the secret in the address is the permission; it reads one person's dates and nothing else"
READ = "60 per hour"
ASKED = "120 per minute"


def _address(secret: str) -> str:
    base: str = current_app.config["INNOCORE"].base_url
    return f"{base.rstrip('/')}/calendar/{secret}.ics"


def _list(actor: Actor, secret: str | None = None) -> Any:
    at = now()
    return page(
        "calendars/index.html", feeds=queries.own(actor),
        entries=[it for it in queries.entries(actor, at) if it.date.at >= at][:50],
        feed_address=_address(secret) if secret else None,
    )


@doors.page("/settings/calendars", own=True)
def index(actor: Actor) -> Any:
    """My feeds, and the dates that they hold."""
    return _list(actor)


@doors.page("/settings/calendars/new", own=True, methods=["GET", "POST"], fresh=True)
def new(actor: Actor) -> Any:
    """Make a feed; its address is shown this once."""
    form = FeedForm()
    if form.validate_on_submit():
        with refusals(form):
            _row, secret = actions.make(actor, form.name.data or "", titles=bool(form.titles.data))
            return _list(actor, secret)
    return page("calendars/new.html", form=form)


@doors.page("/settings/calendars/<feed>/rotate", verb="change", things=ONE, methods=["POST"],
            fresh=True)
def rotate(actor: Actor, feed: CalendarFeed) -> Any:
    """Another address for a feed; shown this once."""
    return _list(actor, actions.rotate(actor, feed, now()))


@doors.page("/settings/calendars/<feed>/titles", verb="change", things=ONE, methods=["POST"],
            fresh=True)
def titles(actor: Actor, feed: CalendarFeed) -> Any:
    """Show titles in the feed, or no longer."""
    actions.show_titles(actor, feed, titles=not feed.titles)
    return go(".index", _("The feed shows titles.") if feed.titles
              else _("The feed shows no confidential titles."))


@doors.page("/settings/calendars/<feed>/revoke", verb="change", things=ONE, methods=["POST"])
def revoke(actor: Actor, feed: CalendarFeed) -> Any:
    """End a feed."""
    actions.revoke(actor, feed, now())
    return go(".index", _("The feed has ended. Its address shows nothing any more."))


def _paper(actor: Actor, entries: list[queries.Entry], name: str, *, with_titles: bool) -> Response:
    assert actor.person_id is not None
    settings, at = current_app.config["INNOCORE"], now()
    body = paper.calendar(
        entries, actions.kept(actor.person_id), titles=with_titles,
        zone=actor.zone or settings.zone, base_url=settings.base_url, at=at, name="InnoCore",
    )
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


@doors.page("/settings/calendars/dates/<uid>.ics", own=True, name="one_date")
def one_date(actor: Actor, uid: str) -> Any:
    """One of my dates as a file, with its title."""
    found = [it for it in queries.entries(actor, now()) if it.uid == uid]
    if not found:
        raise Missing
    return _paper(actor, found, "date", with_titles=True)


@doors.page("/calendar/<secret>.ics", public=WHY)
def feed(_actor: Actor, secret: str) -> Any:
    """What a calendar program reads: the owner's dates with the rights that she has now."""
    limits.count("calendar-address", ASKED, limits.address())
    row = queries.by_secret(secret)
    if row is None:
        raise Missing
    limits.count("calendar", READ, row.id)
    at, settings = now(), current_app.config["INNOCORE"]
    # A calendar shows no second factor: roles that need one are left out.
    actor = actor_for(row.person, at, strong=not settings.needs_second_factor)
    g.innocore_actor = actor
    flask_babel.refresh()
    entries = queries.entries(actor, at)
    is_news = actions.is_news(row.person_id, entries)
    if is_news or row.used_at is None or row.used_at.date() < at.date():
        # Bookkeeping only; whoever reads may go on when nothing can be written, or it was done.
        with suppress(Unavailable, Stale), write():
            actions.note_use(session().merge(row), at)
            actions.note(row.person_id, entries, at)
    return _paper(actor, entries, "innocore", with_titles=row.titles)
