"""Feeds of dates for calendar programs."""
