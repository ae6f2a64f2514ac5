"""Mentors and their reviews."""
