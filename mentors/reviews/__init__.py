"""Assignment, rubric reviews and the feedback that a team answers."""
