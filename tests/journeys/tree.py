"""What a screen reader is told: the accessibility tree of a page as Chromium makes it.

Names that are missing or repeated without their object, headings, landmarks, live regions, images,
fields and what explains them, tables, dialogs, and the language of what is not in that of the page.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

PRESSED = {"button", "link", "menuitem", "tab", "switch"}
FILLED = {"textbox", "searchbox", "combobox", "listbox", "spinbutton", "slider", "checkbox", "Date",
          "DateTime", "radio", "option"}  # fmt: skip
LANDMARKS = {"banner", "complementary", "contentinfo", "form", "main", "navigation", "region",
             "search"}  # fmt: skip
AROUND = {"group", "radiogroup", "region", "form", "dialog", "article", "row"}
"""What a screen reader says when the focus enters it: enough to tell fields of one name apart."""
HEARD = {"group", "form", "dialog", "navigation"}
"""The same for what is pressed. A row of a list says nothing by itself."""


@dataclass
class Node:
    """One element that a screen reader hears of."""

    role: str
    name: str
    description: str
    level: int
    backend: int
    parents: list[Node] = field(default_factory=list)

    @property
    def around(self) -> tuple[str, ...]:
        """Names of the groups that it stands in."""
        return tuple(it.name for it in self.parents if it.role in AROUND and it.name)


def nodes_of(page: Page) -> list[Node]:
    """Everything in reading order that is not ignored."""
    line = page.context.new_cdp_session(page)
    try:
        raw = line.send("Accessibility.getFullAXTree")["nodes"]
    finally:
        line.detach()
    by_id = {it["nodeId"]: it for it in raw}
    found: list[Node] = []

    def value(it: dict[str, Any], key: str) -> str:
        return str(it.get(key, {}).get("value", "") or "").strip()

    def walk(node_id: str, parents: list[Node]) -> None:
        it = by_id.get(node_id)
        if it is None:
            return
        mine = parents
        if not it.get("ignored"):
            properties = {p["name"]: p["value"].get("value") for p in it.get("properties", [])}
            node = Node(
                value(it, "role"), value(it, "name"), value(it, "description"),
                int(properties.get("level") or 0), int(it.get("backendDOMNodeId") or 0), parents,
            )
            found.append(node)
            mine = [*parents, node]
        for child in it.get("childIds", []):
            walk(child, mine)

    walk(raw[0]["nodeId"], [])
    return found


DESTINATION = r"""function () {
  if (this.href) return `to ${new URL(this.href).pathname}${new URL(this.href).search}`;
  const form = this.form;
  if (form && this.type === 'submit')
    return ['form', this.getAttribute('formaction') || form.action, this.name, this.value,
      ...[...form.querySelectorAll('input[type=hidden]')].filter(it => it.name !== 'csrf_token')
        .map(it => `${it.name}=${it.value}`)].join(' ');
  return `opens ${this.getAttribute('popovertarget') || this.getAttribute('commandfor')
    || Math.random()}`;
}"""

DOM = r"""() => {
  const faults = [];
  const shown = e => e.checkVisibility({ visibilityProperty: true });
  const words = e => (e.textContent || '').replace(/\s+/g, ' ').trim().slice(0, 50);
  const where = e => `<${e.tagName.toLowerCase()}${e.id ? ' #' + e.id : ''}> "${words(e)}"`;
  const ids = new Set();
  for (const e of document.querySelectorAll('[id]')) {
    if (ids.has(e.id)) faults.push(`id twice: ${e.id}`);
    ids.add(e.id);
  }
  for (const name of ['aria-labelledby', 'aria-describedby', 'aria-controls', 'for'])
    for (const e of document.querySelectorAll(`[${name}]`))
      for (const id of e.getAttribute(name).split(/\s+/).filter(Boolean))
        if (!ids.has(id)
            && !(name === 'aria-controls' && e.getAttribute('aria-expanded') === 'false'))
          faults.push(`${name} names what is not there: ${id}`);
  for (const e of document.querySelectorAll('dialog, [role=dialog]')) {
    const label = e.getAttribute('aria-labelledby');
    if (!(label ? words(document.getElementById(label) ?? e) : e.getAttribute('aria-label')))
      faults.push(`dialog without a name: ${where(e)}`);
  }
  for (const e of document.querySelectorAll('img:not([alt])')) faults.push(`no alt: ${e.src}`);
  for (const e of document.querySelectorAll('svg'))
    if (shown(e) && !e.closest('[aria-hidden=true]') && !(e.getAttribute('role') === 'img'
        && e.getAttribute('aria-label')))
      faults.push(`drawing neither hidden nor named in ${where(e.parentElement)}`);
  for (const e of document.querySelectorAll('[tabindex]'))
    if (e.tabIndex > 0) faults.push(`tabindex above 0: ${where(e)}`);
  for (const table of document.querySelectorAll('table')) {
    if (!shown(table) || table.closest('.prose')) continue;
    const name = table.caption ? words(table.caption) : table.getAttribute('aria-label');
    if (!name) faults.push(`table without a caption: ${where(table)}`);
    for (const th of table.querySelectorAll('thead th')) {
      if (th.scope !== 'col') faults.push(`column header without scope: ${where(th)}`);
      if (!words(th)) faults.push(`column header without words in ${name}`);
    }
    if (!table.tHead) faults.push(`table without column headers: ${name}`);
    for (const row of table.querySelectorAll('tbody > tr'))
      if (!row.querySelector('th[scope=row]')) faults.push(`row without a header: ${where(row)}`);
  }
  const described = e => (e.getAttribute('aria-describedby') || '').split(/\s+/);
  const controls = 'input:not([type=hidden]), select, textarea';
  for (const field of document.querySelectorAll('.field')) {
    if (!field.querySelector(controls)) continue;
    const told = new Set([field, ...field.querySelectorAll(`${controls}, fieldset`)]
      .flatMap(described));
    for (const note of field.querySelectorAll('.hint, .error'))
      if (!note.closest('label')
          && ![note, note.parentElement].some(it => it.id && told.has(it.id)))
        faults.push(`not tied to its field: ${where(note)}`);
    if (field.querySelector('.error')
        && !field.querySelector('[aria-invalid=true], fieldset') && field.tagName !== 'FIELDSET')
      faults.push(`wrong field not marked: ${where(field)}`);
  }
  for (const e of document.querySelectorAll('fieldset'))
    if (shown(e) && !(e.querySelector(':scope > legend') && words(e.querySelector('legend')))
        && !e.getAttribute('aria-labelledby')) faults.push(`group without a legend: ${where(e)}`);
  if (!document.querySelector('#toasts[role=status]')
      || !document.querySelector('#live[aria-live]'))
    faults.push('no live region');
  for (const e of document.querySelectorAll('[data-saved], [data-said]'))
    if (!e.closest('[role=status], [aria-live]')) faults.push(`changes unheard: ${where(e)}`);
  if (!document.documentElement.lang) faults.push('no language');
  return faults;
}"""


def faults_of(page: Page) -> list[str]:
    """What would mislead or stop a person who hears the page, one line a fault."""
    nodes = nodes_of(page)
    found: list[str] = page.evaluate(DOM)
    return found + _unnamed(nodes) + _headings(nodes) + _landmarks(nodes) + _alike(page, nodes)


def _told(nodes: list[Node]) -> list[Node]:
    """Without what the browser itself puts into a date field."""
    return [it for it in nodes if not any(up.role in ("Date", "DateTime") for up in it.parents)]


def _unnamed(nodes: list[Node]) -> list[str]:
    asked = PRESSED | FILLED | {"image", "img", "dialog", "menu", "slider", "progressbar", "meter"}
    return [
        f"{it.role} without a name, in {' > '.join(it.around) or 'the page'}"
        for it in _told(nodes)
        if it.role in asked and not it.name
    ]


def _headings(nodes: list[Node]) -> list[str]:
    heads = [it for it in nodes if it.role == "heading"]
    first = [it.name for it in heads if it.level == 1]
    found = [] if len(first) == 1 else [f"{len(first)} headings of level 1: {first}"]
    found += [f"heading without words, level {it.level}" for it in heads if not it.name]
    before = 1
    for it in heads:
        if it.level > before + 1:
            found.append(f"heading of level {it.level} after {before}: {it.name}")
        before = it.level
    return found


def _landmarks(nodes: list[Node]) -> list[str]:
    found, seen = [], defaultdict(list)
    for it in nodes:
        # A form or a section without a name is no landmark, whatever the tree calls it.
        if it.role in LANDMARKS and (it.name or it.role not in ("form", "region")):
            seen[it.role].append(it.name)
    if len(seen["main"]) != 1:
        found.append(f"{len(seen['main'])} main parts")
    for role, names in seen.items():
        if len(names) > 1 and len(set(names)) < len(names):
            found.append(f"{role} parts that cannot be told apart: {names}")
    return found


def _alike(page: Page, nodes: list[Node]) -> list[str]:
    """Controls of one name that do different things, without a word or a group that says which."""
    told = defaultdict(list)
    for it in _told(nodes):
        if it.role in PRESSED:
            group = tuple(up.name for up in it.parents if up.role in HEARD and up.name)
            told[it.role, it.name, it.description, group].append(it)
        elif it.role in FILLED - {"option"}:
            told[it.role, it.name, it.description, it.around].append(it)
    found = []
    for (role, name, _description, _around), same in told.items():
        if len(same) < 2 or not name:
            continue
        if role in PRESSED and len(set(_destinations(page, same))) == 1:
            continue
        found.append(f"{len(same)} times {role} “{name}”")
    return found


def _destinations(page: Page, nodes: list[Node]) -> list[str]:
    line = page.context.new_cdp_session(page)
    try:
        line.send("DOM.getDocument", {"depth": 0})
        found = []
        for it in nodes:
            asked = {"backendNodeId": it.backend}
            held = line.send("DOM.resolveNode", asked)["object"]["objectId"]
            answer = line.send("Runtime.callFunctionOn", {
                "objectId": held, "functionDeclaration": DESTINATION, "returnByValue": True})
            found.append(str(answer["result"]["value"]))
        return found
    finally:
        line.detach()
