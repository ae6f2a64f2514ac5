"""The face of home."""

from workspace.foundation.features import Feature

FEATURE = Feature(name="home")
