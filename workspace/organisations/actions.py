"""Entering and changing organisations."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from workspace.accounts.rules import domain_of
from workspace.foundation.access import Actor
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.text import lazy
from workspace.organisations import queries, rules
from workspace.organisations.facts import OrganisationChanged, OrganisationCreated
from workspace.organisations.models import Organisation


@dataclass(frozen=True)
class Draft:
    """What an organisation says of itself."""

    name: str
    kind: str
    country: str = ""
    city: str = ""
    website: str = ""
    about: str = ""


def create(actor: Actor, draft: Draft, _now: datetime) -> Organisation:
    """Enter an organisation; nobody belongs to it yet."""
    _check(draft, None)
    made = Organisation(**asdict(draft))
    session().add(made)
    session().flush()
    announce(OrganisationCreated(actor.person_id, made.id))
    return made


def edit(actor: Actor, organisation: Organisation, draft: Draft) -> None:
    """Change what it says of itself. Its kind stays: roles depend on it."""
    if draft.kind != organisation.kind:
        raise Refused(lazy("The kind of an organisation cannot change."), field="kind")
    _check(draft, organisation)
    _set(actor, organisation, asdict(draft))


def _check(draft: Draft, but: Organisation | None) -> None:
    if draft.kind not in set(rules.Kind):
        raise Refused(lazy("Choose what the organisation is."), field="kind")
    if queries.is_named(draft.name, but):
        raise Refused(lazy("There is an organisation with this name already."), field="name")


def set_registration(
    actor: Actor, organisation: Organisation, is_open: bool, domains: list[str]
) -> None:
    """Let people with an address at these domains join by themselves, or no longer."""
    own = {domain_of(actor.email), *organisation.email_domains}
    rules.check_domains(
        domains,
        own,
        queries.taken_domains(organisation),
        of_administrator=actor.is_administrator,
    )
    if is_open and not domains:
        raise Refused(lazy("List at least one mail domain."), field="domains")
    _set(actor, organisation, {"open_registration": is_open, "email_domains": domains})


def _set(actor: Actor, organisation: Organisation, values: dict[str, object]) -> None:
    changed = tuple(k for k, v in values.items() if getattr(organisation, k) != v)
    for name in changed:
        setattr(organisation, name, values[name])
    session().flush()
    if changed:
        announce(OrganisationChanged(actor.person_id, organisation.id, changed))
