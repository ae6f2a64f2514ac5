"""The face of accounts."""

from typing import Any

from workspace.accounts import access, actions, personas, sessions, views
from workspace.accounts.doors import DOORS
from workspace.accounts.models import Person, SignIn
from workspace.foundation.clock import now
from workspace.foundation.features import Feature
from workspace.foundation.unit import write

assert views  # importing them hangs them on DOORS


def _confirmation(payload: dict[str, Any]) -> None:
    with write():
        actions.write_confirmation(payload["email"], now())


def _reset(payload: dict[str, Any]) -> None:
    with write():
        actions.write_reset(payload["email"], now())


FEATURE = Feature(
    name="accounts",
    doors=[DOORS],
    may={
        ("end", SignIn): access.may_end,
        ("list", Person): access.may_manage_people,
        ("manage", Person): access.may_manage_people,
    },
    visible={SignIn: access.own_sessions},
    jobs={actions.CONFIRM_LETTER: _confirmation, actions.RESET_LETTER: _reset},
    offers={
        "addressee": sessions.addressee,
        "personas": personas.for_menu,
        "session_ends": sessions.ends,
    },
)
