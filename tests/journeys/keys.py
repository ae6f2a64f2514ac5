"""Two hands on a keyboard and nothing else: every stop of the focus is looked at.

A stop is good when something has the focus, when that is marked by a ring, lies in the window and
is not under a bar that stays in place. Whoever leaves a stop by Tab must arrive elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests import builders
from tests.journeys.staging import Stage

MOST_TABS = 150
"""What a person would bear between two controls; most ways are far shorter."""

PARTS_OF_A_DATE = 7

STOP = r"""([target, before]) => {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement)
    return { there: false, nothing: true };
  const words = `${e.tagName.toLowerCase()} ${e.id || e.name || ''} `
    + `"${(e.getAttribute('aria-label') || e.textContent || '').trim().slice(0, 50)}"`;
  const answer = { there: e === target, words, kind: e.type || '', name: e.name || '',
                   moved: e !== before };
  // A control that is drawn by its label stands where the label stands.
  const label = e.matches('input[type=radio], input[type=checkbox]') ? e.closest('label') : null;
  const drawn = label && getComputedStyle(e).opacity === '0' ? label : e;
  const ringed = [e, label, e.closest('.note'), e.parentElement].filter(Boolean).some((it) => {
    const style = getComputedStyle(it);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
      && !/^rgba\(.*, 0\)$/.test(style.outlineColor);
  });
  // Where the focus was sent by a script to be read, as a heading is, no ring is asked for.
  // The button of the calendar within a date is marked by the browser itself.
  const inner = /^(date|time)/.test(e.type) && !e.matches(':focus-visible');
  if (!ringed && !inner && e.tabIndex >= 0) answer.fault = 'shows no ring';
  const box = [...drawn.getClientRects()].find((it) => it.width && it.height)
    ?? drawn.getBoundingClientRect();
  const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
  const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  if (right - left < 1 || bottom - top < 1) {
    answer.fault = `lies outside the window (${Math.round(box.left)}, ${Math.round(box.top)})`;
    return answer;
  }
  let seen = 0;
  for (const x of [0.1, 0.5, 0.9]) for (const y of [0.15, 0.5, 0.85]) {
    const at = document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y);
    if (at && (drawn.contains(at) || at.contains(drawn) || label?.contains(at))) seen++;
  }
  const large = box.height > innerHeight / 2;
  if (seen < (large ? 1 : 5)) {
    const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    answer.fault = `is hidden, ${seen} of 9 points seen, by ${over?.outerHTML.slice(0, 120)}`;
  }
  return answer;
}"""


class Keys:
    """The keyboard of one person's window. ``faults`` holds what was wrong at any stop."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        self.stops = 0
        # Whoever listens only when the key is about to be pressed may come too late for Chromium.
        page.on("filechooser", lambda _chooser: None)

    def press(self, key: str, times: int = 1) -> None:
        """A key, or several times the same."""
        for _turn in range(times):
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        """Letters, one after the other."""
        self.page.keyboard.type(words)

    def look(self, target: Any = None, before: Any = None) -> dict[str, Any]:
        """What has the focus; what is wrong with it is remembered."""
        found: dict[str, Any] = self.page.evaluate(STOP, [target, before])
        self.stops += 1
        if "fault" in found:
            path = re.sub(r"[A-Za-z0-9_-]{22}", "*", self.page.url.split("/", 3)[-1])
            line = f"/{path}: {found['words']} {found['fault']}"
            if line not in self.faults:
                self.faults.append(line)
        return found

    def kept(self, after: str) -> None:
        """The focus stands on something that can be seen, after a part of the page was replaced."""
        assert not self.look().get("nothing"), f"the focus is lost after: {after}"

    def to(self, control: Locator, *, back: bool = False, most: int = MOST_TABS) -> None:
        """Tab to a control, or back to it."""
        target = control.element_handle()
        found, key, held = self.look(target), "Shift+Tab" if back else "Tab", 0
        for _turn in range(most):
            if found["there"]:
                return
            before = self.page.evaluate_handle("document.activeElement")
            self.press(key)
            found = self.look(target, before)
            held = 0 if found.get("moved", True) else held + 1
            # Within a date there are several places of its own.
            most_held = PARTS_OF_A_DATE if str(found.get("kind")).startswith("date") else 0
            assert held <= most_held, f"{found['words']} does not let go of the focus"
        raise AssertionError(f"not reached by {most} {key}s: {control}")

    def enter(self, control: Locator, *, back: bool = False) -> None:
        """Tab to a link or a button and press it."""
        self.to(control, back=back)
        self.press("Enter")

    def follow(self, control: Locator, heading: str | re.Pattern[str]) -> None:
        """Tab to what leads to another page, press it and wait until that page is there."""
        self.enter(control)
        expect(self.page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        self.page.wait_for_load_state()

    def skip(self) -> None:
        """The first stop of a page: the link that jumps over what every page has."""
        link = self.page.locator("a.skip")
        self.to(link, most=2)
        self.press("Enter")
        expect(self.page.locator("#main")).to_be_focused()

    def fill(self, field: Locator, words: str) -> None:
        """Tab to a field and write in it, over what was there."""
        self.to(field)
        self.press("ControlOrMeta+a")
        self.type(words)

    def choose(self, option: Locator) -> None:
        """Tab to the group of a radio button, then by arrows to the one that is meant."""
        target, name = option.element_handle(), option.get_attribute("name")
        for _turn in range(MOST_TABS):
            found = self.look(target)
            if found.get("kind") == "radio" and found["name"] == name:
                break
            self.press("Tab")
        count = self.page.locator(f"input[type=radio][name='{name}']").count()
        for _turn in range(count):
            if self.look(target)["there"]:
                break
            self.press("ArrowDown")
        if not option.is_checked():
            self.press("Space")
        expect(option).to_be_checked()

    def tick(self, box: Locator) -> None:
        """Tab to a checkbox and turn it on."""
        self.to(box)
        self.press("Space")
        expect(box).to_be_checked()

    def day(self, field: Locator, day: date) -> None:
        """Tab to a date and write it in the order that this browser shows, month or day first."""
        self.to(field)
        for order in ("%m%d%Y", "%d%m%Y"):
            self.press("ArrowLeft", 2)
            self.type(day.strftime(order))
            if field.input_value() == day.isoformat():
                return
        raise AssertionError(f"the date became {field.input_value()}")

    def attach(self, field: Locator, file: Path) -> None:
        """Open the system's chooser from the field, as Enter does, and choose a file there."""
        self.to(field)
        with self.page.expect_file_chooser() as chooser:
            self.press("Enter")
        chooser.value.set_files(file)


@contextmanager
def hands(stage: Stage, seat: str) -> Iterator[Keys]:
    """Somebody signs in by keyboard; at the end no stop of hers was hidden."""
    keys = Keys(stage.visit(stage.server.url).page)
    page = keys.page
    page.goto("/sign-in")
    keys.fill(page.get_by_label("Email").first, stage.emails[seat])
    keys.fill(page.get_by_label("Password").first, builders.PASSWORD)
    keys.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    yield keys
    assert not keys.faults, "\n".join(keys.faults)
