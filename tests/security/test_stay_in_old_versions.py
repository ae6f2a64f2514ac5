"""The name of somebody who is erased stands in no version and no mention of her team any more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from canvases.boards import actions as boards
from canvases.boards import edits, queries, versions
from canvases.boards.models import CanvasVersion, NoteComment
from canvases.boards.versions import Picture
from tests import builders
from tests.cast import Cast
from workspace.accounts import own_data
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_the_name_goes_and_the_notes_stay(
    app: Flask, cast: Cast, enter: Callable[[Person], FlaskClient]
) -> None:
    with app.app_context():
        member, lead = cast.person("member"), cast.person("lead")
        with write():
            canvas = boards.make_canvas(
                builders.actor(lead), cast.team, "business-model-canvas", "Ours", now()
            )
        edits.add_note(builders.actor(member), canvas, "bmc-channels", "By the member")
        edits.add_note(builders.actor(lead), canvas, "bmc-channels", "By the lead")
        kept = versions.name_version(builders.actor(lead), canvas, "Before").public_id
        session().commit()
        with write():  # the version keeps the name of then
            session().get_one(Person, member.id).name = "Newly Named"
        with write():
            her = session().get_one(Person, member.id)
            own_data.erase(builders.actor(her), her, now())
    with app.app_context():
        version = session().scalars(
            select(CanvasVersion).where(CanvasVersion.public_id == kept)
        ).one()
        authors = {it["text"]: it["author"] for it in version.notes}
        assert authors == {"By the member": own_data.FORMER, "By the lead": lead.name}
        assert version.sha256 == Picture(b"", version.notes).sha256
        address = f"/canvases/{version.canvas.public_id}/versions/{kept}"
    assert "By the member" in enter(cast.person("lead")).get(address).text


def test_mentions_do_not_name_her(context: Flask, cast: Cast) -> None:
    member, lead = cast.person("member"), cast.person("lead")
    with write():
        canvas = boards.make_canvas(
            builders.actor(lead), cast.team, "business-model-canvas", "Ours", now()
        )
    note = edits.add_note(builders.actor(lead), canvas, "bmc-channels", "By post")
    session().commit()
    with write():
        canvas = session().merge(canvas)
        line = queries.note_of(builders.actor(lead), canvas, note)
        words = f"Ask @{member.name} and @{lead.name}"
        boards.comment(builders.actor(lead), canvas, line, words)
        assert member.name in session().scalars(select(NoteComment.text)).one()
    with write():
        her = session().get_one(Person, member.id)
        own_data.erase(builders.actor(her), her, now())
    text = session().scalars(select(NoteComment.text)).one()
    assert own_data.FORMER in text and "Tomas" not in text
    assert lead.name in text
