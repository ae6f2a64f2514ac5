"""What this worker's live boards amount to, for Prometheus: numbers without names."""

from __future__ import annotations

from canvases.boards import live
from workspace.foundation.metrics import Figure


def figures() -> list[Figure]:
    """Open boards, lines and editors of this worker."""
    door = live.door()
    rooms = door.rooms.loaded()
    return [
        Figure("innocore_boards_open", "Boards that are open in this worker.", len(rooms)),
        Figure("innocore_lines_open", "Sockets that are open in this worker.", len(door.callers)),
        Figure(
            "innocore_editors", "People on a board in this worker, counted on each board.",
            sum(len(it.members.people()) for it in rooms),
        ),
    ]
