"""The face of the demonstration: sample teams for any edition."""

from __future__ import annotations

from workspace.demo import samples
from workspace.foundation.features import Feature

FEATURE = Feature(name="demo", offers={"samples": samples})
