"""What happens to canvases. Every single edit of the live document is in its log."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class CanvasFact(Fact):
    """Something about one canvas of a team."""

    team_id: int
    canvas_id: int


@dataclass(frozen=True)
class CanvasMade(CanvasFact):
    """A canvas was made from a template."""

    template: str


@dataclass(frozen=True)
class CanvasRenamed(CanvasFact):
    """Its title changed."""


@dataclass(frozen=True)
class CanvasExported(CanvasFact):
    """Somebody took it away as a file."""

    format: str


@dataclass(frozen=True)
class CanvasArchived(CanvasFact):
    """It was put away."""


@dataclass(frozen=True)
class CanvasRevived(CanvasFact):
    """It was brought back."""


@dataclass(frozen=True)
class NotesChanged(CanvasFact):
    """Somebody edited the board; said once a minute, the log has every edit."""

    notes: int


@dataclass(frozen=True)
class RowPutAside(CanvasFact):
    """A row of its log could not be read and was put aside; 0 is the snapshot."""

    row_id: int


@dataclass(frozen=True)
class VersionKept(CanvasFact):
    """A version was kept: automatic, named, at a gate or after a restore."""

    version_id: int
    number: int
    kind: str


@dataclass(frozen=True)
class NoteCommented(CanvasFact):
    """Somebody remarked on a note."""

    comment_id: int


@dataclass(frozen=True)
class CommentResolved(CanvasFact):
    """A remark is done with."""

    comment_id: int


@dataclass(frozen=True)
class CommentReopened(CanvasFact):
    """A remark is open again."""

    comment_id: int
