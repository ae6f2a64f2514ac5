"""Mentors of a team."""
