"""Page images: drawn after the upload, within limits, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from tests.files import made
from workspace.files import preview, rules
from workspace.files.models import File, FilePage
from workspace.foundation import cage, jobs
from workspace.foundation.db import session
from workspace.foundation.settings import Settings
from workspace.foundation.storage import storage

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Take = Callable[..., File]


def state(app: Flask, file: File) -> str:
    with app.app_context():
        found = session().get(File, file.id)
        assert found is not None
        return found.preview


def pages(app: Flask, file: File) -> list[FilePage]:
    with app.app_context():
        return list(
            session().scalars(
                select(FilePage).where(FilePage.file_id == file.id).order_by(FilePage.number)
            )
        )


def test_each_page_becomes_an_image_with_its_words(app: Flask, take: Take) -> None:
    file = take(made.pdf(3, "Gel sensor"), "deck.pdf")
    assert state(app, file) == "waiting"
    jobs.run_due(app)
    assert state(app, file) == "ready"
    found = pages(app, file)
    assert [(it.number, it.text) for it in found] == [
        (1, "Gel sensor 1"), (2, "Gel sensor 2"), (3, "Gel sensor 3"),
    ]
    for page in found:
        with app.app_context(), Image.open(storage().open(page.image_key)) as picture:
            assert (picture.format, picture.size) == ("JPEG", (1920, 1080))
            assert (page.width, page.height) == picture.size


@SQLITE
def test_only_a_pdf_has_pages(app: Flask, take: Take) -> None:
    assert take(b"words", "x.txt").preview == "none"
    jobs.run_due(app)


@SQLITE
@pytest.mark.parametrize(
    "size", [(141_732, 141_732), (10, 14_000), (14_400, 10), (0.5, 0.5), (595, 842)]
)  # 141 732 points are 50 m
def test_a_page_of_any_size_fits(app: Flask, take: Take, size: tuple[float, float]) -> None:
    file = take(made.pdf(1, size=size), "deck.pdf")
    jobs.run_due(app)
    assert state(app, file) == "ready"
    (page,) = pages(app, file)
    assert 1 <= page.width <= rules.PREVIEW_WIDTH
    assert 1 <= page.height <= 2 * rules.PREVIEW_WIDTH


@SQLITE
@pytest.mark.parametrize(("count", "then"), [(300, "ready"), (301, "unavailable")])
def test_three_hundred_pages_are_drawn(app: Flask, take: Take, count: int, then: str) -> None:
    file = take(made.pdf(count), "deck.pdf")
    jobs.run_due(app)
    assert state(app, file) == then
    assert len(pages(app, file)) == (300 if then == "ready" else 0)


@SQLITE
def test_a_pdf_that_never_ends_is_kept_without_pages(
    app: Flask, take: Take, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "LIMITS", cage.Limits(seconds=1, memory=256))
    file = take(made.endless_pdf(), "deck.pdf")
    jobs.run_due(app)
    assert state(app, file) == "unavailable"
    with app.app_context():
        assert storage().exists(file.storage_key)
    assert len([it for it in (settings.data / "files").rglob("*") if it.is_file()]) == 1


@SQLITE
def test_drawing_twice_changes_nothing(app: Flask, take: Take, settings: Settings) -> None:
    file = take(made.pdf(2), "deck.pdf")
    for _ in range(2):
        with app.app_context():
            preview.draw({"file": file.id})
    assert len(pages(app, file)) == 2
    with app.app_context():
        assert preview._keep(file.id, [], []) is False
    assert len([it for it in (settings.data / "files").rglob("*") if it.is_file()]) == 3


# --- the cage -------------------------------------------------------------------------------


def caged(tmp_path: Path, source: str, **limits: int) -> bytes:
    program = tmp_path / "program.py"
    program.write_text(source)
    return cage.run(program, {"n": 1}, cage.Limits(**limits), tmp_path)


def test_a_caged_program_gets_its_request_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INNOCORE_SECRET_KEY", "never handed on")
    source = "import os, sys; print(sys.stdin.read(), sorted(os.environ))"
    told = caged(tmp_path, source).decode()
    assert told.startswith('{"n": 1}')
    assert "INNOCORE" not in told


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("while True: pass", "time"),
        ("x = b'x' * 10**9", "memory"),
        ("import os; os.abort()", "memory"),
        ("raise ValueError", "failed"),
        ("open('big', 'wb').write(b'x' * 3_000_000)", "failed"),
    ],
)
def test_a_caged_program_is_stopped(tmp_path: Path, source: str, why: str) -> None:
    with pytest.raises(cage.Caged) as stopped:
        caged(tmp_path, source, seconds=1, memory=128, output=2)
    assert stopped.value.why == why


def test_a_caged_program_that_sleeps_is_ended(tmp_path: Path) -> None:
    with pytest.raises(cage.Caged) as stopped:
        caged(tmp_path, "import signal; signal.pause()", seconds=0, memory=128)
    assert stopped.value.why == "time"


