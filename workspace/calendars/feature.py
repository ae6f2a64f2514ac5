"""The face of calendars."""

from __future__ import annotations

from workspace.calendars.models import CalendarDate, CalendarFeed
from workspace.foundation.features import Feature

TABLES = (CalendarFeed, CalendarDate)

FEATURE = Feature(name="calendars")
