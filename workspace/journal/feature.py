"""The face of the journal: it listens to every fact, and signs what it holds once a day."""

from workspace.foundation.facts import Fact
from workspace.foundation.features import Feature
from workspace.journal.actions import keep
from workspace.journal.commands import audit
from workspace.journal.own_data import records
from workspace.journal.refusals import note
from workspace.journal.state import figures, system
from workspace.journal.statements import letter_of, sign_daily

FEATURE = Feature(
    name="journal",
    on={Fact: [keep]},
    every={"journal.sign": (86_400, sign_daily)},
    offers={
        "records": records, "letters": {"record-head": letter_of}, "system": system,
        "metrics": figures, "refused": note,
    },
    commands=[audit],
)
