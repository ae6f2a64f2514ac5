"""A body that is too large is refused before anything reads it, whatever the address."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
MEGABYTE = 1024 * 1024


@pytest.mark.parametrize("path", ["/sign-in", "/join", "/nowhere"])
def test_an_address_without_files_takes_one_megabyte(client: FlaskClient, path: str) -> None:
    upload = {"file": (io.BytesIO(b"a" * 2 * MEGABYTE), "a.pdf")}
    for sent in (
        client.post(path, data=upload, content_type="multipart/form-data"),
        client.post(path, data="text=" + "a" * 2 * MEGABYTE,
                    content_type="application/x-www-form-urlencoded"),
    ):
        assert sent.status_code == 413
