"""What every request passes: forgery check, headers, error answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.foundation.web import declared_doors, local_path

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def test_every_door_says_who_may(context: Flask) -> None:
    assert len(declared_doors()) > 5


def test_start_fails_when_a_door_says_nothing(context: Flask) -> None:
    context.add_url_rule("/backdoor", "backdoor", lambda: "open")
    with pytest.raises(RuntimeError, match="backdoor"):
        declared_doors()


def test_every_unsafe_method_needs_the_token(context: Flask, client: FlaskClient) -> None:
    tried = 0
    for door in declared_doors():
        for method in set(door.methods) & set(UNSAFE):
            path = door.path
            for part in ("team", "x"):
                path = path.replace(f"<{part}>", "AAAAAAAAAAAAAAAAAAAAAA")
            while "<" in path:
                start, end = path.index("<"), path.index(">")
                path = path[:start] + "1" + path[end + 1 :]
            answer = client.open(path, method=method)
            # Programs carry no cookie that could be forged; without their token nobody is heard.
            expected = {401} if door.path.startswith("/api/v1/") else {400, 404}
            assert answer.status_code in expected, (method, path)
            tried += 1
    assert tried > 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.post("/inbox/read", headers=headers)
    assert answer.status_code == 400
    assert "expired" in answer.text


def test_headers_of_every_page(client: FlaskClient) -> None:
    answer = client.get("/sign-in")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]
    assert answer.headers["X-Request-Id"]


def test_a_foreign_host_is_refused(client: FlaskClient) -> None:
    assert client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400


def test_a_visitor_is_sent_to_sign_in_and_a_script_is_told(client: FlaskClient) -> None:
    answer = client.get("/inbox?group=news")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in?next=/inbox%3Fgroup%3Dnews"
    told = client.get("/inbox", headers={"Accept": "application/json"})
    assert told.status_code == 401
    assert told.json is not None
    assert told.json["error"] == "login_required"
    piece = client.get("/inbox", headers={"HX-Request": "true"})
    assert piece.status_code == 401
    assert piece.headers["HX-Redirect"].startswith("/sign-in")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:x",
        "/a\tb", "/\n/evil", "evil", "", None, "/" + "a" * 3000,
    ],
)
def test_next_goes_nowhere_else(target: str | None) -> None:
    assert local_path(target) is None


def test_next_goes_home() -> None:
    assert local_path("/teams/abc?x=1#y") == "/teams/abc?x=1#y"


@pytest.mark.parametrize("address", ["/teams/%00", "/inbox?group=%00", "/inbox?%00=1"])
def test_a_nul_in_an_address_is_a_bad_request(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 400


def test_a_number_that_no_column_holds_is_a_bad_request(
    cast: Cast, enter: Callable[[Person], FlaskClient]
) -> None:
    answer = enter(cast.person("lead")).get(f"/inbox?before={10**30}")
    assert answer.status_code in {200, 400}
