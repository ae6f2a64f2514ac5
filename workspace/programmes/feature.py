"""The face of programmes."""

from workspace.foundation.features import Feature

FEATURE = Feature(name="programmes")
