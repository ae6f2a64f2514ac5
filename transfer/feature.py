"""The face of the wing."""

from transfer.checklists.feature import FEATURE as CHECKLISTS

FEATURES = (CHECKLISTS,)
