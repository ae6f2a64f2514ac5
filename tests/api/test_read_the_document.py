"""The whole document against the application: every answer is one that the document names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as start_at
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.cast import Cast
from workspace.foundation.api import document

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_the_page_lists_every_door(app: Flask, cast: Cast) -> None:
    with app.app_context():
        paths = document()["paths"]
    text = app.test_client().get("/api/docs").get_data(as_text=True)
    assert len(paths) > 30
    assert all(path.replace("<", "&lt;") in text for path in paths)
    told = app.test_client().get("/api/openapi.json").json
    assert told is not None
    assert told["openapi"] == "3.1.0"


@pytest.mark.parametrize("seat", ["visitor", "lead", "administrator"])
def test_no_answer_is_outside_the_document(
    app: Flask, cast: Cast, key: Callable[..., str], seat: str
) -> None:
    with app.app_context():
        made = document()
    schema = schemathesis.openapi.from_dict(made)
    schema.app = app
    headers = {} if seat == "visitor" else {"Authorization": f"Bearer {key(seat)}"}
    known = {"team": cast.team.public_id, "challenge": cast.challenge.public_id,
             "edition": cast.edition.public_id}
    tried: list[int] = []

    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]

        @start_at(4)
        @settings(max_examples=4, deadline=None, database=None, phases=[Phase.generate],
                  suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def one(case: Any) -> None:
            for word, value in known.items():
                if word in (case.path_parameters or {}):
                    case.path_parameters[word] = value
            answer = case.call(headers=headers)
            tried.append(answer.status_code)
            assert answer.status_code < 500, (case.method, case.path, answer.text)
            case.validate_response(answer, checks=[
                not_a_server_error,
                checks.status_code_conformance,
                checks.content_type_conformance,
                checks.response_schema_conformance,
            ])

        one()
    assert len(tried) > 150
    assert seat == "visitor" or 200 in tried
