"""How the record is kept: what Prometheus and the administrator's page are told."""

from __future__ import annotations

from datetime import timedelta

from workspace.foundation.clock import now
from workspace.foundation.features import System
from workspace.foundation.metrics import Figure
from workspace.foundation.text import lazy, ngettext
from workspace.journal import keys, statements

STALE = timedelta(hours=26)
"""Somebody signs every day; an older statement means that nobody does."""


def figures() -> list[Figure]:
    """When the record was signed last."""
    last = statements.newest()
    return [Figure("innocore_record_signed_seconds", "When the record was signed, since 1970.",
                   last.created_at.timestamp() if last else 0.0)]


def system() -> list[System]:
    """Whether the record is signed every day, and can be."""
    name = lazy("Record")
    last = statements.newest()
    if last is None:
        return [System(name, "neutral", lazy("The record was not signed yet. A worker does it once "
                                             "a day."), icon="shield-check")]
    if not keys.is_here():
        return [System(name, "bad", lazy("This machine does not have the key that signs the "
                                         "record. See the guide for operators."),
                       last.created_at, icon="shield-check")]
    if statements.is_behind():
        return [System(name, "bad", lazy("The database lacks what this machine signed last. Check "
                                         "the record, and compare the database with a backup."),
                       last.created_at, icon="shield-check")]
    if last.created_at < now() - STALE:
        return [System(name, "bad", lazy("The record was not signed for more than a day. Look at "
                                         "the jobs."), last.created_at, icon="shield-check")]
    words = ngettext("The end of %(num)s chain is signed.",
                     "The ends of %(num)s chains are signed.", last.chains)
    return [System(name, "good", words, last.created_at, icon="shield-check")]
