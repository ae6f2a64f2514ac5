"""Checklists of the transfer office: items with reasons, sign-offs and gates, read from files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from transfer.checklists.rules import ItemState
from workspace.foundation.definitions import Entry, Names, read

BUILT_IN: Final = Path(__file__).parent / "definitions" / "transfer-checklists.yaml"
GATE_KINDS: Final = ("blocking", "advisory")
BREADTHS: Final = ("none", "narrow", "broad")


@dataclass(frozen=True)
class Role:
    """A role that may sign items."""

    id: str
    title: str


@dataclass(frozen=True)
class GracePeriod:
    """How long an own earlier disclosure does no harm in one jurisdiction.

    Information only, never advice. `counted_from` is the reference date: it differs by country.
    """

    id: str
    jurisdiction: str
    months: int
    breadth: str
    """`none`, `narrow` or `broad`."""
    counted_from: str
    note: str


@dataclass(frozen=True)
class JurisdictionNote:
    """What is different about an item in one country."""

    jurisdiction: str
    note: str


@dataclass(frozen=True)
class Item:
    """One question of a checklist. All roles in `sign_off` sign; only `blocking` items gate."""

    id: str
    question: str
    why: str
    evidence: str
    sign_off: tuple[str, ...]
    is_blocking: bool
    notes: tuple[JurisdictionNote, ...] = ()


@dataclass(frozen=True)
class Section:
    """A group of items."""

    id: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Checklist:
    """A list of items that opens one gate."""

    id: str
    title: str
    purpose: str
    owner_role: str
    start_trigger: str
    releases_gate: str
    sections: tuple[Section, ...]
    language: str = "en"

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All items, section by section."""
        return tuple(item for section in self.sections for item in section.items)

    def item(self, item_id: str) -> Item:
        """The item with this id. KeyError when there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)


@dataclass(frozen=True)
class Checklists:
    """Everything that a file of checklists says."""

    disclaimer: str
    """Stands wherever legal information stands, on screen and in exports."""
    roles: tuple[Role, ...]
    grace_periods: tuple[GracePeriod, ...]
    disclosure_kinds: tuple[str, ...]
    checklists: tuple[Checklist, ...]

    def checklist(self, checklist_id: str) -> Checklist:
        """The checklist with this id. KeyError when there is none."""
        for checklist in self.checklists:
            if checklist.id == checklist_id:
                return checklist
        raise KeyError(checklist_id)

    def for_gate(self, gate: str) -> Checklist:
        """The checklist that opens this gate. KeyError when there is none."""
        for checklist in self.checklists:
            if checklist.releases_gate == gate:
                return checklist
        raise KeyError(gate)

    def role_title(self, role_id: str) -> str:
        """The title of a sign-off role. KeyError when there is none."""
        return {role.id: role.title for role in self.roles}[role_id]


def _item(entry: Entry, names: Names, roles: Names) -> Item:
    entry.only("id", "question", "why", "evidence", "sign_off", "gate", "jurisdiction_notes")
    notes = []
    for one in entry.entries("jurisdiction_notes", optional=True):
        one.only("jurisdiction", "note")
        notes.append(JurisdictionNote(one.text("jurisdiction"), one.text("note")))
    sign_off = entry.texts("sign_off", allowed=list(roles))
    if len(set(sign_off)) != len(sign_off):
        raise entry.error("a role stands here twice", "sign_off")
    return Item(
        id=names.take(entry), question=entry.text("question"), why=entry.text("why"),
        evidence=entry.text("evidence"), sign_off=sign_off,
        is_blocking=entry.choice("gate", GATE_KINDS) == "blocking", notes=tuple(notes),
    )


def _checklist(entry: Entry, names: Names, items: Names, roles: Names, gates: Names,
               language: str) -> Checklist:
    entry.only("id", "title", "purpose", "owner_role", "start_trigger", "releases_gate",
               "sections")
    sections = []
    for one in entry.entries("sections"):
        one.only("id", "title", "items")
        sections.append(Section(
            items.take(one), one.text("title"),
            tuple(_item(item, items, roles) for item in one.entries("items")),
        ))
    return Checklist(
        id=names.take(entry), title=entry.text("title"), purpose=entry.text("purpose"),
        owner_role=entry.choice("owner_role", list(roles)),
        start_trigger=entry.text("start_trigger"), releases_gate=gates.take(entry, "releases_gate"),
        sections=tuple(sections), language=language,
    )


def read_checklists(source: Path | str | bytes, file: str | None = None) -> Checklists:
    """The checklists in a definition file, or in the text of one. Raises DefinitionError."""
    root = read(source, file)
    head = root.source(1)
    root.only("schema_version", "language", "disclaimer", "sign_off_roles", "item_states",
              "grace_periods", "disclosure_kinds", "checklists")
    roles = Names("role")
    role_rows = []
    for one in root.entries("sign_off_roles"):
        one.only("id", "title")
        role_rows.append(Role(roles.take(one), one.text("title")))
    if "item_states" in root:
        root.texts("item_states", allowed=[state.value for state in ItemState])
    periods, period_names = [], Names("grace period")
    for one in root.entries("grace_periods", optional=True):
        one.only("id", "jurisdiction", "months", "breadth", "counted_back_from", "note")
        periods.append(GracePeriod(
            period_names.take(one), one.text("jurisdiction"),
            one.number("months", least=0, most=60),
            one.choice("breadth", BREADTHS), one.text("counted_back_from"),
            one.text("note", empty=True),
        ))
    names, items, gates = Names("checklist"), Names("item"), Names("gate")
    return Checklists(
        disclaimer=root.text("disclaimer"), roles=tuple(role_rows), grace_periods=tuple(periods),
        disclosure_kinds=root.texts("disclosure_kinds", optional=True),
        checklists=tuple(_checklist(one, names, items, roles, gates, head.language)
                         for one in root.entries("checklists")),
    )


@cache
def built_in() -> Checklists:
    """The checklists that come with the workspace."""
    return read_checklists(BUILT_IN)
