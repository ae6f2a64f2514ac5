"""The face of search: it gathers what features offer as `documents` and `deeds`."""

from __future__ import annotations

from workspace.foundation.features import Feature
from workspace.search import commands, feeding
from workspace.search.views import doors

FEATURE = Feature(
    name="search", doors=[doors], commands=[commands.search], start=feeding.start,
)
