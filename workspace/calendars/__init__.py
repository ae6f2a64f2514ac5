"""Feeds of dates for calendars: what their owner may know, mostly only that she is busy."""
