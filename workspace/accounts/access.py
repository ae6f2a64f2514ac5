"""Who may do what with accounts. Who may know of a person is decided where grants are known."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_

from workspace.accounts.models import Person, SignIn
from workspace.foundation.access import Actor, No, Verdict
from workspace.foundation.text import lazy


def own_sessions(actor: Actor) -> ColumnElement[bool]:
    """One's own sessions that have not ended."""
    return and_(SignIn.person_id == (actor.person_id or 0), SignIn.ended_at.is_(None))


def may_end(actor: Actor, row: SignIn) -> Verdict:
    """End a session: one's own."""
    return row.person_id == actor.person_id


def may_manage_people(actor: Actor, person: Person | None) -> Verdict:
    """See the list of all accounts, close and open one."""
    return actor.is_administrator or No(lazy("Only an administrator can manage accounts."))
