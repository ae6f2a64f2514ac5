"""What can be searched of checklists: their titles, and what was answered."""

from __future__ import annotations

from flask import url_for

from transfer.checklists import definitions
from transfer.checklists.models import ChecklistItem, ChecklistRow
from transfer.checklists.queries import template_of
from workspace.foundation.access import Actor, visible
from workspace.foundation.features import Documents, Hit


def _of(row: ChecklistRow) -> str:
    if row.team is not None:
        return row.team.name
    return row.challenge.title if row.challenge is not None else ""


def _title(row: ChecklistRow) -> str:
    return next(
        (it.title for it in definitions.built_in().checklists if it.id == row.template), ""
    )


def _checklist(_actor: Actor, row: ChecklistRow) -> Hit:
    url = url_for("checklists.show", checklist=row.public_id)
    return Hit(template_of(row).title, url, _of(row))


def _item(_actor: Actor, row: ChecklistItem) -> Hit:
    url = url_for("checklists.item", item=row.public_id)
    title = template_of(row.checklist).title
    return Hit(title, url, _of(row.checklist), f"{row.text} {row.link}")


DOCUMENTS = [
    Documents("checklist", "work", "clipboard-check", ChecklistRow, lambda row: (_title(row), ""),
              lambda actor: visible(actor, ChecklistRow), _checklist),
    Documents("item", "work", "clipboard-check", ChecklistItem,
              lambda row: ("", f"{row.text} {row.link}"),
              lambda actor: visible(actor, ChecklistItem), _item),
]
