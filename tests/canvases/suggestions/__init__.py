"""Statuses that mentors suggest."""
