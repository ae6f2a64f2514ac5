"""Who may do what with accounts. Who may know of a person is decided where grants are known."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_

from workspace.accounts.models import Identity, Passkey, Person, SignIn
from workspace.foundation.access import Actor, Clause, No, Verdict
from workspace.foundation.text import lazy


def own_sessions(actor: Actor) -> ColumnElement[bool]:
    """One's own sessions that have not ended."""
    return and_(SignIn.person_id == (actor.person_id or 0), SignIn.ended_at.is_(None))


def own_rows(kind: Any) -> Clause:
    """Rows of a table that belong to the actor, such as passkeys."""

    def clause(actor: Actor) -> ColumnElement[bool]:
        found: ColumnElement[bool] = kind.person_id == (actor.person_id or 0)
        return found

    return clause


def may_end(actor: Actor, row: SignIn | Passkey | Identity) -> Verdict:
    """End a session, remove a passkey, unlink a provider: one's own."""
    return row.person_id == actor.person_id


def may_manage_people(actor: Actor, person: Person | None) -> Verdict:
    """See the list of all accounts, close and open one."""
    return actor.is_administrator or No(lazy("Only an administrator can manage accounts."))
