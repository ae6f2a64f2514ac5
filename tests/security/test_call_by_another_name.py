"""A Host that is not ours gets a short refusal, and leaves no traceback behind."""

from __future__ import annotations

import logging

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize("host", ["elsewhere.example", "localhost.elsewhere.example"])
def test_a_foreign_host_is_refused_quietly(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, host: str
) -> None:
    with caplog.at_level(logging.WARNING):
        answer = client.get("/sign-in", headers={"Host": host})
    assert answer.status_code == 400
    assert host not in answer.text
    assert not caplog.records
