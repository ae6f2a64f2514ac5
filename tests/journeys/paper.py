"""What a page looks like on a sheet of A4, without printing it: styles for paper, 178 mm wide."""

from __future__ import annotations

from playwright.sync_api import Page

A4, LANDSCAPE = 673, 1046
"""Pixels between the margins of a sheet; boards lie on their side."""

SHEET = r"""() => {
  const faults = new Set();
  const shown = e => e.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && e.getClientRects().length > 0 && getComputedStyle(e).clipPath === 'none';
  const words = e => (e.textContent || '').replace(/\s+/g, ' ').trim().slice(0, 40);
  const name = e =>
    `<${e.tagName.toLowerCase()} class="${e.getAttribute('class') || ''}"> ${words(e)}`;
  for (const e of document.querySelectorAll(
      'nav, button:not(.sort, .pin), .button, [role=toolbar], [role=search], search, dialog,'
      + ' [popover], input[type=search], input[type=file], summary'))
    if (shown(e) && !(e.tagName === 'SUMMARY' && e.parentElement.open))
      faults.add(`on paper: ${name(e)}`);
  const most = document.documentElement.clientWidth;
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg') && e.tagName !== 'svg' || !shown(e)) continue;
    const box = e.getBoundingClientRect();
    if (box.width > 1 && box.right > most + 1) faults.add(`beyond the sheet: ${name(e)}`);
    const style = getComputedStyle(e);
    if (style.overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1)
      faults.add(`cut off at the side: ${name(e)}`);
    if (style.overflowY !== 'visible' && e.scrollHeight > e.clientHeight + 1 && e.clientHeight > 1
        && !e.matches('textarea, select, input'))
      faults.add(`cut off below: ${name(e)}`);
    if (style.position === 'fixed') faults.add(`on every sheet: ${name(e)}`);
  }
  for (const e of document.querySelectorAll('tr, .todo, .note-row'))
    if (shown(e) && getComputedStyle(e).breakInside !== 'avoid')
      faults.add(`may be torn: ${name(e)}`);
  const light = (e, what) => {
    const [r, g, b] = (getComputedStyle(e)[what].match(/[\d.]+/g) || []).map(Number);
    return (r + g + b) / 3;
  };
  if (light(document.body, 'backgroundColor') < 250) faults.add('the sheet is not white');
  if (light(document.body, 'color') > 90) faults.add('the text is not dark');
  const line = [...document.querySelectorAll('.only-print')].find(shown);
  if (!line && document.querySelector('.top, .board-bar')) faults.add('no line says whose sheet');
  return [...faults];
}"""


def faults_of(page: Page) -> list[str]:
    """What should not be on paper, or is not whole there; in the dark theme as well."""
    before = page.viewport_size
    width = LANDSCAPE if page.locator("#board").count() else A4
    page.set_viewport_size({"width": width, "height": 1000})
    page.emulate_media(media="print")
    chosen = page.evaluate(
        "(() => { const it = document.documentElement; const before = it.dataset.theme ?? null;"
        " it.dataset.theme = 'dark'; return before })()"
    )
    found: list[str] = page.evaluate(SHEET)
    page.evaluate(
        "it => { if (it === null) delete document.documentElement.dataset.theme;"
        " else document.documentElement.dataset.theme = it }", chosen,
    )  # fmt: skip
    page.emulate_media(media="null")
    if before is not None:
        page.set_viewport_size(before)
    return found
