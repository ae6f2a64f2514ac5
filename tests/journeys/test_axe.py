"""Every persona of the demo finds her own pages free of faults: in both themes and both widths, to
a screen reader, on paper, and in Italian, where what stays English says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests import browsers, servers
from tests.journeys import foreign, paper, tree
from tests.journeys.shots import personas, sign_in, still

Visit = Callable[..., browsers.Visit]
MOST = 14
"""Pages of one persona; pages that differ by an id only are looked at once."""
LOOKS: tuple[tuple[int, browsers.Theme], ...] = (
    (browsers.WIDE, "light"), (browsers.WIDE, "dark"),
    (browsers.PHONE, "light"), (browsers.PHONE, "dark"),
)  # fmt: skip
IDS = re.compile(r"[A-Za-z0-9_-]{22}|\d+")
ITALIAN = {
    "Team lead": (
        "a[href$='/checklists']", "a[href$='/checklists'] > main a[href*='/checklists/']",
        "a[href$='/readiness']", "a[href$='/canvases']", "main a[href*='/canvases/']",
        "a[href$='/canvases'] > main a[href$='/list']",
        "a[href$='/canvases'] > main a[href$='/new']", "a[href$='/feedback']",
    ),
    "Reviewer": ("a[href$='/reviews'] > main a[href*='/reviews/']",),
    "Transfer officer": ("a[href$='/queue']",),
}  # fmt: skip
"""Where definitions are shown: ways of links from the first page."""
ROLES = (
    "Student", "Team lead", "Mentor", "Sponsor", "Transfer officer", "Programme lead",
    "Administrator", "Reviewer", "Principal investigator", "Facility manager", "Scout",
)  # fmt: skip


def paths_of(page: Page) -> list[str]:
    """Where the links of a page lead within the house."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('a[href]:not([download])')]"
        ".filter(a => a.origin === location.origin).map(a => a.pathname)"
    )
    return [it for it in found if not it.startswith(("/static/", "/files/"))]


@pytest.mark.parametrize("role", ROLES)
def test_the_pages_of_a_persona_are_accessible(
    role: str, demo_server: servers.Server, visit: Visit
) -> None:
    people = {it["role"]: it for it in personas_of(demo_server)}
    window = visit(demo_server.url)
    page = window.page
    sign_in(page, people[role])
    waiting, seen, faults = ["/"], set[str](), []
    looked = 0
    while waiting and looked < MOST:
        path = waiting.pop(0)
        pattern = IDS.sub("*", path)
        if pattern in seen:
            continue
        seen.add(pattern)
        answer = page.goto(path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        if answer.status != 200:
            faults.append(f"{path} answers {answer.status}")
            continue
        width, theme = LOOKS[looked % 4], LOOKS[(looked + 1) % 4]
        looked += 1
        for wide, tone in (width, theme):
            page.set_viewport_size({"width": wide, "height": browsers.HEIGHTS[wide]})
            page.emulate_media(color_scheme=tone)
            still(page)
            faults += [
                f"{path} at {wide} {tone}: {it}" for it in browsers.accessibility_faults(page)
            ]
        page.set_viewport_size({"width": browsers.WIDE, "height": browsers.HEIGHTS[browsers.WIDE]})
        faults += [f"{path}, in the tree: {it}" for it in tree.faults_of(page)]
        faults += [f"{path}, on paper: {it}" for it in paper.faults_of(page)]
        waiting += paths_of(page)
    assert looked > 3
    assert not faults, "\n".join(faults)


def test_what_stays_english_says_so(demo_server: servers.Server, visit: Visit) -> None:
    people = {it["role"]: it for it in personas_of(demo_server)}
    faults = []
    for role, ways in ITALIAN.items():
        page = visit(demo_server.url).page
        sign_in(page, people[role])
        page.goto("/help")
        foreign.speak(page, "it")
        for way in ways:
            page.goto("/")
            for step in way.split(" > "):
                page.goto(str(page.locator(step).first.get_attribute("href")).partition("#")[0])
            still(page)
            if page.locator("#board").count():
                page.locator("#board[aria-busy=true]").wait_for(state="detached")
            faults += [f"{role}, {page.url}: {it}" for it in foreign.faults_of(page)]
        page.goto("/help")
        foreign.speak(page, "en")
    assert not faults, "\n".join(faults)


def personas_of(server: servers.Server) -> list[dict[str, Any]]:
    """Everybody that the demo names."""
    return list(personas(server.output()).values())
