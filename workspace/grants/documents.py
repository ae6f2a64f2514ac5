"""What can be searched of people: their names, by those who know of them already."""

from __future__ import annotations

from flask import url_for

from workspace.accounts.models import Person
from workspace.foundation.access import Actor, visible
from workspace.foundation.features import Documents, Hit


def _words(person: Person) -> tuple[str, str] | None:
    if person.erased_at is not None or not person.active or person.confirmed_at is None:
        return None
    return person.name, ""


def _show(_actor: Actor, person: Person) -> Hit:
    return Hit(person.name, url_for("accounts.person", person=person.public_id), person.headline)


DOCUMENTS = [
    Documents("person", "people", "user", Person, _words, lambda actor: visible(actor, Person),
              _show),
]
