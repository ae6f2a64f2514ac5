"""The face of the journal: it listens to every fact."""

from workspace.foundation.facts import Fact
from workspace.foundation.features import Feature
from workspace.journal.actions import keep
from workspace.journal.commands import audit

FEATURE = Feature(name="journal", on={Fact: [keep]}, commands=[audit])
