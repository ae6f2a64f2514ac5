"""Pictures of the main pages of a fresh demo: python -m tests.journeys.shots FOLDER [NAME ...].

Every page is taken in both themes, 1440 and 390 pixels wide, as NAME-THEME-WIDTH.png. Names limit
what is taken. Exit code 1 when a page could not be reached, with the reason.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page

from tests import servers
from tests.browsers import PHONE, WIDE, Theme, Visit, chromium, visit

THEMES: tuple[Theme, ...] = ("light", "dark")
Way = Callable[[Page], object]


@dataclass(frozen=True)
class Shot:
    """One page: who looks (a role of the demo, or "" for a visitor), and how they get there."""

    name: str
    role: str
    way: Way


def at(path: str) -> Way:
    """Straight to an address."""
    return lambda page: page.goto(path)


def through(*words: str, start: str = "/") -> Way:
    """From the first page through links, each named by words in it."""

    def walk(page: Page) -> None:
        page.goto(start)
        for word in words:
            link = page.get_by_role("link", name=word).locator("visible=true").first
            page.goto(str(link.get_attribute("href")))

    return walk


def to_first(selector: str, start: str = "/") -> Way:
    """To where the first link that fits a selector leads."""

    def walk(page: Page) -> None:
        page.goto(start)
        page.goto(str(page.locator(selector).first.get_attribute("href")))

    return walk


SHOTS = (
    Shot("sign-in", "", at("/sign-in")),
    Shot("home-student", "Student", at("/")),
    Shot("home-mentor", "Mentor", at("/")),
    Shot("home-sponsor", "Sponsor", at("/")),
    Shot("home-officer", "Transfer officer", at("/")),
    Shot("home-lead", "Programme lead", at("/")),
    Shot("home-administrator", "Administrator", at("/")),
    Shot("canvas", "Team lead", to_first("a[href*='/canvases/']")),
    Shot("challenges", "Student", to_first("a[href*='/challenges']")),
    Shot("inbox", "Team lead", to_first("a[href*='/inbox']")),
    Shot("settings", "Team lead", to_first("a[href*='/settings']")),
)


def personas(output: str) -> dict[str, dict[str, Any]]:
    """The first persona of every role, from the demo's line of JSON."""
    found: dict[str, dict[str, Any]] = {}
    told = next(line for line in output.splitlines() if line.startswith("{"))
    for persona in json.loads(told)["personas"]:
        found.setdefault(persona["role"], persona)
    return found


def sign_in(page: Page, persona: dict[str, Any]) -> None:
    """On the ordinary form, as anybody would."""
    page.goto("/sign-in")
    page.get_by_label("Email").first.fill(persona["email"])
    page.get_by_label("Password").first.fill(persona["password"])
    page.get_by_role("button", name="Sign in", exact=True).first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url, wait_until="commit")


def still(page: Page) -> None:
    """Wait until the page has its fonts and nothing is on its way."""
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")


def take(
    browser: Browser, url: str, people: dict[str, dict[str, Any]], folder: Path, names: list[str]
) -> Iterator[str]:
    """Take every picture; gives one line for each page that could not be reached."""
    states: dict[str, Any] = {}
    for shot in SHOTS:
        if names and shot.name not in names:
            continue
        if shot.role and shot.role not in states:
            with visit(browser, url) as window:
                sign_in(window.page, people[shot.role])
                states[shot.role] = window.context.storage_state()
        for theme in THEMES:
            for width in (WIDE, PHONE):
                target = folder / f"{shot.name}-{theme}-{width}.png"
                with visit(
                    browser, url, width=width, theme=theme, storage_state=states.get(shot.role)
                ) as window:
                    yield from one(window, shot, target)


def one(window: Visit, shot: Shot, target: Path) -> Iterator[str]:
    """One picture of one page."""
    try:
        shot.way(window.page)
        still(window.page)
        window.page.screenshot(path=target, full_page=True)
        print(target, flush=True)
    except Error as problem:
        yield f"{target.name}: {problem.message.splitlines()[0]}"
    yield from window.complaints
    window.complaints.clear()


def main(folder: Path, names: list[str]) -> int:
    """Start a fresh demo, take the pictures, end it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        servers.demonstration(Path(data) / "demo") as demo,
        chromium() as browser,
    ):
        people = personas(demo.output())
        problems = list(take(browser, demo.url, people, folder, names))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
