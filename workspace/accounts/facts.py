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


@dataclass(frozen=True)
class SecondFactorAdded(Fact):
    """A second factor was set up; `kind` is app, passkey or recovery codes."""

    person_id: int
    kind: str


@dataclass(frozen=True)
class SecondFactorRemoved(Fact):
    """A second factor was removed."""

    person_id: int
    kind: str


@dataclass(frozen=True)
class SecondFactorShown(Fact):
    """A session was begun or went on with a second factor; `way` is code, recovery or passkey."""

    person_id: int
    sign_in_id: int
    way: str


@dataclass(frozen=True)
class SecondFactorFailed(Fact):
    """Somebody knew the first factor and not the second."""

    person_id: int
    way: str


@dataclass(frozen=True)
class EmailChangeAsked(Fact):
    """Somebody wants another address; both addresses are asked."""

    person_id: int


@dataclass(frozen=True)
class EmailChanged(Fact):
    """Both addresses agreed; the new one is in force."""

    person_id: int


@dataclass(frozen=True)
class EmailChangeEnded(Fact):
    """The wish for another address was refused or taken back."""

    person_id: int
    by: str


@dataclass(frozen=True)
class IdentityLinked(Fact):
    """A person can come in through an identity provider."""

    person_id: int
    identity_id: int


@dataclass(frozen=True)
class IdentityUnlinked(Fact):
    """A person no longer comes in through an identity provider."""

    person_id: int
    identity_id: int


@dataclass(frozen=True)
class DataExported(Fact):
    """A person asked for, or took away, everything that is known about her."""

    person_id: int
    step: str


@dataclass(frozen=True)
class PersonErased(Fact):
    """An account was erased; the record keeps the random key alone."""

    person_id: int
