"""The face of mentoring: what others may ask of it."""

from __future__ import annotations

from mentors.mentoring import queries
from workspace.foundation.features import Feature

FEATURE = Feature(name="mentoring", offers={"conflicted": queries.is_conflicted})
