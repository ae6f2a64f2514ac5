"""Canvases at a glance: glyphs, numbers for gates and tables, cards of first pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from babel.dates import format_timedelta
from flask import render_template, url_for
from flask_babel import get_locale
from markupsafe import Markup
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, lazyload

from canvases.boards import queries
from canvases.boards.models import Canvas, CanvasVersion, NoteComment, NoteRow
from canvases.boards.patterns import CanvasTemplate
from canvases.boards.queries import TESTED
from canvases.discovery import queries as discovery
from workspace.foundation.access import Actor, can, visible
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.features import Counted, Glyph, Workplace
from workspace.foundation.once import asked_once
from workspace.foundation.text import _
from workspace.programmes.models import Edition
from workspace.teams.models import Member, Team

WEAKEST = ("untested", "testing", "supported")
OPEN = WEAKEST[:2]
RISKIEST, NEWEST = 3, 3


def cells(
    template: CanvasTemplate, statuses: Mapping[str, Collection[str]]
) -> list[dict[str, Any]]:
    """One cell a block, with the status of its weakest open assumption.

    Untested before testing before supported; refuted when nothing else is left; parked notes do
    not count. `statuses` are those of the notes by block.
    """
    tops = [0, *(sum(template.row_weights[: at + 1]) for at in range(template.rows))]
    found = []
    for block in template.reading_order:
        here = statuses.get(block.id, ())
        status = next(
            (it for it in WEAKEST if it in here), "refuted" if "refuted" in here else "empty"
        )
        found.append(
            {
                "x": block.x,
                "y": tops[block.y],
                "w": block.w,
                "h": tops[block.y + block.h] - tops[block.y],
                "status": status,
                "title": block.title,
            }
        )
    return found


@dataclass(frozen=True)
class Sketch:
    """What a glyph is drawn of: statuses and counts of a canvas, no text."""

    canvas: Canvas
    versions: int
    notes: dict[tuple[str, str], int] = field(default_factory=dict)
    """Number of notes by block and status."""

    @property
    def counted(self) -> int:
        """Notes that were not set aside."""
        return sum(it for (_block, status), it in self.notes.items() if status != "parked")

    @property
    def tested(self) -> int:
        """Notes that are supported or refuted."""
        return sum(it for (_block, status), it in self.notes.items() if status in TESTED)


def glyph_of(sketch: Sketch) -> Glyph:
    """The glyph of a canvas."""
    template = queries.template_of(sketch.canvas)
    statuses: dict[str, set[str]] = {}
    for block, status in sketch.notes:
        statuses.setdefault(block, set()).add(status)
    return Glyph(
        cells(template, statuses),
        template.columns,
        sum(template.row_weights),
        sketch.counted,
        sketch.tested,
        url_for("canvases.board", canvas=sketch.canvas.public_id),
    )


def _sketches(which: ColumnElement[bool]) -> list[Sketch]:
    """Canvases with what stands on them, in one question, by their number."""
    versions = select(func.count(CanvasVersion.id)).where(CanvasVersion.canvas_id == Canvas.id)
    rows = session().execute(
        select(Canvas, versions.correlate(Canvas).scalar_subquery(), NoteRow.block, NoteRow.status,
               func.count(NoteRow.block))
        .outerjoin(NoteRow, NoteRow.canvas_id == Canvas.id)
        .where(which)
        .group_by(Canvas.id, NoteRow.block, NoteRow.status)
        .options(lazyload(Canvas.team))
    )
    found: dict[int, Sketch] = {}
    for canvas, kept, block, status, count in rows:
        sketch = found.setdefault(canvas.id, Sketch(canvas, kept))
        if count:
            sketch.notes[block, status] = count
    return [found[it] for it in sorted(found)]


@asked_once
def _of_teams(team_ids: Collection[int]) -> dict[int, list[Sketch]]:
    """All canvases of each team, those that were put away too."""
    found: dict[int, list[Sketch]] = {}
    for sketch in _sketches(Canvas.team_id.in_(team_ids)):
        found.setdefault(sketch.canvas.team_id, []).append(sketch)
    return found


def _main(sketches: Sequence[Sketch]) -> Sketch | None:
    used = {it.canvas: it for it in sketches if it.canvas.archived_at is None}
    main = queries.main_of(list(used))
    return used[main] if main is not None else None


def glyphs_of(canvases: Sequence[Canvas]) -> dict[int, Glyph]:
    """Glyphs by canvas id: colours and counts, no text."""
    found = _sketches(Canvas.id.in_([it.id for it in canvases]))
    return {it.canvas.id: glyph_of(it) for it in found}


def _mains(team_ids: Collection[int]) -> dict[int, Sketch]:
    mains = {team_id: _main(found) for team_id, found in _of_teams(team_ids).items()}
    return {team_id: it for team_id, it in mains.items() if it is not None}


def glyphs(team_ids: Sequence[int]) -> dict[int, Glyph]:
    """The glyph of each team's main canvas, by team id."""
    return {team_id: glyph_of(it) for team_id, it in _mains(team_ids).items()}


def gate_counts(team: Team) -> dict[str, int]:
    """Blocks with notes and tested notes of the main canvas, and versions of all canvases."""
    found = _of_teams([team.id]).get(team.id, [])
    main = _main(found)
    return {
        "blocks": len({block for block, _status in main.notes}) if main else 0,
        "versions": sum(it.versions for it in found),
        "tested": main.tested if main else 0,
    }


def overview_stats(_actor: Actor, _edition: Edition, teams: Sequence[Team]) -> list[dict[str, Any]]:
    """How much of what the edition's teams assume is tested."""
    mains = _mains([it.id for it in teams]).values()
    notes, tested = sum(it.counted for it in mains), sum(it.tested for it in mains)
    share = round(100 * tested / notes) if notes else 0
    return [
        {
            "label": _("Assumptions tested"),
            "value": _("%(share)s %%", share=share),
            "note": _("%(tested)s of %(all)s", tested=tested, all=notes),
        }
    ]


def active(team_id: ColumnElement[int]) -> Counted:
    """When the team of that column last edited a canvas, in words."""
    last = select(func.max(Canvas.edited_at)).where(Canvas.team_id == team_id)
    return Counted((last.correlate(Team).scalar_subquery(),), _since)


def _since(last: datetime | None) -> Markup | None:
    if last is None:
        return None
    words = format_timedelta(
        last - now(), format="short", add_direction=True, locale=get_locale() or "en"
    )
    return Markup('<time datetime="{}">{}</time>').format(last.isoformat(), words)


@dataclass(frozen=True)
class Risk:
    """An assumption on which much depends and of which little is known."""

    canvas: Canvas
    note: NoteRow
    place: int
    block: str
    evidence: int


def riskiest(actor: Actor, team: Team, most: int = RISKIEST) -> tuple[bool, list[Risk]]:
    """Whether the person sees a canvas of the team; and of the open assumptions on them that she
    may read the most important with the least evidence."""
    mine = select(Canvas.id).where(Canvas.team_id == team.id, Canvas.archived_at.is_(None))
    open_notes = visible(actor, NoteRow).where(
        NoteRow.canvas_id.in_(mine), NoteRow.status.in_(OPEN)
    )
    note = aliased(NoteRow, open_notes.subquery())
    rows = session().execute(
        visible(actor, Canvas)
        .where(Canvas.team_id == team.id, Canvas.archived_at.is_(None))
        .outerjoin(note, note.canvas_id == Canvas.id)
        .add_columns(note, discovery.count_on(actor, note))
        .options(lazyload(Canvas.team))
    ).all()
    main = queries.main_of([it[0] for it in rows])
    found = [Risk(canvas, it, *_place_of(canvas, it), evidence)
             for canvas, it, evidence in rows if it is not None]
    found.sort(key=lambda it: (
        -it.note.weight, it.evidence, it.note.status != "untested",
        it.canvas is not main, it.canvas.id, it.place, it.note.order, it.note.note_id,
    ))
    return bool(rows), found[:most]


def _place_of(canvas: Canvas, note: NoteRow) -> tuple[int, str]:
    """Where the note's block stands in reading order, and its title."""
    for place, block in enumerate(queries.template_of(canvas).reading_order):
        if block.id == note.block:
            return place, block.title
    return 99, ""


def riskiest_card(actor: Actor, team: Any) -> Markup | None:
    """Card of the team's first page: what to test next."""
    if not isinstance(team, Team) or not can(actor, "read", team):
        return None
    has_canvas, risks = riskiest(actor, team)
    return Markup(  # noqa: S704 - a rendered template
        render_template(
            "canvases/_riskiest.html",
            team=team,
            risks=risks,
            has_canvas=has_canvas,
            may_edit=bool(can(actor, "edit", team)),
        )
    )


def feedback_card(actor: Actor, team: Any) -> Markup | None:
    """Card of the team's first page: the newest remarks of people outside the team."""
    if not isinstance(team, Team) or not can(actor, "read", team):
        return None
    members = select(Member.person_id).where(Member.team_id == team.id)
    rows = (
        session()
        .scalars(
            visible(actor, NoteComment)
            .join(Canvas, Canvas.id == NoteComment.canvas_id)
            .where(
                Canvas.team_id == team.id,
                Canvas.archived_at.is_(None),
                NoteComment.written_by_id.not_in(members),
            )
            .options(
                joinedload(NoteComment.written_by),
                contains_eager(NoteComment.canvas).lazyload(Canvas.team),
            )
            .order_by(NoteComment.id.desc())
            .limit(NEWEST)
        )
        .all()
    )
    if not rows:
        return None
    drawn = render_template("canvases/_feedback.html", team=team, comments=rows)
    return Markup(drawn)  # noqa: S704 - a rendered template


def canvases_url(_actor: Actor, place: Workplace) -> str | None:
    """Where the navigation leads to."""
    return url_for("canvases.index", team=place.public_id) if place.kind == "team" else None


def canvases_count(_actor: Actor, place: Workplace) -> Counted:
    """How many canvases the team has in use."""
    found = select(func.count()).where(
        Canvas.team_id == place.scope_id, Canvas.archived_at.is_(None)
    )
    return Counted((found.scalar_subquery(),), lambda count: count or None)
