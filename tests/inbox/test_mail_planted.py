"""Letters about all that two teams did hold none of their words, at once or in the morning."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.leaks.conftest import planted
from tests.leaks.test_planted_words import found_in
from tests.leaks.world import Planted
from workspace.foundation import jobs, mail
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.inbox import digests
from workspace.inbox.models import Notice

__all__ = ["planted"]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
OWN = {"asker.name", "applicant.email", "invitation.email"}
"""Planted names and addresses of the reader herself, and who invites whom by an address."""


def words(message: EmailMessage) -> bytes:
    """Both parts and the head, without what any coding hides."""
    parts = [str(message.get_body((kind,)).get_content())  # type: ignore[union-attr]
             for kind in ("plain", "html")]
    return "\n".join([*parts, *(f"{name}: {value}" for name, value in message.items())]).encode()


def test_no_letter_holds_a_planted_word(app: Flask, planted: Planted) -> None:
    morning = (now() + timedelta(days=1)).replace(hour=12)
    with app.app_context():
        with write():  # as if nothing had been told at once
            session().execute(update(Notice).values(mailed_at=None, read_at=None))
        told = set(session().scalars(select(Notice.person_id)))
        with frozen(morning):
            digests.keep_writing()
            session().commit()
            jobs.run_due(app)
        letters = mail.sent()
        daily = [it for it in letters if it["Subject"] == "Your day in InnoCore"]
        assert len(daily) >= 10, "the test looks in the wrong place"
        assert len(daily) <= len(told)
        for letter in letters:
            found = {key for key in found_in(planted, words(letter)) if key[0] not in OWN}
            assert not found, (letter["Subject"], found)
            assert not found_in(planted, str(letter["Subject"]).encode())
