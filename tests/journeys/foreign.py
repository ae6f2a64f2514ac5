"""Text of the definitions stays English on a page in another language, and says so by ``lang``.

Canvases, checklists, rubrics and scales come with the workspace in one language. A voice that reads
them in another is not understood, so each piece stands in an element of its own language.
"""

from __future__ import annotations

import functools
import gettext
import re
from collections.abc import Iterator
from typing import Any

import yaml
from playwright.sync_api import Page

from tests.servers import ROOT

DEFINITIONS = ("canvases/boards", "canvases/discovery", "mentors/reviews", "transfer/checklists",
               "workspace/readiness")  # fmt: skip
NAMED_BY_PEOPLE = {"Business model", "Demo day admission", "Disclosed and screened"}
"""What people of the demonstration call their canvas and their gate as well."""
LONG = 25
"""From this length a text is looked for within others as well."""

UNMARKED = r"""([short, long]) => {
  const known = new Set(short);
  const plain = text => (text || '').replace(/\s+/g, ' ').trim();
  const english = e => (e.closest('[lang]')?.lang || '').startsWith('en');
  const faults = new Set();
  const meant = text => known.has(text) || long.some(it => text.includes(it));
  const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let it = all.nextNode(); it; it = all.nextNode()) {
    const parent = it.parentElement;
    if (parent.closest('script, style, noscript, .prose') || english(parent)) continue;
    const text = plain(it.data).replace(/[:.,]$/, '');
    if (meant(text) || meant(plain(it.data)))
      faults.add(`${text.slice(0, 80)} (in ${parent.tagName.toLowerCase()})`);
  }
  for (const name of ['aria-label', 'title', 'alt', 'placeholder', 'data-label'])
    for (const e of document.querySelectorAll(`[${name}]`))
      // Of a sentence in an attribute no part can be marked.
      if (!english(e) && known.has(plain(e.getAttribute(name))))
        faults.add(`${plain(e.getAttribute(name)).slice(0, 80)} (${name})`);
  return [...faults];
}"""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str) and not re.fullmatch(r"[a-z0-9-]+|[A-Z]{2,5}", value):
        yield re.sub(r"\s+", " ", value).strip()


@functools.cache
def english() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(every text of the definitions, the long ones) without what our own sentences say."""
    found: set[str] = set()
    for folder in DEFINITIONS:
        for path in sorted((ROOT / folder / "definitions").glob("*.yaml")):
            found |= set(_texts(yaml.safe_load(path.read_text(encoding="utf-8"))))
    catalogue = gettext.translation("messages", ROOT / "translations", languages=["it"])
    own = set(catalogue._catalog.values())  # type: ignore[attr-defined]
    found = {it for it in found if it not in own | NAMED_BY_PEOPLE and len(it) > 2}
    return tuple(sorted(found)), tuple(sorted(it for it in found if len(it) >= LONG))


def speak(page: Page, language: str) -> None:
    """Choose another language in the account's menu."""
    with page.expect_navigation():
        page.evaluate(
            "code => { const it = document.querySelector(`.languages button[value=${code}]`);"
            " it.form.requestSubmit(it) }", language,
        )  # fmt: skip


def faults_of(page: Page) -> list[str]:
    """English pieces of the definitions that would be read in the page's language."""
    found: list[str] = page.evaluate(UNMARKED, [list(it) for it in english()])
    return [f"not marked as English: {it}" for it in found]
