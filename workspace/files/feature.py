"""The face of files."""

from workspace.foundation.features import Feature

FEATURE = Feature(name="files")
