"""The example of docs/api.md does what it says, against a running workspace."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask

from tests import builders
from tests.cast import assemble
from tests.servers import ROOT, Server
from workspace.foundation.clock import now
from workspace.foundation.unit import write
from workspace.tokens import actions
from workspace.tokens.rules import Place, Scope, Verb


def test_the_example_adds_a_note(live_server: Server, live_app: Flask) -> None:
    with live_app.app_context(), write():
        cast = assemble()
        draft = actions.TokenDraft(
            "Example", (Scope(Verb.WRITE, Place.EVERYTHING),), now() + timedelta(days=1)
        )
        _row, key = actions.make(builders.actor(cast.people["lead"]), draft, now())
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    example = text.split("```python\n")[1].split("```")[0]
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102 - our own page
    made = names["add_note"](live_server.url, key, "Stoma nurses")
    assert (made["text"], made["status"]) == ("Stoma nurses", "testing")
