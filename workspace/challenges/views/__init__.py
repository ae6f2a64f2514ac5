"""The page door of challenges, one file a noun."""

from workspace.challenges.views import annex, board, brief, course, questions
from workspace.challenges.views.door import doors

__all__ = ["annex", "board", "brief", "course", "doors", "questions"]
