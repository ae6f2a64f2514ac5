"""Statuses that mentors suggest for notes."""
