"""The face of boards."""

from __future__ import annotations

from canvases.boards import commands, compaction, figures, live, own_data, rights
from canvases.boards.models import Canvas
from workspace.foundation.features import Feature

FEATURE = Feature(
    name="boards",
    may={("join", Canvas): rights.may_join, ("edit", Canvas): rights.may_edit},
    after=live.AFTER,
    sockets=live.SOCKETS,
    every={"boards.compaction": (86_400, compaction.nightly)},
    commands=[commands.boards],
    offers={"records": own_data.records, "forget": own_data.forget, "metrics": figures.figures},
    start=live.start,
    stop=live.stop,
)
