"""Words planted in every text of two teams, looked for in everything that others get."""
