"""The page door of canvases."""

from canvases.boards.views import board, history, index, note, notes
from canvases.boards.views.door import doors

__all__ = ["board", "doors", "history", "index", "note", "notes"]
