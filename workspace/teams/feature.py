"""The face of teams."""

from workspace.foundation.features import Feature

FEATURE = Feature(name="teams")
