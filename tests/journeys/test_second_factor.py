"""An officer with a second factor: set up on the first day, used on the second, and a passkey."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import CDPSession, Page, expect
from sqlalchemy import select

from tests import browsers, builders, servers
from tests.accounts.factors import code
from tests.journeys.staging import Stage, look
from tests.leaks.planting.boards import board
from workspace.accounts.models import AuthenticatorApp, Person, SignIn
from workspace.foundation.clock import now, today
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.releases import actions as releases
from workspace.releases import queries as release_queries

Visit = Callable[..., browsers.Visit]
WORDS = "The signature of the agreement is missing on page two."


@pytest.fixture
def live_server(
    sqlite_databases: servers.SqliteDatabases, tmp_path: Path
) -> Iterator[servers.Server]:
    """A house in which strong roles need a second factor."""
    with (
        sqlite_databases.fresh() as url,
        servers.workspace(tmp_path / "served", url, second_factor="required") as served,
    ):
        yield served


def fill_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def grow_old(app: Flask, email: str) -> None:
    """The officer proved long ago who she is; the app's code of before counts no more."""
    with app.app_context(), write():
        person = session().scalars(select(Person).where(Person.email == email)).one()
        for row in session().scalars(select(SignIn).where(SignIn.person_id == person.id)):
            row.fresh_at = now() - timedelta(minutes=20)
        for held in session().scalars(select(AuthenticatorApp)):
            held.last_step -= 3


def asked_release(stage: Stage) -> str:
    story, cast = stage.story, stage.cast
    with stage.app.test_request_context():
        board(story)
        lead = story.a(cast.person("lead"))
        canvas = next(
            it for it in release_queries.offered(lead, story.team) if it.kind.kind == "canvas"
        )
        draft = releases.RequestDraft(
            canvas.key, canvas.title, canvas.version, "sponsor", cast.company,
            today(story.team.edition.zone), "For the call with the sponsor.",
        )  # fmt: skip
        with write():
            return releases.request_release(lead, story.team, draft, now()).public_id


def with_authenticator(page: Page) -> tuple[CDPSession, str]:
    """Give the browser a device that holds passkeys and knows its owner's finger."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    made = line.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    return line, str(made["authenticatorId"])


@pytest.mark.parametrize("width", [browsers.WIDE, browsers.PHONE])
def test_an_officer_with_a_second_factor(stage: Stage, visit: Visit, width: int) -> None:
    public_id, email = asked_release(stage), stage.emails["officer"]
    page = visit(stage.server.url, width=width).page
    fill_in(page, email)
    expect(page.get_by_role("heading", name="Your role needs a second factor")).to_be_visible()
    look(page, f"factor-1-set-up-{width}")
    answer = page.request.get(f"/releases/{public_id}")
    assert answer.status == 404

    page.get_by_role("link", name="Set up an authenticator app").click()
    page.get_by_text("I cannot scan it").click()
    look(page, f"factor-2-app-{width}")
    spelled = str(page.locator("details code").text_content()).replace(" ", "")
    secret = base64.b32decode(spelled)
    page.get_by_label("Code that the app shows").fill("000000")
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_text("This code does not fit").first).to_be_visible()
    again = str(page.locator("details code").text_content()).replace(" ", "")
    assert again == spelled
    page.get_by_label("Code that the app shows").fill(code(secret=secret))
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    look(page, f"factor-3-codes-{width}")
    codes = page.locator(".codes code").all_text_contents()
    with page.expect_download() as kept:
        page.get_by_role("button", name="Download").click()
    assert kept.value.path().read_text().split() == codes

    grow_old(stage.app, email)
    page.goto(f"/releases/{public_id}")
    page.get_by_label("Refuse", exact=False).first.check()
    page.locator("textarea").first.fill(WORDS)
    page.get_by_role("button", name=re.compile("decision|Decide|Record")).first.click()
    expect(page.get_by_role("heading", name="Confirm it is you")).to_be_visible()
    look(page, f"factor-4-confirm-{width}")
    page.get_by_label("Code of your authenticator").fill(code(secret=secret))
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.get_by_text("Your decision is with the team.")).to_be_visible()
    page.goto(f"/releases/{public_id}")
    expect(page.get_by_text(WORDS).first).to_be_visible()
    look(page, f"factor-5-decided-{width}")

    second = visit(stage.server.url, width=width).page
    fill_in(second, email)
    expect(second.get_by_role("heading", name="One more step")).to_be_visible()
    look(second, f"factor-6-second-{width}")
    second.get_by_label("Code", exact=True).fill(codes[0])
    second.get_by_role("button", name="Go on").click()
    second.goto(f"/releases/{public_id}")
    expect(second.get_by_text(WORDS).first).to_be_visible()
    second.goto("/settings/security")
    expect(second.get_by_text("9 codes left")).to_be_visible()
    look(second, f"factor-7-security-{width}")
    second.goto("/settings/sessions")
    look(second, f"factor-8-sessions-{width}")
    second.get_by_role("button", name="End all other sessions").click()
    page.goto("/settings")
    expect(page.get_by_role("heading", name="Sign in to your workspace")).to_be_visible()


def test_a_passkey_is_both_steps_in_one(stage: Stage, visit: Visit) -> None:
    email = stage.emails["officer"]
    page = visit(stage.server.url).page
    line, device = with_authenticator(page)
    fill_in(page, email)
    page.get_by_role("link", name="Add a passkey").click()
    expect(page.get_by_label("Name of the passkey")).to_have_value(re.compile("Chrome"))
    look(page, "passkey-1-new")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    assert page.request.get("/queue").status == 200

    page.context.clear_cookies()
    page.goto("/sign-in?next=/settings/security")
    look(page, "passkey-2-sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Last used")).to_be_visible()
    assert page.request.get("/queue").status == 200

    grow_old(stage.app, email)
    page.goto("/settings/email")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Another email address")).to_be_visible()

    page.context.clear_cookies()
    fill_in(page, email)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    assert page.request.get("/queue").status == 200

    # A device that does not know the finger: the browser asks on, and nobody is let in.
    page.context.clear_cookies()
    page.goto("/sign-in")
    line.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_timeout(500)
    assert "/sign-in" in page.url
    assert page.request.get("/settings", max_redirects=0).status == 302
