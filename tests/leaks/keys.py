"""Access tokens of the planted people."""

from __future__ import annotations

from datetime import timedelta

from tests import builders
from tests.leaks.world import Planted
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.tokens import actions
from workspace.tokens.rules import Place, Scope, Verb

READING = Scope(Verb.READ, Place.EVERYTHING)


def key_of(person: Person, name: str, *scopes: Scope) -> str:
    """A new token of somebody, for reading everything unless something else is said."""
    with write():
        owner = builders.actor(session().get_one(Person, person.id))
        draft = actions.TokenDraft(
            name, scopes or (READING,), now() + timedelta(days=30), strong=True
        )
        return actions.make(owner, draft, now())[1]


def plant_tokens(world: Planted) -> None:
    """Both leads have a token, with a word in its name."""
    for side, seat in (("home", "lead"), ("rival", "rival_lead")):
        key_of(world.person(seat), f"Token {world.word('token.name', side)}")
