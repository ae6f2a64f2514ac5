"""The face of readiness."""

from workspace.foundation.features import Feature

FEATURE = Feature(name="readiness")
