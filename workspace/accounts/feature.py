"""The face of accounts."""

from typing import Any

from workspace.accounts import (
    access,
    actions,
    addresses,
    arrival,
    own_data,
    personas,
    sessions,
    views,
)
from workspace.accounts.api import API
from workspace.accounts.doors import DOORS
from workspace.accounts.models import DataExport, Identity, Passkey, Person, SignIn
from workspace.accounts.views import confirm_person
from workspace.foundation.clock import now
from workspace.foundation.features import Feature, SettingsPage, house
from workspace.foundation.text import lazy
from workspace.foundation.unit import write

assert views  # importing them hangs them on DOORS


def _confirmation(payload: dict[str, Any]) -> None:
    with write():
        actions.write_confirmation(payload["email"], now())


def _reset(payload: dict[str, Any]) -> None:
    with write():
        actions.write_reset(payload["email"], now())


def _export(payload: dict[str, Any]) -> None:
    own_data.make_export(payload["export"], now())


def _forget_exports() -> None:
    own_data.forget_exports(now())


def _settings_pages() -> list[SettingsPage]:
    """The side list of the settings: pages of every feature, in their order."""
    found = [it for offer in house().offered("settings_pages") for it in offer]
    return sorted(found, key=lambda it: it.order)


def _magic(payload: dict[str, Any]) -> None:
    with write():
        actions.write_magic(payload["email"], now())


def _address_letters(payload: dict[str, Any]) -> None:
    with write():
        addresses.write_letters(payload["person"], payload["email"], now())


FEATURE = Feature(
    name="accounts",
    api=[API],
    doors=[DOORS],
    may={
        ("end", SignIn): access.may_end,
        ("end", Passkey): access.may_end,
        ("end", Identity): access.may_end,
        ("list", Person): access.may_manage_people,
        ("manage", Person): access.may_manage_people,
    },
    visible={
        SignIn: access.own_sessions,
        Passkey: access.own_rows(Passkey),
        Identity: access.own_rows(Identity),
        DataExport: access.own_rows(DataExport),
    },
    jobs={
        actions.CONFIRM_LETTER: _confirmation,
        actions.RESET_LETTER: _reset,
        actions.MAGIC_LETTER: _magic,
        addresses.LETTERS: _address_letters,
        own_data.EXPORT: _export,
    },
    every={"exports": (3600, _forget_exports)},
    offers={
        "addressee": sessions.addressee,
        "personas": personas.for_menu,
        "session_ends": sessions.ends,
        "records": own_data.records,
        "after_restore": own_data.after_restore,
        "ask_again": confirm_person.ask_again,
        "settings_pages": [
            SettingsPage("accounts.settings", lazy("Profile"), "user", 10),
            SettingsPage("accounts.display", lazy("Language and display"), "globe", 20),
            SettingsPage("accounts.security", lazy("Sign-in and security"), "lock", 30),
            SettingsPage("accounts.sessions", lazy("Sessions"), "monitor", 40),
            SettingsPage("accounts.data", lazy("Your data"), "download", 90),
        ],
        "template_globals": {
            "settings_pages": _settings_pages,
            "way_to_closed_role": arrival.way_to_closed_role,
        },
    },
)
