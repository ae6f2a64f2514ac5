"""The face of submissions."""

from workspace.foundation.features import Feature

FEATURE = Feature(name="submissions")
