"""The face of accounts."""

from workspace.foundation.features import Feature

FEATURE = Feature(name="accounts")
