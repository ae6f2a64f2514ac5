"""The palette by keyboard in a browser, for the eye and for assistive technology."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests import browsers, servers
from tests.journeys.shots import sign_in

Visit = Callable[..., browsers.Visit]


@pytest.mark.parametrize("width", [browsers.WIDE, browsers.PHONE])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_palette_is_accessible_and_led_by_keys(
    demo_server: servers.Server, visit: Visit, width: int, theme: browsers.Theme
) -> None:
    opened = visit(demo_server.url, width=width, theme=theme)
    page = opened.page
    sign_in(page, {"email": "lead@demo.innocore.example", "password": "open-canvas-2026"})
    account = page.get_by_role("button", name="Account of")
    account.focus()
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search")
    expect(box).to_be_focused()
    box.press_sequentially("te")
    options = page.get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert options.count() > 2
    expect(page.locator(".palette-said")).to_have_text(f"{options.count()} results")
    assert not browsers.accessibility_faults(page)
    wider: bool = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wider
    second = options.nth(1)
    page.keyboard.press("ArrowDown")
    expect(second).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", second.get_attribute("id") or "")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(account).to_be_focused()
    page.keyboard.press("Control+k")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    target = options.first.get_attribute("data-url")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{(target or '').split('#')[0]}**")


@pytest.mark.parametrize("width", [browsers.WIDE, browsers.PHONE])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_is_accessible(
    demo_server: servers.Server, visit: Visit, width: int, theme: browsers.Theme
) -> None:
    opened = visit(demo_server.url, width=width, theme=theme)
    page = opened.page
    sign_in(page, {"email": "lead@demo.innocore.example", "password": "open-canvas-2026"})
    for address in ("/search", "/search?q=canv", "/search?q=zzzzzz", "/search?q=canv&kind=notes"):
        page.goto(address)
        assert not browsers.accessibility_faults(page), address
        wider: bool = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wider, address
