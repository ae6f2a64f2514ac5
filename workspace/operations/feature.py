"""The face of operations."""

from workspace.foundation.features import Feature
from workspace.operations import beat, commands, state, sweep, views

FEATURE = Feature(
    name="operations",
    doors=[views.doors],
    every={"operations.sweep": (86_400, sweep.sweep_daily)},
    offers={"system": state.system, "metrics": state.figures},
    commands=[commands.backup_command, commands.restore_command, commands.sweep_command],
    start=beat.start,
    stop=beat.stop,
)
