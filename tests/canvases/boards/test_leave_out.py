"""A change by the API touches what it names, and nothing that others change at that moment."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from canvases.boards import actions as boards
from canvases.boards import edits, live
from canvases.boards.edits import NoteDraft
from tests import builders
from tests.cast import Cast
from workspace.foundation.clock import now
from workspace.foundation.unit import write

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_what_is_left_out_stays_as_others_made_it(context: Flask, cast: Cast) -> None:
    lead = builders.actor(cast.person("lead"))
    with write():
        canvas = boards.make_canvas(lead, cast.team, "business-model-canvas", "Ours", now())
    note = edits.add_note(lead, canvas, "bmc-channels", "Words")
    edits.set_status(lead, canvas, note, "refuted")
    edits.move_note(lead, canvas, note, "bmc-key-partners")
    edits.change_note(lead, canvas, note, NoteDraft(None, None, None, 5, None))
    found: Any = live.look(canvas, lambda document: document.note(note))
    assert (found.status, found.block, found.weight, found.text) == (
        "refuted", "bmc-key-partners", 5, "Words"
    )
