"""What files announce."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class FileUploaded(Fact):
    """A file was checked and kept."""

    file_id: int
    team_id: int | None
    sha256: str


@dataclass(frozen=True)
class UploadRefused(Fact):
    """A file was not taken; `code` says why."""

    team_id: int | None
    code: str


@dataclass(frozen=True)
class FileOpened(Fact):
    """Somebody downloaded a file."""

    file_id: int
    team_id: int | None


@dataclass(frozen=True)
class FileRemoved(Fact):
    """A file was deleted; its bytes go after a time of grace, if nothing refers to it."""

    file_id: int
    team_id: int | None
