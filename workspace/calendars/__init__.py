"""Feeds of dates for calendars: only what their owner may know, and mostly only that she is busy."""
