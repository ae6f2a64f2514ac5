"""The face of calendars."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_

from workspace.accounts.facts import AccountClosed, PersonErased
from workspace.calendars import actions, own_data
from workspace.calendars.models import CalendarFeed
from workspace.calendars.views import doors
from workspace.foundation.access import Actor, Verdict
from workspace.foundation.clock import now
from workspace.foundation.features import Feature, SettingsPage
from workspace.foundation.text import lazy


def _own(actor: Actor) -> ColumnElement[bool]:
    return and_(
        CalendarFeed.person_id == (actor.person_id or 0), CalendarFeed.revoked_at.is_(None)
    )


def _may_change(actor: Actor, feed: CalendarFeed) -> Verdict:
    return feed.person_id == actor.person_id


def _closed(fact: AccountClosed) -> None:
    actions.revoke_all(fact.person_id, fact.who, now())


def _erased(fact: PersonErased) -> None:
    actions.erase(fact.person_id)


FEATURE = Feature(
    name="calendars",
    doors=[doors],
    may={("change", CalendarFeed): _may_change},
    visible={CalendarFeed: _own},
    on={AccountClosed: [_closed], PersonErased: [_erased]},
    offers={
        "records": own_data.records,
        "forget": own_data.forget,
        "settings_pages": [
            SettingsPage("calendars.index", lazy("Calendars"), "calendar", 60),
        ],
    },
)
