"""What lies inside the places that a token is for, read from the tables' own parents."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, false, or_, select

from workspace.foundation.db import Base
from workspace.tokens.rules import Place, Scope

PARENTS = (
    "canvas", "checklist", "review", "panel", "submission", "entry", "team", "challenge",
    "edition", "programme",
)
"""Columns `<parent>_id`, the nearest first: a row lies where its nearest parent lies, which is the
first that is not empty."""


@dataclass(frozen=True)
class Within:
    """Rows of some programmes and teams. A table without such a parent is outside."""

    scopes: tuple[Scope, ...]

    def rows(self, kind: type[Any]) -> ColumnElement[bool]:
        """The rows of `kind` that lie inside."""
        return self._inside(kind.__table__)

    def _inside(self, table: Table) -> ColumnElement[bool]:
        parts: list[ColumnElement[bool]] = []
        for place in (Place.PROGRAMME, Place.TEAM):
            if table.name == place.value:
                parts.append(table.c.id.in_(self._ids(place)))
        nearer: list[ColumnElement[bool]] = []
        for name in PARENTS:
            above = Base.metadata.tables.get(name)
            column = table.c.get(f"{name}_id")
            if column is None or above is None or above is table:
                continue
            inside = column.in_(select(above.c.id).where(self._inside(above)))
            parts.append(and_(*nearer, inside))
            if not column.nullable:
                break
            nearer.append(column.is_(None))
        return or_(*parts) if parts else false()

    def _ids(self, place: Place) -> Collection[int]:
        return [it.place_id for it in self.scopes if it.place == place]
