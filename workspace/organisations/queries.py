"""Questions about organisations."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from workspace.foundation.access import Actor, visible
from workspace.foundation.db import session
from workspace.organisations.models import Organisation

PAGE = 50


def organisations(
    actor: Actor, kind: str = "", words: str = "", most: int = PAGE
) -> tuple[Sequence[Organisation], int]:
    """Organisations that the person may know of, by name, with their number."""
    query = visible(actor, Organisation)
    if kind:
        query = query.where(Organisation.kind == kind)
    for word in words.split()[:5]:
        query = query.where(func.lower(Organisation.name).contains(word.lower(), autoescape=True))
    total = session().scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session().scalars(query.order_by(Organisation.name).limit(most)).all()
    return rows, total


def open_places() -> list[tuple[str, tuple[str, ...]]]:
    """Organisations with open registration: name and mail domains, by name."""
    rows = session().scalars(
        select(Organisation).where(Organisation.open_registration).order_by(Organisation.name)
    )
    return [(row.name, tuple(row.email_domains)) for row in rows if row.email_domains]


def open_to(domain: str) -> list[Organisation]:
    """Organisations that addresses at this domain may join by themselves."""
    rows = session().scalars(select(Organisation).where(Organisation.open_registration))
    return [row for row in rows if domain in row.email_domains]


def taken_domains(but: Organisation) -> set[str]:
    """Mail domains of all other organisations."""
    rows = session().scalars(select(Organisation).where(Organisation.id != but.id))
    return {domain for row in rows for domain in row.email_domains}


def is_named(name: str, but: Organisation | None = None) -> bool:
    """Whether another organisation has this name already, in whatever case."""
    query = select(Organisation.id).where(func.lower(Organisation.name) == name.lower())
    if but is not None:
        query = query.where(Organisation.id != but.id)
    return session().scalar(query) is not None
