"""The page door of teams, one file a noun."""

from workspace.teams.views import about, board, charter, log, mentors, people, state
from workspace.teams.views.door import doors

__all__ = ["about", "board", "charter", "doors", "log", "mentors", "people", "state"]
