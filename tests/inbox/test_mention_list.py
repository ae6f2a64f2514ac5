"""In the browser: "@" offers people, keys and pointer choose, and the note's page can be used."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests import browsers
from tests.servers import Server

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("width", "theme"), [(browsers.WIDE, "light"), (browsers.PHONE, "dark")], ids=str
)
def test_a_name_is_chosen_by_keys(
    demo_server: Server, visit: Callable[..., browsers.Visit], width: int, theme: str,
    database: str,
) -> None:
    page = visit(demo_server.url, width=width, theme=theme).page
    page.goto("/sign-in")
    page.fill("[name=email]", "student@demo.innocore.example")
    page.fill("[name=password]", "open-canvas-2026")
    page.locator("form:has([name=password]) button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url, wait_until="commit")
    canvas = page.locator("a[href*='/canvases/']").first.get_attribute("href") or ""
    found = re.search(r"/canvases/[A-Za-z0-9_-]{22}", canvas)
    assert found is not None
    page.goto(f"{found[0]}/list")
    page.goto(page.locator("a[href*='/notes/']").first.get_attribute("href") or "")
    field = page.locator("textarea[data-mentions]")
    field.press_sequentially("Look, @")
    listed = page.locator("#mention-list [role=option]")
    listed.first.wait_for()
    assert browsers.accessibility_faults(page) == []
    name = listed.first.inner_text()
    assert field.get_attribute("aria-activedescendant") == "mention-1"
    field.press("Escape")
    assert listed.count() == 0
    field.press_sequentially(name[0])
    listed.first.wait_for()
    field.press("ArrowDown")
    field.press("ArrowUp")
    field.press("Enter")
    assert re.fullmatch(r"Look, @\[[^\]]+\]\([A-Za-z0-9_-]{22}\) ", field.input_value())
    assert listed.count() == 0
