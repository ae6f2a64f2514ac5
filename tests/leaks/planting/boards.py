"""Canvases with notes of every circle, what was said of them, and the evidence for them."""

from __future__ import annotations

import io
from datetime import timedelta

from canvases.boards import actions as boards
from canvases.boards import edits, versions
from canvases.boards import queries as board_queries
from canvases.boards.models import Canvas
from canvases.discovery import actions as discovery
from canvases.invited import actions as invited
from canvases.suggestions import actions as suggestions
from tests.files import made
from tests.leaks.planting.story import Story
from tests.leaks.world import HOME
from workspace.accounts.models import Person
from workspace.files import actions as files
from workspace.foundation.clock import now, today
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.grants import actions as grants


def canvas_of(canvas_id: int) -> Canvas:
    """The canvas as the session in hand knows it."""
    return session().get_one(Canvas, canvas_id)


def board(story: Story) -> None:
    """A canvas with a note of every circle, an old version, and remarks."""
    lead, member = story.a(story.crew.lead), story.a(story.crew.member)
    with write():
        story.canvas = boards.make_canvas(
            lead, story.team, "business-model-canvas", story.w("canvas.title"), now()
        )
    story.notes = {}
    canvas_id = story.canvas.id
    for tier in ("team", "mentors", "sponsor", "public"):
        note_id = edits.add_note(
            lead, canvas_of(canvas_id), "bmc-customer-segments", story.w("note.old")
        )
        story.notes[tier] = note_id
    session().commit()
    versions.name_version(lead, canvas_of(canvas_id), story.w("version.name"))
    session().commit()
    for tier, note_id in story.notes.items():
        edits.change_note(
            member,
            canvas_of(canvas_id),
            note_id,
            edits.NoteDraft(
                story.w(f"note.{tier}"),
                "testing",
                tier,
                3,
                "bmc-customer-segments",
                was=edits.mark_of(story.w("note.old")),
            ),
        )
        session().commit()
    gone = edits.add_note(lead, canvas_of(canvas_id), "bmc-channels", story.w("note.deleted"))
    edits.remove_note(lead, canvas_of(canvas_id), gone)
    session().commit()
    versions.name_version(lead, canvas_of(canvas_id), "Second")
    session().commit()
    with write():
        for tier in ("team", "mentors"):
            line = board_queries.note_of(lead, canvas_of(canvas_id), story.notes[tier])
            boards.comment(member, canvas_of(canvas_id), line, story.w(f"comment.{tier}"))
            boards.comment(
                lead, canvas_of(canvas_id), line, f"@{story.crew.member.name} look"
            )
        if story.crew.side == HOME:
            line = board_queries.note_of(
                story.a(story.crew.mentor), canvas_of(canvas_id), story.notes["mentors"]
            )
            boards.comment(
                story.a(story.crew.mentor),
                canvas_of(canvas_id),
                line,
                story.w("comment.by-mentor"),
            )
    with write():
        put_away = boards.make_canvas(
            lead, story.team, "lean-canvas", story.w("canvas.archived"), now()
        )
        boards.archive(lead, put_away, now())


def evidence(story: Story) -> None:
    """For and against notes of two circles, with a file."""
    lead = story.a(story.crew.lead)
    canvas_id = story.canvas.id
    for tier in ("team", "mentors"):
        name = f"{story.w(f'evidence.file.{tier}')}.pdf"
        with (
            files.received(
                lead, io.BytesIO(made.pdf(words=story.w(f"evidence.page.{tier}"))), name
            ) as file,
            write(),
        ):
            line = board_queries.note_of(lead, canvas_of(canvas_id), story.notes[tier])
            discovery.add(
                lead,
                canvas_of(canvas_id),
                line,
                discovery.EvidenceDraft(
                    "for",
                    story.w(f"evidence.text.{tier}"),
                    f"https://example.org/{story.w(f'evidence.url.{tier}')}",
                    3,
                ),
                file,
            )


def advice(story: Story) -> None:
    """The mentor suggests a status, and is invited to edit the canvas. The home team's accepts."""
    lead, mentor = story.a(story.crew.lead), story.a(story.crew.mentor)
    canvas_id = story.canvas.id
    with write():
        line = board_queries.note_of(mentor, canvas_of(canvas_id), story.notes["mentors"])
        suggestions.suggest(
            mentor, canvas_of(canvas_id), line, "supported", story.w("suggestion.reason"), now()
        )
        if story.crew.side != HOME:
            until = now() + timedelta(days=365)
            grants.sign_agreement(mentor, "team", story.crew.team.id, "I keep it.", until, now())
        last = today("UTC") + timedelta(days=20)
        person = session().get_one(Person, story.crew.mentor.id)
        row = invited.invite(lead, canvas_of(canvas_id), person, last, now())
        if story.crew.side == HOME:
            invited.accept(mentor, row, now())
