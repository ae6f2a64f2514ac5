"""What happens to the house as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class BackupMade(Fact):
    """A backup was written and read back."""

    backup_id: int


@dataclass(frozen=True)
class BackupFailed(Fact):
    """A backup could not be written."""

    backup_id: int


@dataclass(frozen=True)
class BackupRestored(Fact):
    """The house was restored from a backup; `archive` is the checksum of its manifest."""

    archive: str
