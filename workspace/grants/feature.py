"""The face of grants."""

from workspace.foundation.features import Feature

FEATURE = Feature(name="grants")
