"""The face of access tokens."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_

from workspace.accounts.facts import AccountClosed
from workspace.foundation import replays
from workspace.foundation.access import Actor, Verdict
from workspace.foundation.clock import now
from workspace.foundation.features import Feature, SettingsPage
from workspace.foundation.text import lazy
from workspace.tokens import actions, own_data
from workspace.tokens.models import AccessToken
from workspace.tokens.views import DOORS, READER


def _own(actor: Actor) -> ColumnElement[bool]:
    return and_(
        AccessToken.person_id == (actor.person_id or 0), AccessToken.revoked_at.is_(None)
    )


def _may_revoke(actor: Actor, row: AccessToken) -> Verdict:
    return row.person_id == actor.person_id


def _closed(fact: AccountClosed) -> None:
    actions.revoke_all(fact.person_id, fact.who, now())


FEATURE = Feature(
    name="tokens",
    doors=[DOORS, READER],
    may={("revoke", AccessToken): _may_revoke},
    visible={AccessToken: _own},
    on={AccountClosed: [_closed]},
    every={"tokens.replays": (3600, replays.sweep)},
    offers={
        "records": own_data.records,
        "forget": own_data.forget,
        "settings_pages": [
            SettingsPage("tokens.index", lazy("Access tokens"), "key-round", 50),
        ],
    },
)
