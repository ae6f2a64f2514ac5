"""What happens to grants and agreements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class GrantChanged(Fact):
    """Somebody's rights in a scope changed; open sockets are asked again."""

    person_id: int
    role: str
    scope_kind: str
    scope_id: int

    @property
    def scope(self) -> tuple[str, int]:
        """The scope of the grant."""
        return self.scope_kind, self.scope_id


@dataclass(frozen=True)
class GrantGiven(GrantChanged):
    """A person holds a role from now on; with `until`, to that instant and then no more."""

    until: datetime | None = None


@dataclass(frozen=True)
class GrantEnded(GrantChanged):
    """A person no longer holds a role."""


@dataclass(frozen=True)
class InvitationMade(Fact):
    """A way in was made."""

    invitation_id: int
    role: str
    scope_kind: str
    scope_id: int

    @property
    def scope(self) -> tuple[str, int]:
        """The scope that it leads into."""
        return self.scope_kind, self.scope_id


@dataclass(frozen=True)
class InvitationUsed(InvitationMade):
    """Somebody came in by it."""


@dataclass(frozen=True)
class InvitationWithdrawn(InvitationMade):
    """It was taken back."""


@dataclass(frozen=True)
class AgreementSigned(Fact):
    """A person promised secrecy."""

    agreement_id: int
    scope_kind: str
    scope_id: int

    @property
    def scope(self) -> tuple[str, int]:
        """What the promise covers."""
        return self.scope_kind, self.scope_id
