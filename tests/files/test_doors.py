"""Opening a file: a download that no browser runs, by the rights of today."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import SEATS, Cast
from tests.files import made
from workspace.accounts.models import Person
from workspace.files import actions
from workspace.files.models import File
from workspace.files.views import disposition
from workspace.foundation import jobs
from workspace.foundation.access import visible
from workspace.foundation.clock import now
from workspace.foundation.db import new_public_id, session
from workspace.foundation.unit import write
from workspace.journal.models import JournalEntry

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Take = Callable[..., File]
Enter = Callable[[Person], FlaskClient]


def assert_harmless(answer: Any) -> None:
    heads = answer.headers
    assert heads["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert heads["X-Content-Type-Options"] == "nosniff"
    assert heads["Cache-Control"] == "no-store"


def test_a_member_downloads_what_was_uploaded(cast: Cast, take: Take, enter: Enter) -> None:
    data = made.pdf(2)
    file = take(data, "Žlutý deck.pdf")
    answer = enter(cast.person("member")).get(f"/files/{file.public_id}")
    assert answer.status_code == 200
    assert answer.data == data
    assert_harmless(answer)
    assert answer.content_type == "application/pdf"
    assert answer.content_length == len(data)
    sent = answer.headers["Content-Disposition"]
    assert sent.startswith('attachment; filename="Zluty deck.pdf"; ')
    assert unquote(sent.rpartition("''")[2]) == "Žlutý deck.pdf"


@SQLITE
@pytest.mark.parametrize("seat", SEATS)
def test_only_the_team_may_open_its_files(
    app: Flask, cast: Cast, take: Take, enter: Enter, client: FlaskClient, seat: str
) -> None:
    file = take(made.pdf(), "deck.pdf")
    jobs.run_due(app)
    them = client if seat == "visitor" else enter(cast.person(seat))
    for path in (f"/files/{file.public_id}", f"/files/{file.public_id}/pages/1"):
        answer = them.get(path)
        if seat in {"lead", "member"}:
            assert answer.status_code == 200
        elif seat == "visitor":
            assert answer.status_code in {302, 303}
        else:
            assert answer.status_code == 404
            unknown = them.get(path.replace(file.public_id, new_public_id()))
            assert unknown.status_code == 404
            assert len(unknown.data) == len(answer.data)
    with app.app_context():
        listed = session().scalars(visible(cast.actor(seat), File)).all()
        assert len(listed) == (seat in {"lead", "member"})


@SQLITE
def test_a_broken_download_goes_on(cast: Cast, take: Take, enter: Enter) -> None:
    data = made.pdf(5)
    file = take(data, "deck.pdf")
    them = enter(cast.person("lead"))
    for asked, first, last in (("bytes=0-99", 0, 99), ("bytes=100-", 100, len(data) - 1),
                               ("bytes=-50", len(data) - 50, len(data) - 1)):
        answer = them.get(f"/files/{file.public_id}", headers={"Range": asked})
        assert answer.status_code == 206
        assert answer.data == data[first : last + 1]
        assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(data)}"
        assert "attachment" in answer.headers["Content-Disposition"]
        assert_harmless(answer)
    beyond = them.get(f"/files/{file.public_id}", headers={"Range": f"bytes={len(data)}-"})
    assert beyond.status_code == 416
    assert them.get(f"/files/{file.public_id}", headers={"Range": "bytes=x"}).status_code < 500


@SQLITE
def test_a_page_is_shown_inside_a_page(
    app: Flask, cast: Cast, take: Take, enter: Enter
) -> None:
    file = take(made.pdf(2), "deck.pdf")
    jobs.run_due(app)
    them = enter(cast.person("lead"))
    answer = them.get(f"/files/{file.public_id}/pages/2")
    assert answer.status_code == 200
    assert answer.content_type == "image/jpeg"
    assert "Content-Disposition" not in answer.headers
    assert answer.data[:2] == b"\xff\xd8"
    assert_harmless(answer)
    for wrong in ("0", "3", "999999999999", "x", "-1"):
        assert them.get(f"/files/{file.public_id}/pages/{wrong}").status_code == 404


@SQLITE
def test_a_removed_file_is_gone_at_once(
    app: Flask, cast: Cast, take: Take, enter: Enter
) -> None:
    file = take(made.pdf(), "deck.pdf")
    with app.app_context(), write():
        found = session().get(File, file.id)
        assert found is not None
        actions.remove(cast.actor("lead"), found, now())
    assert enter(cast.person("lead")).get(f"/files/{file.public_id}").status_code == 404


@SQLITE
def test_an_opening_is_put_on_record(
    app: Flask, cast: Cast, take: Take, enter: Enter
) -> None:
    file = take(made.pdf(), "deck.pdf")
    them = enter(cast.person("lead"))
    them.get(f"/files/{file.public_id}")
    them.head(f"/files/{file.public_id}")
    them.get(f"/files/{file.public_id}", headers={"Range": "bytes=100-"})
    with app.app_context():
        found = session().scalars(
            select(JournalEntry).where(JournalEntry.event == "file-opened")
        ).all()
    assert len(found) == 2  # the whole file, then the rest of it; a HEAD reads nothing
    assert "deck" not in str(found[0].detail)


@pytest.mark.parametrize(
    "name", ['a"; filename="b.html', "a\r\nX: y.pdf", "日本.pdf", "a%0d.pdf", "';x.pdf", "ß.pdf"]
)
def test_a_name_stays_in_its_place(name: str) -> None:
    value = disposition(name)
    assert "\r" not in value and "\n" not in value
    assert value.count('"') == 2
    assert value.startswith('attachment; filename="')
    assert unquote(value.rpartition("filename*=UTF-8''")[2]) == name


def test_leafing_through_a_preview_is_one_line_of_the_record(
    app: Flask, cast: Cast, take: Take, enter: Enter
) -> None:
    file = take(made.pdf(3), "deck.pdf")
    jobs.run_due(app)
    for seat in ("lead", "member"):
        them = enter(cast.person(seat))
        for number in (1, 2, 3, 1):
            assert them.get(f"/files/{file.public_id}/pages/{number}").status_code == 200
    assert enter(cast.person("stranger")).get(f"/files/{file.public_id}/pages/1").status_code == 404
    with app.app_context():
        opened = session().scalars(
            select(JournalEntry.who).where(JournalEntry.event == "file-opened")
        ).all()
    assert sorted(opened) == sorted(cast.person(it).public_id for it in ("lead", "member"))
