"""First pages: workplaces, team home and overview."""
