"""The face of challenges."""

from workspace.foundation.features import Feature

FEATURE = Feature(name="challenges")
