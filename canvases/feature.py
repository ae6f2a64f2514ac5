"""The face of the wing."""

from canvases.boards.feature import FEATURE as BOARDS

FEATURES = (BOARDS,)
