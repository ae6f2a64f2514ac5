"""What tests of teams use: drafts, notices, and two people at the same instant."""

from __future__ import annotations

import threading
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from tests.cast import Cast
from workspace.foundation.db import session
from workspace.foundation.errors import HouseError
from workspace.foundation.unit import write
from workspace.inbox.models import Notice
from workspace.teams.actions import TeamDraft

CHARTER = "We build a gel that sees. Rita decides, Tomas writes the log, nothing leaves the team."


def draft(cast: Cast, **fields: object) -> TeamDraft:
    """What a lead says about a new team."""
    return TeamDraft(**{"name": "Halocline", "home": cast.university, **fields})  # type: ignore[arg-type]


def told(cast: Cast, seat: str, kind: str) -> int:
    """How many notices of this kind the seat has."""
    query = select(Notice).where(Notice.person_id == cast.person(seat).id, Notice.kind == kind)
    return len(session().scalars(query).all())


def at_once(app: Flask, *deeds: Callable[[], object]) -> list[object]:
    """Do each deed in a thread and a transaction of its own, all starting together.

    Returns what each gave, or the refusal that it met.
    """
    start = threading.Barrier(len(deeds))
    found: list[object] = [None] * len(deeds)

    def run(index: int, deed: Callable[[], object]) -> None:
        with app.app_context():
            start.wait(timeout=30)
            try:
                with write():
                    found[index] = deed()
            except HouseError as refusal:
                found[index] = refusal

    threads = [
        threading.Thread(target=run, args=(index, deed)) for index, deed in enumerate(deeds)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return found
