"""The board does for a change what the change asks for, and lies on paper as on the screen."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.staging import Stage
from tests.journeys.test_offline import make_board, saved
from tests.journeys.test_people import add_by_mouse

WATCH = """() => {
  window.touched = [];
  const told = (node) => {
    const element = node.nodeType === 1 ? node : node.parentElement;
    const note = element?.closest("[data-note]");
    return note ? note.querySelector(".note-text").textContent
      : (element?.id && `#${element.id}`) || `.${element?.className}`;
  };
  new MutationObserver((records) => {
    for (const record of records) window.touched.push(told(record.target));
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
}"""  # noqa: E501  (a script)


def with_notes(stage: Stage) -> tuple[str, Page]:
    """A board with four notes, and the page of the lead who wrote them."""
    path = f"/canvases/{make_board(stage)}"
    page = stage.enter("lead").page
    page.goto(path)
    saved(page)
    for words in ("Food laboratories", "Hospitals", "Clinics"):
        add_by_mouse(page, "Customer Segments", words)
    add_by_mouse(page, "Channels", "Two distributors")
    saved(page)
    return path, page


def test_a_change_of_somebody_else_touches_its_note(stage: Stage) -> None:
    path, lead = with_notes(stage)
    member = stage.enter("member").page
    member.goto(path)
    saved(member)
    lead.locator("#board [data-note]").filter(has_text="Hospitals").focus()
    hers = member.locator("#board [data-note]").filter(has_text="Hospitals")
    expect(hers.locator(".note-presence")).to_be_visible()
    member.evaluate(WATCH)
    lead.keyboard.press("2")
    expect(hers).to_contain_text("Testing")
    saved(lead)
    lead.keyboard.press("ArrowDown")
    expect(hers.locator(".note-presence")).to_have_count(0)
    touched = set(member.evaluate("window.touched"))
    assert "Hospitals" in touched
    # The other note shows who came; counts and speech say what happened.
    assert touched <= {"Hospitals", "Clinics", ".dock-count", "#live"}, touched


def test_moving_about_asks_for_no_layout(stage: Stage) -> None:
    _path, page = with_notes(stage)
    notes = page.locator("#board [data-note]")
    notes.filter(has_text="Food laboratories").focus()
    for key in ("ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    expect(notes.filter(has_text="Clinics")).to_be_focused()
    expect(notes.filter(has_text="Clinics").locator(".note-more")).to_be_visible()
    line = page.context.new_cdp_session(page)
    line.send("Performance.enable")

    def layouts() -> float:
        page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")
        found = line.send("Performance.getMetrics")["metrics"]
        return float(next(it["value"] for it in found if it["name"] == "LayoutCount"))

    before = layouts()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    expect(notes.filter(has_text="Clinics")).to_be_focused()
    assert layouts() == before


def test_the_board_on_paper_shows_its_notes(stage: Stage) -> None:
    _path, page = with_notes(stage)
    page.emulate_media(media="print")
    scroll, note = page.locator("#board-scroll"), page.locator("#board [data-note]").last
    sheet, mark = scroll.bounding_box(), note.bounding_box()
    assert sheet is not None and mark is not None
    assert mark["height"] > 0
    assert mark["y"] + mark["height"] <= sheet["y"] + sheet["height"]
