"""Who reads which notes of a canvas on pages, who remarks, who puts a canvas away.

The live document is for the team alone (`rights.py`). Everybody else reads pages that hold only
notes whose tier admits her circle.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from canvases.boards.models import Canvas, CanvasVersion, NoteComment, NoteRow
from workspace.foundation.access import Actor, No, Verdict, can
from workspace.foundation.text import lazy
from workspace.releases.rules import Tier
from workspace.teams import access as teams
from workspace.teams.models import Team

FULL = ("team-lead", "team-member", "pi", "break-glass")
FOR_MENTORS = tuple(it.value for it in Tier if it.admits(Tier.MENTORS))


class Tiered(Protocol):
    """Anything with the tier of a note."""

    @property
    def tier(self) -> str:
        """One of the four tiers."""


N = TypeVar("N", bound=Tiered)


def circle(actor: Actor, team: Team) -> Tier | None:
    """The circle in which a person reads the notes of a team; None: she reads none."""
    if actor.has_any(FULL, "team", team.id) or actor.has(
        "transfer-officer", "organisation", team.home_organisation_id
    ):
        return Tier.TEAM
    return Tier.MENTORS if actor.has("mentor", "team", team.id) else None


def admitted(notes: Iterable[N], reader: Tier | None) -> list[N]:
    """The notes that may reach a reader of that circle."""
    if reader is None:
        return []
    return [it for it in notes if Tier(it.tier).admits(reader)]


def _full_teams(actor: Actor) -> Any:
    own = frozenset[int]().union(*(actor.scopes(role, "team") for role in FULL))
    return select(Team.id).where(
        or_(
            Team.id.in_(own),
            Team.home_organisation_id.in_(actor.scopes("transfer-officer", "organisation")),
        )
    )


def canvas_clause(actor: Actor) -> ColumnElement[bool]:
    """Canvases of teams whose content the person may read."""
    return teams.of_readable_teams(actor, Canvas.team_id)


def version_clause(actor: Actor) -> ColumnElement[bool]:
    """Versions are as confidential as their canvas; their notes are filtered when shown."""
    return CanvasVersion.canvas_id.in_(select(Canvas.id).where(canvas_clause(actor)))


def note_clause(actor: Actor, row: Any = NoteRow) -> ColumnElement[bool]:
    """Notes: all for the team, its supervisor and its office; mentors read their circle."""
    all_of_it: ColumnElement[bool] = row.canvas_id.in_(
        select(Canvas.id).where(Canvas.team_id.in_(_full_teams(actor)))
    )
    mentored = actor.scopes("mentor", "team")
    if not mentored:
        return all_of_it  # with two ways in, PostgreSQL reads the whole table
    return or_(
        all_of_it,
        and_(
            row.canvas_id.in_(select(Canvas.id).where(Canvas.team_id.in_(mentored))),
            row.tier.in_(FOR_MENTORS),
        ),
    )


def about_visible_note(actor: Actor, canvas_id: Any, note_id: Any) -> ColumnElement[bool]:
    """Filter for rows about a note: they are read by whoever may read the note now."""
    row = aliased(NoteRow)
    return exists().where(
        row.canvas_id == canvas_id, row.note_id == note_id, note_clause(actor, row)
    )


def comment_clause(actor: Actor) -> ColumnElement[bool]:
    """Remarks on notes that the person may read."""
    return about_visible_note(actor, NoteComment.canvas_id, NoteComment.note_id)


def may_read(actor: Actor, canvas: Canvas) -> Verdict:
    """Read its pages, each with the notes of the reader's circle."""
    return teams.may_read(actor, canvas.team)


def may_keep(actor: Actor, canvas: Canvas) -> Verdict:
    """Rename it, put it away, bring it back: the team."""
    return teams.may_edit(actor, canvas.team)


def may_comment(actor: Actor, canvas: Canvas) -> Verdict:
    """Remark on a note: whoever reads it, as long as the canvas is in use."""
    if canvas.archived_at is not None:
        return No(lazy("This canvas was put away. The team can bring it back."))
    if actor.has("break-glass", "team", canvas.team_id):
        return No(lazy("You read this in an emergency. Nothing can be written meanwhile."))
    return teams.may_read(actor, canvas.team)


def may_resolve(actor: Actor, comment: NoteComment) -> Verdict:
    """Say that a remark is done with: the team, or whoever wrote it."""
    if comment.written_by_id == actor.person_id:
        return may_read(actor, comment.canvas)
    return teams.may_edit(actor, comment.canvas.team)


def may_read_version(actor: Actor, version: CanvasVersion) -> Verdict:
    """Open an old version."""
    return teams.may_read(actor, version.canvas.team)


def may_restore(actor: Actor, version: CanvasVersion) -> Verdict:
    """Bring the board back to a version."""
    return can(actor, "edit", version.canvas)
