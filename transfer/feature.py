"""The face of the wing."""

from workspace.foundation.features import Feature

FEATURES = (Feature(name="transfer"),)
