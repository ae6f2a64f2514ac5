"""The brief in a browser: rows and preview without losing a word, and a team's pages for axe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests import browsers, builders, cast, servers
from tests.challenges.drafts import brief
from workspace.challenges import actions
from workspace.foundation.clock import now
from workspace.foundation.unit import write

Visit = Callable[..., browsers.Visit]


@pytest.fixture
def written(live_app: Flask) -> tuple[cast.Cast, str]:
    """The cast, and the public id of a draft of the sponsor without a title."""
    with live_app.app_context():
        with write():
            people = cast.assemble()
        with write():
            draft = actions.open_challenge(
                people.actor("sponsor"), people.edition, people.company, brief(now(), title=""),
                now())
    return people, draft.public_id


def enter(seen: browsers.Visit, email: str) -> None:
    """Sign in on the ordinary form."""
    seen.page.goto("/sign-in")
    seen.page.fill("[name=email]", email)
    seen.page.fill("[name=password]", builders.PASSWORD)
    seen.page.press("[name=password]", "Enter")
    seen.page.wait_for_url(lambda url: "/sign-in" not in url)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_writing_a_brief(
    live_server: servers.Server, written: tuple[cast.Cast, str], visit: Visit, theme: str
) -> None:
    people, key = written
    seen = visit(live_server.url, width=390 if theme == "dark" else 1440, theme=theme)
    enter(seen, people.email("sponsor"))
    page = seen.page
    page.goto(f"/challenges/{key}/edit")
    assert browsers.accessibility_faults(page) == []
    page.fill("#problem", "Typed **but not saved**")
    page.get_by_role("button", name="Add a criterion").click()
    expect(page.locator("[name='criteria-2-title']")).to_be_visible()
    page.fill("[name='criteria-2-title']", "Third")
    page.get_by_role("button", name="Remove criterion 1").click()
    expect(page.locator("[name='criteria-2-title']")).to_have_count(0)
    expect(page.locator("[name='criteria-1-title']")).to_have_value("Third")
    expect(page.locator("#problem")).to_have_value("Typed **but not saved**")
    page.locator(".field", has=page.locator("#problem")).get_by_role(
        "button", name="Preview").click()
    expect(page.locator("#problem-preview strong")).to_have_text("but not saved")
    page.get_by_role("button", name="Send to review").click()
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page).to_have_title("Error: Edit: Untitled challenge · InnoCore")
    assert browsers.accessibility_faults(page) == []
    page.locator("#error-summary a", has_text="title").click()
    expect(page.locator("#title")).to_be_focused()
    page.fill("#title", "Cold chain")
    page.fill("[name='criteria-1-weight']", "60")
    page.get_by_role("button", name="Send to review").click()
    expect(page.get_by_text("Sent to review.")).to_be_visible()
