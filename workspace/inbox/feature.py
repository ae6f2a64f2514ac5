"""The face of inbox."""

from workspace.foundation.features import Feature

FEATURE = Feature(name="inbox")
