"""What opens, closes or is drawn anew leaves the focus where a person without a mouse goes on."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.keys import Keys, hands
from tests.journeys.staging import Stage
from tests.leaks.planting.boards import board
from tests.leaks.planting.checklists import lists


def test_the_board_keeps_the_focus(stage: Stage) -> None:
    with stage.app.test_request_context():
        board(stage.story)
        canvas = stage.story.canvas.public_id
    with hands(stage, "lead") as keys:
        page = keys.page
        page.goto(f"/canvases/{canvas}")
        expect(page.locator("#board-state")).to_contain_text("Saved")
        keys.skip()
        keys.press("Tab")
        for _block in range(9):
            if page.locator("#board [data-note]:focus").count():
                break
            keys.press("PageDown")
        keys.press("n")
        keys.type("Carried about")
        keys.press("Enter")
        moving(keys, page)
        overlays(keys, page)
        dock(keys, page)
        panel(keys, page)


def moving(keys: Keys, page: Page) -> None:
    """Picked up, moved by the menu, deleted and brought back."""
    note = page.locator("#board [data-note]", has_text="Carried about")
    keys.press("Space")
    keys.press("ArrowLeft")
    keys.press("Space")
    expect(note).to_be_focused()
    keys.press("m")
    expect(page.get_by_role("menu")).to_be_visible()
    keys.kept("M opens the menu")
    keys.press("Escape")
    expect(note).to_be_focused()
    keys.press("m")
    keys.press("Enter")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(note).to_be_focused()
    keys.look()
    keys.press("Delete")
    expect(note).to_have_count(0)
    keys.kept("a note was deleted")
    keys.press("ControlOrMeta+z")
    expect(note).to_be_visible()
    keys.kept("the deletion was undone")


def overlays(keys: Keys, page: Page) -> None:
    """The list of keys, and the filter."""
    here = page.locator("#board :focus")
    expect(here).to_have_count(1)
    keys.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    keys.kept("? opens the list of keys")
    keys.press("Escape")
    expect(dialog).to_have_count(0)
    expect(here).to_have_count(1)
    # Whoever goes on before the browser tells of the closing stays where she went.
    keys.press("?")
    expect(dialog).to_be_visible()
    stayed = page.evaluate(
        """() => new Promise((tell) => {
          const dialog = document.querySelector("dialog[open]");
          const next = document.querySelector("#board-dock .dock-row button");
          dialog.addEventListener("close", () => tell(document.activeElement === next));
          dialog.close();
          next.focus();
        })"""
    )
    assert stayed, "the closed list of keys took the focus back"
    page.evaluate("document.querySelector('#board [data-note][tabindex=\"0\"]').focus()")
    expect(here).to_have_count(1)
    keys.press("/")
    expect(page.locator("#note-filter")).to_be_focused()
    keys.type("Carried")
    keys.press("Escape")
    expect(here).to_have_count(1)


def dock(keys: Keys, page: Page) -> None:
    """Undo until nothing is left to undo, redo until nothing is left to redo."""
    dock_bar = page.locator("#board-dock")
    for name in ("Undo", "Redo"):
        button = dock_bar.get_by_role("button", name=re.compile(f"^{name}"))
        keys.to(button)
        for _turn in range(20):
            keys.press("Enter")
            keys.kept(f"{name} was pressed")
            if button.is_disabled() or button.get_attribute("aria-disabled") == "true":
                break
        keys.press("Shift+Tab", 12)


def panel(keys: Keys, page: Page) -> None:
    """A finding is taken away and comes back; a comment is resolved and opened again."""
    keys.to(page.locator("#board [data-note][tabindex='0']"))
    keys.press("e")
    region = page.locator("#board-panel")
    expect(region.locator("[data-panel-focus=evidence]")).to_be_focused()
    keys.type("Asked twelve of them.")
    keys.enter(region.get_by_role("button", name="Add evidence"))
    taken = region.get_by_role("button", name=re.compile("^Take away"))
    expect(taken.first).to_be_visible()
    keys.kept("evidence was added")
    keys.enter(taken.first, back=True)
    expect(region.get_by_text("Evidence taken away.")).to_be_visible()
    keys.kept("evidence was taken away")
    keys.enter(region.get_by_role("button", name="Undo"), back=True)
    expect(taken.first).to_be_visible()
    keys.kept("evidence came back")
    keys.fill(region.locator("textarea[name=comment]"), "Who says so?")
    keys.enter(region.get_by_role("button", name="Add comment"))
    expect(region.get_by_text("Who says so?").first).to_be_visible()
    keys.kept("a comment was added")
    keys.enter(region.get_by_role("button", name=re.compile("^Resolve")).first, back=True)
    again = region.get_by_role("button", name=re.compile("^Open again")).first
    expect(again).to_be_visible()
    keys.kept("a comment was resolved")
    keys.enter(again, back=True)
    expect(again).to_have_count(0)
    keys.kept("a comment was opened again")
    keys.enter(region.get_by_role("button", name=re.compile("Close")), back=True)
    expect(page.locator("#board [data-note]:focus")).to_have_count(1)


def test_menus_dialogs_and_swapped_parts_give_the_focus_back(stage: Stage) -> None:
    with stage.app.test_request_context():
        board(stage.story)
        lists(stage.story)
        canvas = stage.story.canvas.public_id
    with hands(stage, "lead") as keys:
        the_frame(keys, keys.page)
        keys.page.goto(f"/canvases/{canvas}/list")
        the_list(keys, keys.page)
    with hands(stage, "officer") as keys:
        the_dialog(keys, keys.page)
    with hands(stage, "sponsor") as keys:
        keys.page.goto("/challenges/new")
        the_criteria(keys, keys.page)


def the_frame(keys: Keys, page: Page) -> None:
    """The palette and the account's menu, over any page."""
    keys.skip()
    keys.press("Tab")
    here = page.evaluate_handle("document.activeElement")
    keys.press("ControlOrMeta+k")
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    keys.look()
    keys.press("Tab")
    keys.kept("Tab within the palette")
    keys.press("Escape")
    assert page.evaluate("it => it === document.activeElement", here), "the palette took the focus"
    account = page.get_by_role("button", name=re.compile("^Account of"))
    keys.enter(account, back=True)
    keys.press("ArrowDown")
    keys.kept("an arrow goes into the menu")
    expect(page.get_by_role("link", name="Settings").last).to_be_focused()
    keys.press("ArrowUp")
    expect(page.get_by_role("button", name="Sign out")).to_be_focused()
    keys.look()
    keys.press("Escape")
    expect(account).to_be_focused()


def the_list(keys: Keys, page: Page) -> None:
    """A note is moved by its menu, and read again where it went; then deleted and brought back."""
    keys.skip()
    row = page.locator(".note-row").first
    text = row.locator(".note-text").inner_text()
    keys.enter(row.get_by_role("button", name=re.compile("^Move")))
    keys.press("ArrowDown", 3)
    keys.kept("arrows go through the menu")
    with page.expect_navigation():
        keys.press("Enter")
    keys.press("Tab")
    here = page.locator(".note-row", has=page.locator(":focus"))
    expect(here.locator(".note-text")).to_have_text(text)


def the_dialog(keys: Keys, page: Page) -> None:
    """A dialog holds the focus while it is open and gives it back to its button."""
    keys.skip()
    keys.enter(page.get_by_role("link", name="Read and sign").first)
    page.wait_for_url("**/checklists/*")
    opener = page.get_by_role("button", name=re.compile("^Send back")).first
    for way in ("Escape", "Cancel"):
        keys.enter(opener)
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        keys.kept("a dialog opened")
        for _turn in range(12):
            keys.press("Tab")
            found = keys.look()
            inside = page.evaluate("!!document.activeElement.closest('dialog')")
            assert inside or found.get("nothing"), f"Tab leaves the dialog: {found}"
        if way == "Cancel":
            keys.enter(dialog.get_by_role("button", name="Cancel"))
        else:
            keys.press("Escape")
        expect(dialog).to_have_count(0)
        expect(opener).to_be_focused()
    keys.press("Enter")
    keys.fill(page.get_by_role("dialog").get_by_label("Reason"), "Say who made it.")
    keys.enter(page.get_by_role("dialog").get_by_role("button", name="Send back", exact=True))
    expect(page.get_by_text("Say who made it.").first).to_be_visible()


def the_criteria(keys: Keys, page: Page) -> None:
    """Rows come and go, text is shown as it will look: each time there is a place to go on."""
    keys.skip()
    add = page.get_by_role("button", name="Add a criterion")
    rows = page.locator("#criteria .card-part")
    before = rows.count()
    keys.enter(add)
    expect(rows).to_have_count(before + 1)
    keys.kept("a criterion was added")
    keys.press("Tab")
    keys.look()
    keys.enter(rows.last.get_by_role("button", name="Remove"))
    expect(rows).to_have_count(before)
    keys.kept("a criterion was removed")
    keys.fill(page.get_by_label(re.compile("What is the problem")), "It is *slow*.")
    preview = page.get_by_role("button", name="Preview").first
    keys.enter(preview)
    expect(page.locator("em", has_text="slow")).to_be_visible()
    expect(preview).to_be_focused()
