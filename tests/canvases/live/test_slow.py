"""Somebody who stops reading costs one frame, and hears everything once they read again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from canvases.boards.models import Canvas
from canvases.boards.pipe import framed
from tests import servers
from tests.canvases.live.test_door import House
from tests.canvases.live.test_served import Page, open_page
from tests.cast import Cast
from workspace.foundation.settings import Settings

one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def house(
    context: Flask, cast: Cast, canvas: Canvas, settings: Settings, tmp_path: Path
) -> Iterator[House]:
    port = urlsplit(settings.base_url).port or servers.free_port()
    environment = {
        "INNOCORE_ENVIRONMENT": "testing", "INNOCORE_DATA_DIR": str(tmp_path / "data"),
        "INNOCORE_DATABASE_URL": settings.database_url, "INNOCORE_SECRET_KEY": settings.secret_key,
        "INNOCORE_BASE_URL": f"http://localhost:{port}", "INNOCORE_MAIL": "memory",
    }  # fmt: skip
    words = ["gevent", str(port)]
    with servers.copied("tests.canvases.live.serving", words, port, **environment):
        yield House(context, cast, canvas, port)


@one_database
def test_a_slow_reader_gets_one_frame_with_all_it_missed(house: House) -> None:
    one, slow = open_page(house, "lead"), open_page(house, "member")
    texts = {f"{number} " + "x" * 19_000 for number in range(60)}
    for text in sorted(texts):
        last = one.add(text)
        one.until(lambda last=last: last in one.acked)
    slow.until(lambda: slow.texts() == texts, 15)
    # The kernel held some frames; the rest came as one, not one by one.
    assert slow.frames < len(texts) * 1.5 < one.frames


@one_database
def test_one_reader_that_does_not_read_holds_up_nobody(house: House) -> None:
    one, other = open_page(house, "lead"), open_page(house, "member")
    stalled = open_page(house, "member")
    for number in range(40):
        text = f"{number} " + "x" * 19_000
        one.add(text)
        other.until(lambda text=text: text in other.texts(), 2.0)
        one.hear(0.01)
    _sees_all(one)
    assert stalled.texts() == set()


def _sees_all(page: Page) -> None:
    page.until(lambda: page.acked == set(range(1, page.seq + 1)))


@pytest.mark.parametrize(("size", "head"), [(5, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)])
def test_frames_say_their_length(size: int, head: int) -> None:
    frame = framed(b"x" * size)
    assert len(frame) == size + head
    assert frame[0] == 0x82 and not frame[1] & 0x80
    if head == 2:
        assert frame[1] == size
    else:
        assert frame[1] == (126 if head == 4 else 127)
        assert int.from_bytes(frame[2:head], "big") == size
