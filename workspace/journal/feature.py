"""The face of the journal: it listens to every fact."""

from workspace.foundation.facts import Fact
from workspace.foundation.features import Feature
from workspace.journal.actions import write_down
from workspace.journal.commands import audit

FEATURE = Feature(name="journal", on={Fact: [write_down]}, commands=[audit])
