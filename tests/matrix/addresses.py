"""Every address of the house, filled with the ids of everything that there is."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from canvases.boards.models import Canvas, CanvasVersion, NoteComment, NoteRow
from canvases.discovery.models import Evidence
from canvases.invited.models import InvitedEditor
from canvases.suggestions.models import StatusSuggestion
from mentors.reviews.models import FeedbackTask, Panel, Pin, Review
from transfer.checklists.models import ChecklistItem, ChecklistRow, ItemQuestion
from workspace.accounts.models import DataExport, Identity, Passkey, Person, SignIn
from workspace.administration.models import GlassBroken
from workspace.calendars.models import CalendarFeed
from workspace.challenges.models import Challenge, Question
from workspace.files.models import File
from workspace.foundation.db import session
from workspace.foundation.web import Door, declared_doors
from workspace.grants.models import Invitation
from workspace.inbox.models import Notice
from workspace.organisations.models import Organisation
from workspace.programmes.models import Edition, Programme
from workspace.readiness.models import ReadinessClaim
from workspace.releases.models import Release
from workspace.submissions.models import Entry, Submission
from workspace.teams.models import JoinRequest, Member, MentorAssignment, Opening, Team

ABSENT = "AbsentAbsentAbsent0022"
"""Looks like a public id, and is none."""

TABLES: Mapping[str, tuple[type, ...]] = {
    "assignment": (MentorAssignment,),
    "canvas": (Canvas,),
    "challenge": (Challenge,),
    "checklist": (ChecklistRow,),
    "claim": (ReadinessClaim,),
    "comment": (NoteComment,),
    "data_export": (DataExport,),
    "edition": (Edition,),
    "entry": (Entry,),
    "evidence": (Evidence,),
    "feed": (CalendarFeed,),
    "file": (File,),
    "glass": (GlassBroken,),
    "identity": (Identity,),
    "invitation": (Invitation,),
    "invited": (InvitedEditor,),
    "item": (ChecklistItem,),
    "join_request": (JoinRequest,),
    "member": (Member,),
    "mentor_assignment": (MentorAssignment,),
    "notice": (Notice,),
    "opening": (Opening,),
    "organisation": (Organisation,),
    "panel": (Panel,),
    "passkey": (Passkey,),
    "person": (Person,),
    "pin": (Pin,),
    "programme": (Programme,),
    "question": (Question, ItemQuestion),
    "release": (Release,),
    "review": (Review,),
    "sign_in": (SignIn,),
    "submission": (Submission,),
    "suggestion": (StatusSuggestion,),
    "task": (FeedbackTask,),
    "team": (Team,),
    "version": (CanvasVersion,),
}
WORDS: Mapping[str, tuple[str, ...]] = {
    "number": ("1",),
    "step": ("reject", "waive"),
    "template": ("invention-disclosure",),
    "purpose": ("pitch-review",),
    "place": ("student",),
    "token": (ABSENT,),
    "ticket": (ABSENT,),
    "uid": (ABSENT,),
    "secret": (ABSENT,),
}
"""Parameters that are no ids."""
FEW = {
    "/organisations/<organisation>/people/<person>": {"person": 3},
    "/people/<person>": {"person": 8},
    "/teams/<team>/members/<member>": {"member": 3},
    "/organisations/<organisation>/invite": {"organisation": 2},
}
"""How many ids of a kind are enough where all are alike."""
NUMBERED = {"/teams/<team>/charter/<version>": {"version": ("1", "2")}}
VARIANTS: Mapping[str, tuple[str, ...]] = {
    "/canvases/<canvas>/list": ("", "?by=status", "?by=author"),
}
LIST_LIMIT = 40
"""Most ids of one kind."""
TYPESET = "/canvases/<canvas>/export"
"""Asked for only where it is named: each takes a while."""


@dataclass(frozen=True)
class Address:
    """One filled address of a door."""

    door: Door
    path: str
    ids: tuple[str, ...]
    """The parameters, outermost first."""


class Book:
    """Addresses of the doors of the current application, with the ids of its database."""

    def __init__(self, *, api: bool = False) -> None:
        """Pages; with `api` the doors of programs, which hear a token and no cookie."""
        self.ids: dict[str, tuple[str, ...]] = dict(WORDS)
        for word, tables in TABLES.items():
            found: list[str] = []
            for table in tables:
                found += session().scalars(
                    select(table.public_id).order_by(table.id.desc()).limit(LIST_LIMIT)  # type: ignore[attr-defined]
                )
            self.ids[word] = tuple(found)
        self.ids["note"] = tuple(session().scalars(select(NoteRow.note_id)))
        self.ids["item"] = tuple(
            session().scalars(select(ChecklistItem.public_id).where(ChecklistItem.answer != ""))
        )
        self.doors = [
            it for it in declared_doors()
            if not it.path.startswith("/static/") and it.path.startswith("/api/v1/") == api
        ]

    def of(self, door: Door, *, absent: bool = False) -> Iterator[Address]:
        """The door with every combination of ids, wrong parents among them."""
        names = re.findall(r"<(?:\w+:)?(\w+)>", door.path)
        own = NUMBERED.get(door.path, {})
        few = FEW.get(door.path, {})
        choices = [
            (ABSENT,)
            if absent and name in TABLES and name not in own
            else own.get(name) or self.ids[name][: few.get(name)]
            for name in names
        ]
        for ids in itertools.product(*choices):
            path = door.path
            for name, value in zip(names, ids, strict=True):
                path = re.sub(rf"<(?:\w+:)?{name}>", value, path, count=1)
            yield Address(door, path, ids)

    def pages(self) -> Iterator[Address]:
        """Every address that can be looked at, with its variants."""
        for door in self.doors:
            if "GET" not in door.methods or door.path == TYPESET:
                continue
            for address in self.of(door):
                for more in VARIANTS.get(door.path, ("",)):
                    yield Address(door, address.path + more, address.ids)
