"""The face of organisations."""

from workspace.foundation.features import Feature

FEATURE = Feature(name="organisations")
