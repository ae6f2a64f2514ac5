"""Signing in with a university account, against an OpenID provider in a process of its own."""
# ruff: noqa: S310 - only the provider that this file starts is asked

from __future__ import annotations

import dataclasses
import json
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests import builders, servers
from tests.accounts.factors import give_app
from tests.accounts.pages import is_signed_in, send, sign_in
from tests.accounts.test_fresh_proof import grow_old
from tests.cast import Cast
from workspace.accounts import openid
from workspace.accounts.models import Identity, Person
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.providers import Provider, read
from workspace.foundation.settings import Settings

Enter = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NEXT = re.compile(r'http-equiv="refresh" content="0;url=([^"]+)"')
CLIENT, SECRET = "innocore", "a client's secret"


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """The provider's address."""
    port = servers.free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    with servers.process(command, port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def settings(settings: Settings, issuer: str) -> Settings:
    rows = [
        {
            "issuer": issuer,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "label": "Test University",
            "domains": ["campus.example"],
        }
    ]
    return dataclasses.replace(settings, sign_in_providers=json.dumps(rows))


def enrol(issuer: str, subject: str, **claims: Any) -> None:
    """Have the provider know somebody."""
    asked = urllib.request.Request(
        f"{issuer}/users/{subject}",
        json.dumps(claims).encode(),
        {"Content-Type": "application/json"},
        method="PUT",
    )
    with urllib.request.urlopen(asked, timeout=5) as came:
        assert came.status in {200, 204}


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


def allow(url: str, subject: str) -> str:
    """Sign in at the provider; the path with which it sends the browser back."""
    asked = urllib.request.Request(url, urlencode({"sub": subject}).encode(), method="POST")
    try:
        urllib.request.build_opener(_Stay).open(asked, timeout=5)
    except urllib.error.HTTPError as came:
        back = urlsplit(came.headers["Location"])
        return f"{back.path}?{back.query}"
    raise AssertionError("the provider sent nobody back")


def off(
    client: FlaskClient, path: str = "/providers/0/start", on: str = "/sign-in", **fields: Any
) -> str:
    """Press the button; the address at the provider."""
    found = NEXT.search(send(client, path, on=on, **fields).text)
    assert found is not None
    return unescape(found[1])


def come(client: FlaskClient, subject: str, **fields: Any) -> TestResponse:
    """There and back."""
    return client.get(allow(off(client, **fields), subject))


def linked(app: Flask) -> list[tuple[int, str]]:
    with app.app_context():
        return [(it.person_id, it.subject) for it in session().scalars(select(Identity))]


def link(client: FlaskClient, subject: str) -> TestResponse:
    path = "/settings/security/providers/0/link"
    return client.get(allow(off(client, path, "/settings/security"), subject))


def test_the_way_to_the_provider_carries_every_safeguard(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    asked = parse_qs(urlsplit(off(client)).query)
    assert asked["code_challenge_method"] == ["S256"] and len(asked["code_challenge"][0]) == 43
    assert len(asked["state"][0]) >= 40 and len(asked["nonce"][0]) >= 40
    assert asked["response_type"] == ["code"]
    again = parse_qs(urlsplit(off(app.test_client())).query)
    assert {asked[it][0] for it in ("state", "nonce", "code_challenge")}.isdisjoint(
        again[it][0] for it in ("state", "nonce", "code_challenge")
    )


def test_linked_in_the_settings_then_signed_in(
    app: Flask, cast: Cast, enter: Enter, issuer: str
) -> None:
    enrol(issuer, "rita-1", email="other@campus.example", email_verified=True)
    assert link(enter(cast.person("lead")), "rita-1").location == "/settings/security"
    assert linked(app) == [(cast.person("lead").id, "rita-1")]
    browser = app.test_client()
    assert come(browser, "rita-1", next="/settings/display").location == "/settings/display"
    assert cast.email("lead") in browser.get("/settings/security").text


def test_a_second_factor_is_asked_for_all_the_same(
    app: Flask, cast: Cast, enter: Enter, issuer: str
) -> None:
    enrol(issuer, "rita-2")
    link(enter(cast.person("lead")), "rita-2")
    give_app(app, cast.person("lead"))
    browser = app.test_client()
    assert come(browser, "rita-2").location == "/sign-in/second"
    assert not is_signed_in(browser)


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_proved_links_nothing(
    app: Flask, cast: Cast, client: FlaskClient, issuer: str, verified: Any
) -> None:
    enrol(issuer, "thief", email=cast.email("lead"), email_verified=verified)
    shown = come(client, "thief")
    assert "No account here is linked" in shown.text
    sign_in(client, cast.email("lead"))
    assert is_signed_in(client) and linked(app) == []


def test_a_proved_address_is_linked_after_one_sign_in(
    app: Flask, cast: Cast, client: FlaskClient, issuer: str
) -> None:
    enrol(issuer, "rita-3", email=cast.email("lead"), email_verified=True)
    shown = come(client, "rita-3")
    assert "Sign in once as before" in shown.text and not is_signed_in(client)
    assert linked(app) == []
    sign_in(client, cast.email("lead"))
    assert linked(app) == [(cast.person("lead").id, "rita-3")]


def test_somebody_else_who_signs_in_then_is_not_linked(
    app: Flask, cast: Cast, client: FlaskClient, issuer: str
) -> None:
    enrol(issuer, "rita-4", email=cast.email("lead"), email_verified=True)
    come(client, "rita-4")
    sign_in(client, cast.email("rival"))
    assert is_signed_in(client) and linked(app) == []


def test_a_newcomer_of_the_providers_own_domain_gets_an_account(
    app: Flask, cast: Cast, client: FlaskClient, issuer: str
) -> None:
    enrol(issuer, "new-1", email="new@campus.example", email_verified=True, name="Nora New")
    assert come(client, "new-1").location == "/"
    with app.app_context():
        made = session().scalars(select(Person).where(Person.email == "new@campus.example")).one()
        assert (made.name, made.password) == ("Nora New", None) and made.confirmed_at is not None
    for subject, address in (("new-2", "x@elsewhere.example"), ("new-3", "x@a.campus.example")):
        enrol(issuer, subject, email=address, email_verified=True)
        assert "No account here is linked" in come(app.test_client(), subject).text


def test_what_came_back_counts_once_and_in_the_same_browser(
    app: Flask, cast: Cast, enter: Enter, issuer: str
) -> None:
    enrol(issuer, "rita-5")
    link(enter(cast.person("lead")), "rita-5")
    browser, thief = app.test_client(), app.test_client()
    back = allow(off(browser), "rita-5")
    off(thief)
    assert "Start again" in thief.get(back).text or "Try again" in thief.get(back).text
    assert not is_signed_in(thief)
    assert browser.get(back).status_code == 303
    browser.post("/sign-out")
    replayed = app.test_client()
    assert replayed.get(back).status_code == 422 and not is_signed_in(replayed)


def test_a_changed_state_or_a_refusal_lets_nobody_in(
    app: Flask, cast: Cast, enter: Enter, issuer: str
) -> None:
    enrol(issuer, "rita-6")
    link(enter(cast.person("lead")), "rita-6")
    browser = app.test_client()
    back = allow(off(browser), "rita-6")
    assert browser.get(back.replace("state=", "state=x")).status_code == 422
    assert not is_signed_in(browser)
    off(browser)
    assert "did not let you in" in browser.get("/providers/callback?error=access_denied").text


def test_an_answer_without_the_name_that_its_provider_promised_lets_nobody_in(
    app: Flask, cast: Cast, enter: Enter, issuer: str
) -> None:
    """RFC 9207: with several providers, an answer of one could be taken for another's."""
    enrol(issuer, "rita-8")
    link(enter(cast.person("lead")), "rita-8")
    known = app.extensions["innocore.openid"]
    at, said = known[issuer]
    known[issuer] = (at, {**said, "authorization_response_iss_parameter_supported": True})
    for named, status in (("", 422), ("https://id.example.evil", 422), (issuer, 303)):
        browser = app.test_client()
        back = allow(off(browser), "rita-8")
        assert "iss=" not in back
        come_back = f"{back}&{urlencode({'iss': named})}" if named else back
        assert browser.get(come_back).status_code == status, named
        assert is_signed_in(browser) == (status == 303)


def test_an_account_linked_with_somebody_stays_hers(
    app: Flask, cast: Cast, enter: Enter, issuer: str
) -> None:
    enrol(issuer, "rita-7")
    link(enter(cast.person("lead")), "rita-7")
    assert "Another account is linked" in link(enter(cast.person("rival")), "rita-7").text
    assert linked(app) == [(cast.person("lead").id, "rita-7")]


def test_unlinking_is_ones_own_and_leaves_a_way_in(
    app: Flask, cast: Cast, enter: Enter, issuer: str
) -> None:
    enrol(issuer, "new-9", email="nine@campus.example", email_verified=True)
    browser = app.test_client()
    come(browser, "new-9")
    with app.app_context():
        path = (
            f"/settings/security/identities/{session().scalars(select(Identity)).one().public_id}"
        )
    stranger = enter(cast.person("lead"))
    assert send(stranger, f"{path}/unlink", on="/settings/security").status_code == 404
    refused = send(browser, f"{path}/unlink", on="/settings/security")
    assert refused.status_code == 422 and "Set a password first" in refused.text
    send(browser, "/settings/password", password="a wholly different phrase")
    assert send(browser, f"{path}/unlink", on="/settings/security").status_code == 303
    assert linked(app) == []


def test_linking_wants_a_fresh_proof(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("lead"))
    grow_old(app)
    path = "/settings/security/providers/0/link"
    assert send(client, path, on="/settings/security").status_code == 403
    send(client, "/confirm-it-is-you", password=builders.PASSWORD)
    assert send(client, path, on="/settings/security").status_code == 200


def test_a_provider_confirms_when_it_asked_anew(
    app: Flask, cast: Cast, enter: Enter, issuer: str
) -> None:
    client, path = enter(cast.person("lead")), "/settings/security/providers/0/link"
    enrol(issuer, "rita-again", auth_time=int(time.time()) - 3600)
    link(client, "rita-again")

    def confirm() -> TestResponse:
        return client.get(
            allow(off(client, "/confirm-it-is-you/0", "/confirm-it-is-you"), "rita-again")
        )

    grow_old(app)
    stale = confirm()
    assert stale.status_code == 422 and "did not ask you anew" in stale.text
    assert send(client, path, on="/settings/security").status_code == 403
    enrol(issuer, "rita-again", auth_time=int(time.time()))
    assert confirm().status_code == 200
    assert send(client, path, on="/settings/security").status_code == 200


# --- the ID token alone -----------------------------------------------------------------------

PROVIDER = Provider(0, "https://id.example", CLIENT, SECRET, "Test University")
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
KEYS = KeySet([KEY])
JOURNEY = openid.Journey(0, "state", "nonce", "verifier", "in", began=int(time.time()))


def token(key: Any = KEY, header: Mapping[str, Any] | None = None, **changed: Any) -> str:
    at = int(time.time())
    claims: dict[str, Any] = {
        "iss": PROVIDER.issuer,
        "aud": CLIENT,
        "sub": "somebody",
        "exp": at + 300,
        "iat": at,
        "nonce": "nonce",
        **changed,
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    asked = dict(header or {"alg": "RS256", "kid": "one"})
    return jwt.encode(asked, claims, key, algorithms=[asked["alg"]])


def test_a_good_token_is_read(context: Flask) -> None:
    found = openid.checked(PROVIDER, JOURNEY, token(aud=[CLIENT]), KEYS)
    assert (found.issuer, found.subject, found.email) == (PROVIDER.issuer, "somebody", "")


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://id.example.evil"},
        {"iss": None},
        {"aud": "another"},
        {"aud": None},
        {"aud": [CLIENT, "another"]},
        {"azp": "another"},
        {"exp": 1},
        {"exp": None},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"iat": None},
        {"iat": int(time.time()) + 3600},
    ],
    ids=str,
)
def test_a_wrong_claim_is_refused(context: Flask, changed: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        openid.checked(PROVIDER, JOURNEY, token(**changed), KEYS)


def test_another_signature_is_refused(context: Flask) -> None:
    stranger = RSAKey.generate_key(2048, {"kid": "one"})
    shared = OctKey.import_key(SECRET * 3)
    good = token()
    for wrong in (
        token(stranger),
        token(header={"alg": "RS384", "kid": "one"}),
        token(shared, {"alg": "HS256", "kid": "one"}),
        good.rpartition(".")[0] + ".",
        "eyJhbGciOiJub25lIn0." + good.split(".")[1] + ".",
        good[:-4] + "AAAA",
        "",
        "a.b.c",
    ):
        with pytest.raises(Refused):
            openid.checked(PROVIDER, JOURNEY, wrong, KEYS)


def test_to_confirm_the_provider_must_have_asked_anew(context: Flask) -> None:
    at = int(time.time())
    journey = dataclasses.replace(JOURNEY, purpose="again")
    for wrong in (None, at - 3600, "now"):
        with pytest.raises(Refused):
            openid.checked(PROVIDER, journey, token(auth_time=wrong), KEYS)
    assert openid.checked(PROVIDER, journey, token(auth_time=at), KEYS).subject == "somebody"


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"issuer": "http://id.example"},
        {"issuer": "https://u@id.example"},
        {"issuer": "https://id.example?x"},
        {"client_secret": ""},
        {"algorithm": "none"},
        {"algorithm": "HS256"},
        {"domains": "campus.example"},
        {"domains": ["*"]},
        {"other": 1},
    ],
    ids=str,
)
def test_a_wrong_setting_stops_the_start(context: Flask, row: dict[str, Any]) -> None:
    good = {"issuer": "https://id.example", "client_id": "a", "client_secret": "b", "label": "c"}
    assert read(json.dumps([good]), plain_hosts=frozenset())[0].label == "c"
    with pytest.raises(ValueError, match="1:"):
        read(json.dumps([good | row if row else {}]), plain_hosts=frozenset())
