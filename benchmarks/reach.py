"""Whom the pages reach: axe, screen readers, 400 %, forced colours, paper, Italian, a slow phone.

Every persona of the demo walks through her pages (at most 25, each kind of address once). Each page
is looked at in both themes, 1440 and 390 px wide; at 320 px, which is 400 % of 1280, nothing may
reach beyond the side; in forced colours axe is asked again. The accessibility tree must name every
control by what it is about, styles for paper must leave nothing out and nothing on that only works
on a screen, titles must differ, and on the Italian page what stays English must say so. Forms that
are sent empty tie what is wrong to their fields. On a slow phone (4x CPU throttling, 1.6 Mbit/s,
150 ms) the five main pages must paint and settle within the budgets of docs/design.md.

python3 run.py bench reach [--most 25] [--only PERSONA]
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page

from benchmarks._report import Report
from tests import browsers, servers
from tests.journeys import foreign, paper, tree
from tests.journeys.shots import personas, sign_in, still

IDS = re.compile(r"[A-Za-z0-9_-]{22}|\d+")
LOOKS: tuple[tuple[int, browsers.Theme], ...] = (
    (browsers.WIDE, "light"), (browsers.WIDE, "dark"),
    (browsers.PHONE, "light"), (browsers.PHONE, "dark"),
)  # fmt: skip
REFLOW = 320
LINKS = (
    "[...document.querySelectorAll('a[href]:not([download])')]"
    ".filter(a => a.origin === location.origin).map(a => a.pathname)"
)
VITALS = """() => {
  window.__lcp = 0; window.__cls = 0; window.__long = 0;
  new PerformanceObserver(l => { for (const e of l.getEntries()) window.__lcp = e.startTime })
    .observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver(l => { for (const e of l.getEntries())
    if (!e.hadRecentInput) window.__cls += e.value })
    .observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver(l => { for (const e of l.getEntries())
    window.__long += Math.max(0, e.duration - 50) }).observe({ type: 'longtask', buffered: true });
}"""
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000,
        "uploadThroughput": 90_000}
KINDS = {
    "looks": "looks", "axe": "axe", "wide": "too wide at 400 %", "forced": "axe in forced colours",
    "tree": "faults in the accessibility tree", "paper": "faults on paper",
    "titles": "titles that stand twice", "english": "English that does not say so",
    "forms": "faults of forms that were sent empty",
}  # fmt: skip
"""Kind of fault -> how the report names it."""
WRONG = {
    "Visitor": (("/sign-in", "Sign in"),),
    "Team lead": (("/ a[href$='/releases'] > a[href$='/releases/new']", "Ask the transfer office"),
                  ("/ a[href$='/readiness']", "Claim the level")),
    "Student": (("/teams/new", "Start the team"), ("/settings/password", "Change password"),
                ("/settings/tokens/new", "Make the token")),
    "Sponsor": (("/challenges/new", "Send to review"),),
    "Transfer officer": (("/queue > main a[href*='/releases/']", "Decide"),),
    "Programme lead": (("/programmes/new", "Make the draft"),),
    "Administrator": (("/organisations/new", "Save organisation"),),
    "Reviewer": (("/reviews > main a[href*='/reviews/']", "Submit review"),),
}  # fmt: skip
"""Who sends which form empty: the way there, and the button."""
MAIN = {
    "sign-in": ("", "/sign-in", 1800),
    "overview": ("Programme lead", "/", 1800),
    "team home": ("Student", "/", 1800),
    "board": ("Team lead", "/ a[href*='/canvases/']", 2300),
    "review": ("Reviewer", "/reviews a[href^='/reviews/']", 1800),
}
"""Page -> who looks, where it is (or where a link leads there), ms until the largest paint."""


def pages_of(page: Page, most: int) -> Iterator[str]:
    """Every kind of page that links lead to, breadth first."""
    waiting, seen, given = ["/"], set[str](), 0
    while waiting and given < most:
        path = waiting.pop(0)
        kind = IDS.sub("*", path)
        if kind in seen or path.startswith(("/static/", "/files/")):
            continue
        seen.add(kind)
        try:
            answer = page.goto(path)
        except Error as problem:
            if "Download is starting" in problem.message:
                continue
            raise
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        given += 1
        found: list[str] = page.evaluate(LINKS)
        waiting += found
        yield path


def walk(
    browser: Browser, url: str, persona: dict[str, Any] | None, most: int
) -> dict[str, list[str]]:
    """All faults of one person's pages, by kind."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    titles: dict[str, dict[str, str]] = {}
    with browsers.visit(browser, url) as window:
        page = window.page
        if persona is not None:
            sign_in(page, persona)
        for path in pages_of(page, most):
            found["looks"] += _looks(page, path, found)
            page.set_viewport_size({"width": browsers.WIDE, "height": 900})
            found["tree"] += [f"{path}: {it}" for it in tree.faults_of(page)]
            found["paper"] += [f"{path}: {it}" for it in paper.faults_of(page)]
            # One page may stand at two addresses: the list of a canvas is its board for some.
            titles.setdefault(page.title(), {})[page.locator("main").inner_text()] = path
        found["titles"] = [f"{it}: {', '.join(where.values())}" for it, where in titles.items()
                           if len(where) > 1 or not it.partition(" · ")[0]]
        if persona is not None:
            found["english"] = in_italian(page, most)
        window.complaints.clear()
    return found


def _looks(page: Page, path: str, found: dict[str, list[str]]) -> list[str]:
    """Both themes, both widths, 400 % and forced colours; gives what was looked at."""
    for width, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": browsers.HEIGHTS[width]})
        page.emulate_media(color_scheme=theme, forced_colors="none")
        still(page)
        found["axe"] += [f"{path} {width} {theme}: {it}"
                         for it in browsers.accessibility_faults(page)]
    page.set_viewport_size({"width": REFLOW, "height": 256})
    over = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if over > 0:
        found["wide"].append(f"{path}: {over} px beyond the side")
    page.emulate_media(color_scheme="light", forced_colors="active")
    found["forced"] += [f"{path}: {it}" for it in browsers.accessibility_faults(page)]
    page.emulate_media(forced_colors="none")
    return [path] * len(LOOKS)


def in_italian(page: Page, most: int) -> list[str]:
    """The same pages in another language: what stays English must be marked."""
    page.goto("/help")
    foreign.speak(page, "it")
    found = []
    for path in pages_of(page, most):
        still(page)
        if page.locator("#board").count():
            page.locator("#board[aria-busy=true]").wait_for(state="detached")
        found += [f"{path}: {it}" for it in foreign.faults_of(page)]
    page.goto("/help")
    foreign.speak(page, "en")
    return found


def sent_empty(browser: Browser, url: str, people: dict[str, Any], role: str) -> list[str]:
    """Forms with mistakes: the summary has the focus, every sentence is tied to its field."""
    found = []
    with browsers.visit(browser, url) as window:
        page = window.page
        if role in people:
            sign_in(page, people[role])
        for way, button in WRONG.get(role, ()):
            first, _blank, links = way.partition(" ")
            page.goto(first)
            for step in links.strip("> ").split(" > ") if links else ():
                page.goto(str(page.locator(step).first.get_attribute("href")))
            page.locator("main").get_by_role("button", name=button, exact=True).first.click()
            page.locator("#error-summary").wait_for()
            still(page)
            if not page.evaluate("document.activeElement?.id === 'error-summary'"):
                found.append(f"{page.url}: the summary has not the focus")
            if not page.title().startswith("Error:"):
                found.append(f"{page.url}: the title does not say that something is wrong")
            found += [f"{page.url}: {it}" for it in tree.faults_of(page)]
        window.complaints.clear()
    return found


def slow_phone(browser: Browser, url: str, people: dict[str, Any], report: Report) -> None:
    """How soon the main pages are there on a slow phone, and whether they hold still."""
    for name, (role, way, most) in MAIN.items():
        with browsers.visit(browser, url, width=browsers.PHONE) as window:
            page = window.page
            if role:
                sign_in(page, people[role])
            path, _blank, link = way.partition(" ")
            if role:
                page.goto(path)
                path = str(page.locator(link).first.get_attribute("href")) if link else page.url
            line = window.context.new_cdp_session(page)
            line.send("Network.enable")
            line.send("Network.clearBrowserCache")
            # A first visit: nothing is kept by the browser, nor by the page's own worker.
            line.send("Network.setBypassServiceWorker", {"bypass": True})
            line.send("Network.emulateNetworkConditions", SLOW)
            line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            page.add_init_script(f"({VITALS})()")
            page.goto(path)
            still(page)
            page.wait_for_timeout(1500)
            report.at_most(f"slow phone: {name}, largest paint", page.evaluate("window.__lcp"),
                           most, "ms")
            report.at_most(f"slow phone: {name}, layout shift", page.evaluate("window.__cls"),
                           0.02, "")
            report.at_most(f"slow phone: {name}, blocked", page.evaluate("window.__long"), 100,
                           "ms")
            window.complaints.clear()


def main() -> int:
    """All personas, then the slow phone."""
    parser = argparse.ArgumentParser(prog="bench reach")
    parser.add_argument("--most", type=int, default=25)
    parser.add_argument("--only", default="", metavar="PERSONA", help="as the demo names her")
    chosen = parser.parse_args()
    report = Report()
    with (
        tempfile.TemporaryDirectory() as data,
        servers.demonstration(Path(data) / "demo") as demo,
        browsers.chromium() as browser,
    ):
        people = personas(demo.output())
        looked = 0
        for role in ("Visitor", *people):
            if chosen.only not in ("", role):
                continue
            found = walk(browser, demo.url, people.get(role), chosen.most)
            found["forms"] = sent_empty(browser, demo.url, people, role)
            looked += len(found.pop("looks"))
            for kind, lines in found.items():
                for line in lines[:20]:
                    report.say(f"{role}: {kind}: {line}")
                report.exactly(f"{role}: {KINDS[kind]}", len(lines), 0)
        if not chosen.only:
            report.at_least("looks at pages", looked, 400, "")
        slow_phone(browser, demo.url, people, report)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
