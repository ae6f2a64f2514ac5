"""The archive of one's own data: one's own words of today's teams, and nobody else's."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from canvases.boards.models import Canvas, NoteRow
from canvases.discovery.models import Evidence
from tests import builders
from tests.cast import Cast
from transfer.checklists.models import ChecklistItem, ChecklistRow, ItemQuestion, ItemSignature
from workspace.accounts import own_data
from workspace.accounts.models import DataExport
from workspace.administration.models import GlassBroken
from workspace.files.models import File
from workspace.foundation import clock
from workspace.foundation.db import session
from workspace.foundation.storage import new_key, storage
from workspace.foundation.unit import write
from workspace.readiness.models import ReadinessClaim
from workspace.releases.models import Release
from workspace.submissions.models import Entry, Submission
from workspace.tokens import actions as tokens
from workspace.tokens.rules import Place, Scope, Verb

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
OWN = (
    "evidenceword", "fileword", "titleword", "pitchword", "motiveword", "claimword",
    "releaseword", "purposeword", "answerword", "questionword",
)
OTHERS = ("remarkword", "reasonword", "replyword", "decisionword")
BYTES = b"the bytes of a small file"


def work(cast: Cast, seat: str) -> None:
    """Everything that a member leaves in the team, with what others answered to it."""
    at, db, team = clock.now(), session(), cast.team
    me, officer = cast.person(seat).id, cast.person("officer").id
    canvas = Canvas(team_id=team.id, template="business-model-canvas", title="Model",
                    created_by_id=me)  # fmt: skip
    row = ChecklistRow(team_id=team.id, template="ip-checklist", started_by_id=me)
    db.add_all([canvas, row])
    db.flush()
    item = ChecklistItem(
        checklist_id=row.id, key="names", position=1, signers="|team|", submitted_by_id=me,
        submitted_at=at, answer="yes", text="answerword", reason="reasonword",
        decided_by_id=officer,
    )
    db.add(item)
    db.flush()
    kept = storage().put(new_key(), BYTES)
    release = {
        "team_id": team.id, "item_kind": "deck", "item_id": "x", "version_label": "1", "data": {},
        "sha256": "0" * 64, "audience": "public", "show_on": at.date(), "show_from": at,
    }
    db.add_all([
        NoteRow(canvas_id=canvas.id, note_id="n", block="bmc-channels", order="a", text="A note",
                status="untested", tier="team", author_id=me),
        Evidence(canvas_id=canvas.id, note_id="n", stance="for", text="evidenceword",
                 added_by_id=me),
        File(team_id=team.id, owner_id=team.id, storage_key=kept.key, name="fileword.txt",
             content_type="text/plain", size=kept.size, sha256=kept.sha256, uploaded_by_id=me),
        Submission(team_id=team.id, version=1, state="submitted", title="titleword",
                   pitch_text="pitchword", made_by_id=me, submitted_by_id=me, submitted_at=at),
        Entry(team_id=team.id, challenge_id=cast.challenge.id, motivation="motiveword",
              created_by_id=me),
        ReadinessClaim(team_id=team.id, scale="TRL", level=3, evidence="claimword",
                       claimed_by_id=me, answered_by_id=cast.person("mentor").id,
                       answered_at=at, remark="remarkword"),
        Release(**release, item_title="releaseword", purpose="purposeword", requested_by_id=me,
                decided_by_id=officer, decided_at=at, decision_text="decisionword"),
        ItemSignature(item_id=item.id, role="team", person_id=me),
        ItemQuestion(item_id=item.id, asked_by_id=me, text="questionword", answer="replyword",
                     answered_by_id=officer, answered_at=at),
    ])  # fmt: skip
    db.flush()


def packed(app: Flask, cast: Cast, seat: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The sheets and the files of somebody's archive."""
    with app.app_context():
        with write():
            row = own_data.ask_export(cast.actor(seat), clock.now())
            key = row.public_id
        own_data.make_export(key, clock.now())
        made = session().scalars(select(DataExport).where(DataExport.public_id == key)).one()
        with storage().open(made.file_key) as source:
            whole = source.read()
    with zipfile.ZipFile(io.BytesIO(whole)) as file:
        names = file.namelist()
        sheets = {it[:-5]: json.loads(file.read(it)) for it in names if "/" not in it}
        return sheets, {it: file.read(it) for it in names if "/" in it}


def test_own_words_come_and_the_answers_of_others_do_not(app: Flask, cast: Cast) -> None:
    with app.app_context(), write():
        work(cast, "member")
    sheets, files = packed(app, cast, "member")
    whole = json.dumps(sheets)
    assert [it for it in OWN if it not in whole] == []
    assert [it for it in OTHERS if it in whole] == []
    assert list(files.values()) == [BYTES]
    assert next(iter(files)).endswith("-fileword.txt")
    assert sheets["files"][0]["sha256"] == hashlib.sha256(BYTES).hexdigest()
    assert sheets["checklist_signatures"][0]["as"] == "team"


def test_of_a_team_that_was_left_no_word_and_no_file_comes(app: Flask, cast: Cast) -> None:
    with app.app_context(), write():
        work(cast, "former")
    sheets, files = packed(app, cast, "former")
    whole = json.dumps(sheets)
    assert [it for it in (*OWN, *OTHERS) if it in whole] == []
    assert files == {}
    for name in ("evidence", "files", "submissions", "readiness_claims", "releases_asked"):
        assert len(sheets[name]) == 1, name


def test_whoever_decides_gets_her_own_remarks_alone(app: Flask, cast: Cast) -> None:
    with app.app_context(), write():
        work(cast, "member")
    officer = json.dumps(packed(app, cast, "officer")[0])
    assert [it for it in ("reasonword", "replyword", "decisionword") if it not in officer] == []
    assert [it for it in ("remarkword", "answerword", "pitchword") if it in officer] == []
    mentor = json.dumps(packed(app, cast, "mentor")[0])
    assert "remarkword" in mentor
    assert [it for it in ("claimword", "reasonword", "decisionword") if it in mentor] == []


def test_tokens_and_openings_come_without_a_secret(app: Flask, cast: Cast) -> None:
    at = clock.now()
    with app.app_context(), write():
        scope = Scope(Verb.READ, Place.TEAM, cast.team.id)
        draft = tokens.TokenDraft("Nightly", (scope,), at + timedelta(days=1))
        token, key = tokens.make(builders.actor(cast.person("administrator")), draft, at)
        hidden = (key, token.prefix, token.token_hash)
        session().add(
            GlassBroken(team_id=cast.team.id, person_id=cast.person("administrator").id,
                        reason="A court asks", ends_at=at + timedelta(hours=1))
        )
    sheets, _files = packed(app, cast, "administrator")
    assert sheets["access_tokens"][0]["name"] == "Nightly"
    assert sheets["access_tokens"][0]["for"] == [{"right": "read", "in": "team"}]
    assert sheets["glass_broken"][0]["reason"] == "A court asks"
    assert sheets["glass_broken"][0]["team"] == cast.team.public_id
    whole = json.dumps(sheets)
    assert not any(it in whole for it in hidden) and cast.team.name not in whole
