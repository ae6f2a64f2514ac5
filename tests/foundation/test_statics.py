"""Static files are packed for browsers that can unpack them; pages never are."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient

import workspace
from tests.cast import Cast
from workspace.accounts.models import Person

STATIC = Path(workspace.__file__).parent / "static"
PACKED = {"Accept-Encoding": "gzip, br"}


def test_scripts_are_packed_when_the_browser_takes_it(client: FlaskClient) -> None:
    plain = (STATIC / "app" / "board.js").read_bytes()
    answer = client.get("/static/app/board.js", headers=PACKED)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.vary
    assert len(answer.data) < len(plain) / 2
    assert gzip.decompress(answer.data) == plain
    assert answer.content_length == len(answer.data)


def test_they_stay_as_they_are_for_others(client: FlaskClient) -> None:
    plain = (STATIC / "app" / "board.js").read_bytes()
    for headers in ({}, {"Accept-Encoding": "gzip;q=0, identity"}):
        answer = client.get("/static/app/board.js", headers=headers)
        assert "Content-Encoding" not in answer.headers
        assert "Accept-Encoding" in answer.vary
        assert answer.data == plain


def test_a_part_of_a_file_is_not_packed(client: FlaskClient) -> None:
    answer = client.get("/static/app/board.js", headers={**PACKED, "Range": "bytes=0-9"})
    assert answer.status_code == 206
    assert "Content-Encoding" not in answer.headers
    assert len(answer.data) == 10


def test_what_the_browser_has_is_not_sent_again(client: FlaskClient) -> None:
    mark = client.get("/static/app/board.js", headers=PACKED).headers["ETag"]
    answer = client.get("/static/app/board.js", headers={**PACKED, "If-None-Match": mark})
    assert answer.status_code == 304
    assert answer.data == b""


def test_pages_and_fonts_are_never_packed(client: FlaskClient) -> None:
    for path in ("/sign-in", "/static/fonts/inter-latin.woff2"):
        answer = client.get(path, headers=PACKED)
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers


def test_they_carry_nobodys_cookie(cast: Cast, enter: Callable[[Person], FlaskClient]) -> None:
    """They may be kept by whoever stands between: a cookie in them would be kept as well."""
    answer = enter(cast.person("lead")).get("/static/app/core.css")
    assert "public" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


def test_a_page_leaves_the_cookie_alone(cast: Cast, enter: Callable[[Person], FlaskClient]) -> None:
    """An answer that comes late would else bring back the secret that was just changed."""
    browser = enter(cast.person("lead"))
    browser.get("/")  # the forgery token of this browser is made
    assert "Set-Cookie" not in browser.get("/").headers


def test_a_missing_file_is_a_page_and_kept_nowhere(
    cast: Cast, enter: Callable[[Person], FlaskClient]
) -> None:
    answer = enter(cast.person("lead")).get("/static/app/gone.css")
    assert answer.status_code == 404
    assert cast.person("lead").name in answer.text  # the frame of the person who asked
    assert answer.headers["Cache-Control"] == "no-store"
