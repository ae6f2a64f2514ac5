"""Whom the pages reach: axe in every look, reflow at 400 %, forced colours, and a slow phone.

Every persona of the demo walks through her pages (at most 25, each kind of address once). Each page
is looked at in both themes, 1440 and 390 px wide; at 320 px, which is 400 % of 1280, nothing may
reach beyond the side; in forced colours axe is asked again. On a slow phone (4x CPU throttling,
1.6 Mbit/s, 150 ms) the five main pages must paint and settle within the budgets of docs/design.md.

python3 run.py bench reach [--most 25]
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from benchmarks._report import Report
from tests import browsers, servers
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
        answer = page.goto(path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        given += 1
        found: list[str] = page.evaluate(LINKS)
        waiting += found
        yield path


def walk(browser: Browser, url: str, persona: dict[str, Any] | None, most: int) -> dict[str, Any]:
    """All faults of one person's pages."""
    axe, wide, forced, looked = [], [], [], 0
    with browsers.visit(browser, url) as window:
        page = window.page
        if persona is not None:
            sign_in(page, persona)
        for path in pages_of(page, most):
            for width, theme in LOOKS:
                page.set_viewport_size({"width": width, "height": browsers.HEIGHTS[width]})
                page.emulate_media(color_scheme=theme, forced_colors="none")
                still(page)
                looked += 1
                axe += [f"{path} {width} {theme}: {it}"
                        for it in browsers.accessibility_faults(page)]
            page.set_viewport_size({"width": REFLOW, "height": 256})
            over = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if over > 0:
                wide.append(f"{path}: {over} px beyond the side")
            page.emulate_media(color_scheme="light", forced_colors="active")
            forced += [f"{path}: {it}" for it in browsers.accessibility_faults(page)]
            page.emulate_media(forced_colors="none")
            page.set_viewport_size({"width": browsers.WIDE, "height": 900})
        window.complaints.clear()
    return {"axe": axe, "wide": wide, "forced": forced, "looked": looked}


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
    chosen = parser.parse_args()
    report = Report()
    with (
        tempfile.TemporaryDirectory() as data,
        servers.demonstration(Path(data) / "demo") as demo,
        browsers.chromium() as browser,
    ):
        people = personas(demo.output())
        looked = 0
        for role in ("", *people):
            found = walk(browser, demo.url, people.get(role), chosen.most)
            looked += found["looked"]
            name = role or "Visitor"
            for word in ("axe", "wide", "forced"):
                for line in found[word][:20]:
                    report.say(f"{name}: {word}: {line}")
            report.exactly(f"{name}: axe", len(found["axe"]), 0)
            report.exactly(f"{name}: too wide at 400 %", len(found["wide"]), 0)
            report.exactly(f"{name}: axe in forced colours", len(found["forced"]), 0)
        report.at_least("looks at pages", looked, 400, "")
        slow_phone(browser, demo.url, people, report)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
