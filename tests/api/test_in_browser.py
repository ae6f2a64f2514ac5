"""Making a token and reading about the API, in a browser, on a wide and on a narrow screen."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests import browsers, builders, cast, servers
from workspace.foundation.unit import write

Visit = Callable[..., browsers.Visit]
WIDE = """(width) => [...document.querySelectorAll("main *")]
        .filter((it) => it.getBoundingClientRect().right > width
            || (it.matches("p, pre, li, h1, h2") && it.scrollWidth > it.clientWidth + 1))
        .map((it) => it.outerHTML.slice(0, 200)).slice(-5)"""
"""What stands out of the screen."""


@pytest.fixture
def people(live_app: Flask) -> cast.Cast:
    with live_app.app_context(), write():
        return cast.assemble()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_a_token_is_made_and_the_api_is_read(
    live_server: servers.Server, people: cast.Cast, visit: Visit, width: int, theme: str
) -> None:
    seen = visit(live_server.url, width=width, theme=theme)
    page = seen.page

    def look(name: str) -> None:
        assert browsers.accessibility_faults(page) == [], name
        wide = page.evaluate(WIDE, width)
        folder = os.environ.get("SHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{folder}/{name}-{width}-{theme}.png", full_page=name != "docs")
        assert wide == [], name

    page.goto("/api/docs")
    look("docs")
    page.goto("/sign-in")
    page.fill("[name=email]", people.email("lead"))
    page.fill("[name=password]", builders.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto("/settings/tokens")
    look("none")
    page.get_by_role("link", name="New token").click()
    page.wait_for_url("**/settings/tokens/new")
    look("new")
    page.get_by_role("textbox", name="Name").fill("Figures for the report")
    page.get_by_role("radio", name="Read and change").check()
    page.get_by_role("button", name="Make the token").click()
    page.get_by_text("Your new token").wait_for()
    look("made")
    page.goto("/settings/tokens")
    look("some")
    page.goto("/api/docs")
    look("docs-inside")
