"""What happens to organisations."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class OrganisationCreated(Fact):
    """An organisation was entered."""

    organisation_id: int


@dataclass(frozen=True)
class OrganisationChanged(Fact):
    """Names of the fields that changed."""

    organisation_id: int
    fields: tuple[str, ...]
