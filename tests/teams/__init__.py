"""Deeds of teams."""
