"""What happens to accounts and sessions."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class PersonRegistered(Fact):
    """An account was made."""

    person_id: int


@dataclass(frozen=True)
class PersonConfirmed(Fact):
    """The address of an account is proved."""

    person_id: int


@dataclass(frozen=True)
class SignedIn(Fact):
    """A session began."""

    person_id: int
    sign_in_id: int


@dataclass(frozen=True)
class SignInFailed(Fact):
    """Somebody tried; the detail names no address."""

    reason: str


@dataclass(frozen=True)
class SessionEnded(Fact):
    """A session ended; its sockets close."""

    person_id: int
    sign_in_id: int


@dataclass(frozen=True)
class PasswordChanged(Fact):
    """A password was set."""

    person_id: int


@dataclass(frozen=True)
class ProfileChanged(Fact):
    """Names of the fields that changed."""

    person_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class AccountClosed(Fact):
    """An administrator closed an account; its sessions ended with it."""

    person_id: int


@dataclass(frozen=True)
class AccountOpened(Fact):
    """An administrator opened a closed account again."""

    person_id: int


@dataclass(frozen=True)
class PersonConfirmedAgain(Fact):
    """Somebody signed in proved once more who she is; `way` is password, code, passkey ..."""

    person_id: int
    sign_in_id: int
    way: str
