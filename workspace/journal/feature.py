"""The face of the journal: it listens to every fact."""

from workspace.foundation.facts import Fact
from workspace.foundation.features import Feature
from workspace.journal.actions import keep
from workspace.journal.commands import audit
from workspace.journal.own_data import records

FEATURE = Feature(
    name="journal", on={Fact: [keep]}, commands=[audit], offers={"records": records}
)
