"""Versions: name one, open an old one, restore it; and the canvas on paper."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response, request

from canvases.boards import paper, queries, versions
from canvases.boards.facts import CanvasExported
from canvases.boards.forms import STATUS_WORDS, VersionForm
from canvases.boards.models import Canvas, CanvasVersion
from canvases.boards.views.door import CANVAS, VERSION, doors, frame
from workspace.files.views import disposition
from workspace.foundation import limits
from workspace.foundation.access import Actor, can
from workspace.foundation.clock import now
from workspace.foundation.errors import BadRequest, Refused
from workspace.foundation.facts import announce
from workspace.foundation.text import _, lazy
from workspace.foundation.unit import write
from workspace.foundation.web import go, page

EXPORTS = "30 per 10 minutes"
FORMATS = {"pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml"}


def kind_word(version: CanvasVersion) -> str:
    """What a version is, in words."""
    if version.kind == versions.RESTORED:
        return _("Restored from version %(number)s", number=version.name)
    if version.name:
        return version.name
    return _("Handed in") if version.kind == versions.GATE else _("Kept by itself")


@doors.page("/canvases/<canvas>/history", verb="read", things=CANVAS)
def history(actor: Actor, canvas: Canvas) -> Any:
    """All versions, newest first."""
    return history_page(actor, canvas, None)


def history_page(actor: Actor, canvas: Canvas, form: VersionForm | None) -> Any:
    """The history, with the form of a named version as it was sent."""
    rows = queries.versions_of(canvas)
    counted = []
    for version in rows:
        lines = queries.lines_of(actor, version)
        tested = sum(1 for it in lines if it.status in queries.TESTED)
        counted.append((version, kind_word(version), len(lines), tested))
    return page(
        "canvases/history.html",
        form=form,
        version_form=form or VersionForm(formdata=None),
        versions=counted,
        **frame(actor, canvas, "history"),
    )


@doors.page("/canvases/<canvas>/history", verb="edit", things=CANVAS, methods=["POST"], writes=None)
def name_version(actor: Actor, canvas: Canvas) -> Any:
    """Keep the board as it is now under a name."""
    form = VersionForm()
    if form.validate_on_submit():
        try:
            made = versions.name_version(actor, canvas, form.name.data)
        except Refused as refusal:
            form.refuse(refusal.reason, refusal.field)
        else:
            return go(
                ".history",
                _("Kept as version %(number)s", number=made.number),
                canvas=canvas.public_id,
            )
    return history_page(actor, canvas, form)


@doors.page("/canvases/<canvas>/versions/<version>", verb="read", things=VERSION)
def version(actor: Actor, canvas: Canvas, version: CanvasVersion) -> Any:
    """An old version, read-only, and what became of it since."""
    lines = queries.lines_of(actor, version)
    template = queries.template_of(canvas)
    return page(
        "canvases/version.html",
        version=version,
        word=kind_word(version),
        pattern=template,
        blocks=[
            (block, [it for it in lines if it.block == block.id])
            for block in template.reading_order
        ],
        changes=versions.changes(lines, queries.notes_of(actor, canvas)),
        status_words=STATUS_WORDS,
        titles={it.id: it.title for it in template.blocks},
        may_restore=bool(can(actor, "restore", version)),
        **frame(actor, canvas, ""),
    )


@doors.page(
    "/canvases/<canvas>/versions/<version>/restore",
    verb="restore",
    things=VERSION,
    methods=["POST"],
    writes="room",
)
def restore(actor: Actor, canvas: Canvas, version: CanvasVersion) -> Any:
    """Bring the board back to this version by new edits."""
    made = versions.restore(actor, version)
    return go(
        ".history",
        _("Restored as version %(number)s", number=made.number),
        canvas=made.canvas.public_id,
    )


@doors.page("/canvases/<canvas>/export", verb="read", things=CANVAS)
def export(actor: Actor, canvas: Canvas) -> Any:
    """The canvas as PDF, PNG or SVG, with the notes that the reader may see."""
    kind = request.args.get("format", "pdf")
    wanted = request.args.get("paper", "a3")
    if kind not in FORMATS or wanted not in set(paper.Paper):
        raise BadRequest(lazy("Choose PDF, PNG or SVG, and A3 or A4."))
    limits.count("export", EXPORTS, actor.person_id)
    latest = queries.latest_version(canvas)
    sheet = paper.Sheet(
        queries.template_of(canvas),
        tuple(asdict(it) for it in queries.notes_of(actor, canvas)),
        canvas.title, canvas.team.name,
        _("version %(number)s", number=latest.number) if latest else "",
        now(), actor.zone or canvas.team.edition.zone,
    )  # fmt: skip
    if kind == "pdf":
        made = paper.pdf(sheet, paper.Paper(wanted))
    else:
        made = paper.png(sheet) if kind == "png" else paper.svg(sheet)
    answer = Response(made, mimetype=FORMATS[kind])
    answer.headers["Content-Disposition"] = disposition(f"{canvas.title[:100]}.{kind}")
    answer.headers["Cache-Control"] = "private, no-store"
    with write():
        announce(CanvasExported(actor.person_id, canvas.team_id, canvas.id, kind))
    return answer
