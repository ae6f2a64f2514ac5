"""The page door of accounts: importing it hangs every view on its address."""

from workspace.accounts.views import (
    address,
    confirm_person,
    magic,
    own_data,
    passwords,
    people,
    providers,
    register,
    second_factor,
    security,
    settings,
    sign_in,
)

__all__ = [
    "address",
    "confirm_person",
    "magic",
    "own_data",
    "passwords",
    "people",
    "providers",
    "register",
    "second_factor",
    "security",
    "settings",
    "sign_in",
]
