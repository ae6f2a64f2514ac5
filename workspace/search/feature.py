"""The face of search."""

from workspace.foundation.features import Feature

FEATURE = Feature(name="search")
