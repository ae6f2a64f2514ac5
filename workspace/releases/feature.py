"""The face of releases."""

from workspace.foundation.features import Feature

FEATURE = Feature(name="releases")
