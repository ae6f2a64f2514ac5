"""A submitted deck as something that can be released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template
from markupsafe import Markup
from sqlalchemy import select

from workspace.files.models import File, FilePage
from workspace.foundation.access import Actor
from workspace.foundation.db import session
from workspace.foundation.errors import Missing, Refused
from workspace.foundation.text import _, lazy
from workspace.submissions.actions import checksum
from workspace.submissions.models import Submission
from workspace.submissions.rules import COUNTED_STATES
from workspace.teams.models import Team


def offers(_actor: Actor, team: Team) -> Sequence[tuple[str, str, str]]:
    """Decks of versions that count."""
    rows = session().scalars(
        select(Submission)
        .where(Submission.team_id == team.id, Submission.state.in_(COUNTED_STATES),
               Submission.deck_file_id.is_not(None))
        .order_by(Submission.version.desc())
    )
    return [(it.public_id, _("Deck: %(title)s", title=it.title),
             _("version %(number)d", number=it.version)) for it in rows]


def freeze(_actor: Actor, team: Team, item_id: str, _tier: str) -> tuple[Mapping[str, Any], str]:
    """The deck by its checksum, with title and text of every slide."""
    found = session().scalar(
        select(Submission).where(Submission.team_id == team.id, Submission.public_id == item_id)
    )
    if found is None or found.deck is None:
        raise Missing
    if found.deck.preview == "waiting":
        # The pages are part of what is approved, so they have to be there.
        raise Refused(
            lazy("The pages of this deck are still being drawn. Try again in a minute."),
            field="item",
        )
    pages = session().scalars(
        select(FilePage).where(FilePage.file_id == found.deck.id).order_by(FilePage.number)
    )
    data = {
        "title": found.title, "version": found.version, "file": found.deck.public_id,
        "sha256": found.deck.sha256, "name": found.deck.name,
        "pages": [{"number": it.number, "width": it.width, "height": it.height, "text": it.text}
                  for it in pages],
    }
    return data, checksum(data)


def draw(data: Mapping[str, Any]) -> Markup:
    """Slides with their text; the images ask for the right to the file again."""
    file = session().scalar(select(File).where(File.public_id == data["file"]))
    return Markup(  # noqa: S704 - a rendered template
        render_template("submissions/_deck.html", data=data,
                        there=file is not None and file.sha256 == data["sha256"])
    )
