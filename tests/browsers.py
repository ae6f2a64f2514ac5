"""Browsers for journeys: Chromium through Playwright, with the complaints of every page kept."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

import machine

Theme = Literal["light", "dark"]
WIDE, PHONE = 1440, 390
HEIGHTS = {WIDE: 900, PHONE: 844}


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """One Chromium: $CHROMIUM, one on PATH, or the one of the npm package."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=machine.ensure_browser(),
            args=["--no-sandbox", "--font-render-hinting=none", "--disable-dev-shm-usage"],
        )
        try:
            yield started
        finally:
            started.close()


@dataclass
class Visit:
    """One person's browser: a context of its own, and what its pages complained about."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def forgive(self, words: str) -> None:
        """Take complaints with these words away: the test made them happen."""
        self.complaints[:] = [it for it in self.complaints if words not in it]

    def watch(self, page: Page) -> None:
        """Keep the page's script errors, policy violations and console errors."""
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._heard(page, message))

    def _heard(self, page: Page, message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.complaints.append(f"{page.url}: {message.text}")


@contextlib.contextmanager
def visit(
    browser: Browser,
    base_url: str,
    *,
    width: int = WIDE,
    theme: Theme = "light",
    **options: Any,
) -> Iterator[Visit]:
    """Open a browser window for one person; at the end its pages must not have complained."""
    phone = width <= 500
    context = browser.new_context(
        base_url=base_url,
        viewport={"width": width, "height": HEIGHTS.get(width, 900)},
        color_scheme=theme,
        has_touch=phone,
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/Rome",
        **options,
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    opened = Visit(context, page)
    context.on("page", opened.watch)
    opened.watch(page)
    try:
        yield opened
    finally:
        context.close()
    assert not opened.complaints, "\n".join(opened.complaints)


def accessibility_faults(page: Page) -> list[str]:
    """What axe finds on the page as it stands, one line a fault; empty when all is well."""
    if not page.evaluate("typeof axe === 'object'"):  # half a megabyte, once for each page
        page.evaluate(_axe())
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [
        f"{fault['id']} ({fault['impact']}): {fault['help']} - "
        + "; ".join(str(node["target"]) + " " + node["html"][:120] for node in fault["nodes"][:5])
        for fault in found
    ]


@functools.cache
def _axe() -> str:
    script: str = Axe().axe_script
    return script
