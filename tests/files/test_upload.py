"""What is taken, what is not, and what stays behind."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update

from tests.cast import Cast
from tests.files import made
from workspace.accounts.models import Person
from workspace.files import actions, rules
from workspace.files.models import File, FilePage
from workspace.foundation import jobs
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused, TooLarge, TooMany
from workspace.foundation.settings import Settings
from workspace.foundation.storage import storage
from workspace.foundation.unit import write
from workspace.journal.models import JournalEntry
from workspace.submissions.models import Submission

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Take = Callable[..., File]


def stored(settings: Settings) -> list[Path]:
    return [it for it in (settings.data / "files").rglob("*") if it.is_file()]


def read(app: Flask, file: File) -> bytes:
    with app.app_context():
        return storage().open(file.storage_key).read()


GOOD = {
    "deck.pdf": made.pdf(3), "photo.jpg": made.image("JPEG"), "photo.jpeg": made.image("JPEG"),
    "drawing.png": made.image("PNG"), "drawing.webp": made.image("WEBP"),
    "drawing.gif": made.image("GIF"), "text.docx": made.office("docx"),
    "slides.pptx": made.office("pptx"), "table.xlsx": made.office("xlsx"),
    "text.odt": made.office("odt"), "slides.odp": made.office("odp"),
    "data.csv": "name;číslo\nGel;1\n".encode(), "old.csv": "n\xe1zev;1\n".encode("latin-1"),
    "notes.txt": b"plain words", "notes.md": b"# Title\n<b>x</b>", "voice.wav": made.wav(),
    "voice.mp3": b"ID3\x04" + b"\0" * 200, "voice.m4a": b"\0\0\0\x20ftypM4A \0\0\0\0" + b"\0" * 200,
}  # fmt: skip


@SQLITE
@pytest.mark.parametrize("name", GOOD)
def test_what_is_what_it_says_is_taken(app: Flask, take: Take, name: str) -> None:
    file = take(GOOD[name], name)
    data = read(app, file)
    assert file.name == name
    assert file.content_type == rules.kind_of(name).content_type
    assert (file.size, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert file.scan == "not-scanned"
    if not file.content_type.startswith("image/"):
        assert data == GOOD[name]


CUT = made.pdf(5)
BAD: dict[str, tuple[str, bytes, str]] = {
    "empty": ("deck.pdf", b"", "unreadable"),
    "empty text": ("notes.txt", b"", "unreadable"),
    "cut PDF": ("deck.pdf", CUT[: len(CUT) // 2], "unreadable"),
    "broken PDF": ("deck.pdf", b"%PDF-1.7\n" + b"\xff" * 500 + b"\n%%EOF", "unreadable"),
    "ZIP called PDF": ("deck.pdf", made.office("docx"), "type_not_allowed"),
    "HTML called PNG": ("x.png", b"<!doctype html><script>alert(1)</script>", "type_not_allowed"),
    "HTML called PDF": ("x.pdf", b"<html>%PDF-1.4 %%EOF", "type_not_allowed"),
    "PDF behind a page": ("x.pdf", b"<script></script>" + made.pdf(), "type_not_allowed"),
    "PDF that is a ZIP too": ("x.pdf", made.pdf() + made.office(), "type_not_allowed"),
    "PNG called JPEG": ("x.jpg", made.image("PNG"), "type_not_allowed"),
    "PDF called text": ("x.txt", made.pdf(), "type_not_allowed"),
    "program called text": ("x.txt", b"\x7fELF\x02\x01\x01\0" + b"\0" * 90, "type_not_allowed"),
    "ZIP called document": ("x.docx", made.office("xlsx"), "type_not_allowed"),
    "odt called odp": ("x.odp", made.office("odt"), "type_not_allowed"),
    "cut image": ("x.png", made.image("PNG", (900, 900))[:900], "unreadable"),
    "huge image": ("x.png", made.image_bomb(), "image_too_large"),
    "long image": ("x.png", made.image_bomb(12_001, 10), "image_too_large"),
    "ratio": ("x.docx", made.office(extra={"word/a.xml": b"A" * 5_000_000}), "archive"),
    "unpacked": ("x.docx", made.office(extra={f"a{n}": b"A" * 21_000_000 for n in range(10)}),
                 "archive"),
    "entries": ("x.docx", made.office(extra={f"a{n}": b"" for n in range(2_001)}), "archive"),
    "zip inside": ("x.docx", made.office(extra={"word/a.zip": made.office()}), "archive"),
    "nested twice": ("x.pptx", made.office("pptx", {"ppt/embeddings/a.xlsx": made.office(
        "xlsx", {"xl/embeddings/b.xlsx": made.office("xlsx")})}), "archive"),
    "path": ("x.docx", made.office(extra={"../../evil": b"x"}), "archive"),
    "link": ("x.docx", made.linked_office(), "archive"),
    "lying size": ("x.docx", made.lying_office(), "unreadable"),
    "macros": ("x.docx", made.office(extra={"word/vbaProject.bin": b"x"}), "archive"),
    "cut document": ("x.docx", made.office()[:-40], "unreadable"),
}


@SQLITE
@pytest.mark.parametrize("case", BAD)
def test_what_is_not_is_refused_and_leaves_nothing(
    app: Flask, take: Take, settings: Settings, case: str
) -> None:
    name, data, code = BAD[case]
    with pytest.raises(Refused) as refusal:
        take(data, name)
    assert refusal.value.code == code
    assert refusal.value.status == (415 if code == "type_not_allowed" else 422)
    assert refusal.value.field == "file"
    assert refusal.value.reason.endswith(".")
    assert stored(settings) == []
    with app.app_context():
        assert session().scalars(select(File)).all() == []
        noted = session().scalars(
            select(JournalEntry.event).where(JournalEntry.event == "upload-refused")
        ).all()
    assert len(noted) == 1


@SQLITE
def test_a_chart_may_keep_its_numbers_inside(take: Take) -> None:
    chart = {"ppt/embeddings/Sheet.xlsx": made.office("xlsx")}
    assert take(made.office("pptx", chart), "slides.pptx").size > 0


@SQLITE
@pytest.mark.parametrize("name", ["photo.jpg", "drawing.png"])
def test_an_image_tells_nothing_but_its_pixels(app: Flask, take: Take, name: str) -> None:
    original = made.located_jpeg() if name == "photo.jpg" else made.commented_png()
    assert b"Secret" in original
    data = read(app, take(original, name))
    assert b"Secret" not in data
    assert b"Exif" not in data
    with Image.open(io.BytesIO(data)) as picture:
        assert not picture.getexif()
        assert picture.size == ((200, 300) if name == "photo.jpg" else (320, 200)), "upright"


@SQLITE
def test_a_hidden_page_behind_an_image_is_gone(app: Flask, take: Take) -> None:
    data = read(app, take(made.image("PNG") + b"<script>alert(1)</script>", "x.png"))
    assert b"<script>" not in data


@SQLITE
def test_forty_megapixels_are_taken(app: Flask, take: Take) -> None:
    picture = Image.new("RGBA", (8_000, 5_000), (1, 2, 3, 4))
    out = io.BytesIO()
    picture.save(out, format="PNG", compress_level=1)
    assert take(out.getvalue(), "x.png").size > 0


@SQLITE
@pytest.mark.parametrize(
    ("name", "limit"), [("x.pdf", 25), ("x.png", 10), ("x.csv", 2), ("x.docx", 25)]
)
def test_each_kind_has_its_limit(take: Take, settings: Settings, name: str, limit: int) -> None:
    with pytest.raises(TooLarge) as refusal:
        take(b"a" * (limit * rules.MEGABYTE + 1), name)
    assert f"{limit} MB" in refusal.value.reason
    assert stored(settings) == []


@SQLITE
def test_an_hour_has_sixty_uploads(take: Take) -> None:
    for _ in range(60):
        take(b"words", "x.txt")
    with pytest.raises(TooMany):
        take(b"words", "x.txt")
    take(b"words", "x.txt", seat="member")


def test_a_team_has_room_for_two_gigabytes(app: Flask, take: Take, settings: Settings) -> None:
    file = take(b"words", "x.txt")
    with app.app_context(), write():
        session().execute(
            update(File).where(File.id == file.id).values(size=rules.TEAM_BYTES - 3)
        )
    with pytest.raises(Refused) as refusal:
        take(b"words", "x.txt")
    assert (refusal.value.status, refusal.value.code) == (409, "quota")
    assert len(stored(settings)) == 1


@SQLITE
def test_a_team_has_room_for_five_hundred_files(app: Flask, cast: Cast, take: Take) -> None:
    with app.app_context(), write():
        for number in range(rules.TEAM_FILES):
            session().add(
                File(team_id=cast.team.id, owner_id=cast.team.id, storage_key=f"k{number}",
                     name="x.txt", content_type="text/plain", size=1, sha256="0" * 64,
                     uploaded_by_id=cast.person("lead").id)
            )
    with pytest.raises(Refused) as refusal:
        take(b"words", "x.txt")
    assert refusal.value.code == "quota"


def test_a_file_goes_with_the_unit_that_wanted_it(
    app: Flask, cast: Cast, settings: Settings
) -> None:
    with (
        app.app_context(),
        pytest.raises(ZeroDivisionError),
        actions.received(cast.actor("lead"), io.BytesIO(b"words"), "x.txt", None) as file,
        write(),
    ):
        actions.keep(cast.actor("lead"), file, ("team", cast.team.id), cast.team.id)
        _ = 1 / 0
    assert stored(settings) == []


def test_checking_never_happens_inside_a_unit(app: Flask, cast: Cast, take: Take) -> None:
    with app.app_context(), write(), pytest.raises(RuntimeError, match="before the unit"):
        actions.take_upload(cast.actor("lead"), io.BytesIO(b"x"), "x.txt", ("team", 1), 1)


def test_a_deleted_file_stays_for_a_time_and_then_goes(
    app: Flask, cast: Cast, take: Take, settings: Settings
) -> None:
    file = take(made.pdf(2), "deck.pdf")
    jobs.run_due(app)
    assert len(stored(settings)) == 3
    at = now()
    with app.app_context(), write():
        found = session().get(File, file.id)
        assert found is not None
        actions.remove(cast.actor("lead"), found, at)
    for days, left in ((29, 3), (31, 0)):
        with frozen(at + timedelta(days=days)), app.app_context():
            actions.forget_removed()
            assert len(stored(settings)) == left
            assert len(session().scalars(select(FilePage)).all()) == max(0, left - 1)


def test_a_file_that_something_refers_to_is_kept(
    app: Flask, cast: Cast, take: Take, settings: Settings
) -> None:
    file = take(b"words", "x.txt")
    at = now()
    with app.app_context(), write():
        found = session().get(File, file.id)
        assert found is not None
        actions.remove(cast.actor("lead"), found, at)
        session().add(
            Submission(team_id=cast.team.id, version=1, deck_file_id=file.id,
                       made_by_id=cast.person("lead").id)
        )
    with frozen(at + timedelta(days=31)), app.app_context():
        actions.forget_removed()
        assert session().get(File, file.id) is not None
    assert len(stored(settings)) == 1


# --- through the door -----------------------------------------------------------------------


def leave(client: FlaskClient, cast: Cast, data: bytes, name: str) -> Any:
    client.get("/sign-in")
    return client.post(
        f"/drop/{cast.team.public_id}",
        data={"file": (io.BytesIO(data), name), "csrf_token": token(client)},
        content_type="multipart/form-data", headers={"Accept": "application/json"},
    )


def token(client: FlaskClient) -> str:
    from flask_wtf.csrf import generate_csrf

    app = client.application
    with client.session_transaction() as held:
        values = dict(held)
    with app.test_request_context():
        from flask import session as cookie

        cookie.update(values)
        made_token = generate_csrf()
        values = dict(cookie)
    with client.session_transaction() as held:
        held.update(values)
    return str(made_token)


@SQLITE
def test_the_door_answers_with_the_codes_of_the_house(
    cast: Cast, enter: Callable[[Person], FlaskClient]
) -> None:
    lead = enter(cast.person("lead"))
    assert leave(lead, cast, made.pdf(), "deck.pdf").status_code == 201
    for case, status in (("empty", 422), ("ZIP called PDF", 415), ("huge image", 422)):
        name, data, code = BAD[case]
        answer = leave(lead, cast, data, name)
        assert (answer.status_code, answer.json["error"]) == (status, code)
        assert answer.json["field"] == "file"
    assert leave(enter(cast.person("rival")), cast, made.pdf(), "x.pdf").status_code == 404


@SQLITE
def test_a_body_beyond_the_limit_is_not_read(
    cast: Cast, enter: Callable[[Person], FlaskClient]
) -> None:
    lead = enter(cast.person("lead"))
    key = token(lead)

    class Counted(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            self.given += len(buffer)
            buffer[:] = b"\0" * len(buffer)
            return len(buffer)

    for size in (26 * rules.MEGABYTE + 1, 2 * 1024 * rules.MEGABYTE):
        body = Counted()
        began = time.monotonic()
        answer = lead.post(
            f"/drop/{cast.team.public_id}",
            content_type="multipart/form-data; boundary=x",
            headers={"X-CSRFToken": key, "Accept": "application/json"},
            environ_overrides={"wsgi.input": io.BufferedReader(body), "CONTENT_LENGTH": str(size)},
        )
        assert (answer.status_code, answer.get_json()["error"]) == (413, "too_large")
        assert time.monotonic() - began < 2
        assert body.given < rules.MEGABYTE
