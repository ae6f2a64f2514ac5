"""What a device keeps of a board: for whom, how long, and in how many tabs."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests import browsers, builders
from tests.journeys.shots import sign_in
from tests.journeys.staging import Stage, look
from tests.journeys.test_offline import NO_NETWORK, make_board, saved, texts, worker_is_there
from tests.journeys.test_people import add_by_mouse

ROWS = """
new Promise((resolve, reject) => {
  const asked = indexedDB.open("innocore-boards");
  asked.onerror = () => reject(asked.error);
  asked.onsuccess = () => {
    const database = asked.result;
    if (!database.objectStoreNames.contains("changes")) { database.close(); return resolve([]); }
    const work = database.transaction(["boards", "changes"]);
    const boards = work.objectStore("boards").getAll();
    const changes = work.objectStore("changes").getAll();
    work.oncomplete = () => {
      database.close();
      resolve([
        ...boards.result.map(it => [it.person, it.canvas, "copy"]),
        ...changes.result.map(it => [it.person, it.canvas, it.own ? "own" : "shared"]),
      ]);
    };
  };
})
"""
PAGES = """
caches.keys().then(names => Promise.all(
  names.filter(name => name.startsWith("innocore-pages-")).map(name =>
    caches.open(name).then(pages => pages.keys()).then(all => all.map(it => it.url)))
)).then(all => all.flat())
"""


def kept(page: Page) -> list[Any]:
    """Rows of the device's database: person, canvas, kind."""
    found: list[Any] = page.evaluate(ROWS)
    return found


def own(page: Page) -> int:
    """Own changes here that the server has not acknowledged."""
    return sum(1 for row in kept(page) if row[2] == "own")


def until(page: Page, what: str, holds: Any) -> None:
    """Ask again until it is so; at most ten seconds."""
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never came true: {what}")


def a_board_with_a_copy(stage: Stage, role: str) -> tuple[browsers.Visit, str]:
    """A window in which this role has written on a board that its device keeps, and its path."""
    path = f"/canvases/{make_board(stage)}"
    window = stage.enter(role)
    page = window.page
    page.goto(path)
    saved(page)
    worker_is_there(page)
    page.reload()
    saved(page)
    add_by_mouse(page, "Channels", "Two distributors")
    saved(page)
    until(page, "a copy lies here", lambda: any(row[2] == "copy" for row in kept(page)))
    return window, path


def test_two_tabs_of_one_person_send_what_a_closed_one_left(stage: Stage) -> None:
    path = f"/canvases/{make_board(stage)}"
    window, desk = stage.enter("lead"), stage.enter("member")
    first = window.page
    first.goto(path)
    saved(first)
    worker_is_there(first)
    second = window.context.new_page()
    for page in (second, desk.page):
        page.goto(path)
        saved(page)
    window.context.set_offline(True)
    for page in (first, second):
        expect(page.locator("#board-state")).to_contain_text("Offline")
    add_by_mouse(first, "Channels", "From the first tab")
    expect(second.locator("#board").get_by_text("From the first tab")).to_be_visible()
    expect(second.locator("#board-state")).to_contain_text("1 change kept on this device")
    add_by_mouse(second, "Channels", "From the second tab")
    expect(first.locator("#board").get_by_text("From the second tab")).to_be_visible()
    # The first tab is closed with a change that nobody has; the second one sends both.
    first.close()
    window.context.set_offline(False)
    saved(second)
    for words in ("From the first tab", "From the second tab"):
        expect(desk.page.locator("#board").get_by_text(words)).to_have_count(1)
    until(second, "nothing waits on the device", lambda: own(second) == 0)
    # The next tab finds nothing to send, and the same board.
    third = window.context.new_page()
    third.goto(path)
    saved(third)
    assert texts(third) == texts(second) == texts(desk.page)
    for words in NO_NETWORK:
        window.forgive(words)


def test_signing_out_forgets_everything_and_warns_of_what_was_not_sent(stage: Stage) -> None:
    window, _path = a_board_with_a_copy(stage, "lead")
    page = window.page
    until(page, "the page is kept", lambda: len(page.evaluate(PAGES)) == 1)
    window.context.set_offline(True)
    expect(page.locator("#board-state")).to_contain_text("Offline")
    add_by_mouse(page, "Channels", "Never sent")
    until(page, "it waits here", lambda: own(page) > 0)
    # The tab goes; the network comes back on another page: nobody has sent the change.
    page.close()
    window.context.set_offline(False)
    page = window.context.new_page()
    page.goto("/")
    asked: list[str] = []

    def decline(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", decline)
    sign_out(page)
    until(page, "the question was asked", lambda: bool(asked))
    assert "never sent" in asked[0]
    assert own(page) > 0
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    sign_out(page)
    page.wait_for_url("**/sign-in*")
    assert kept(page) == []
    until(page, "no page is kept", lambda: page.evaluate(PAGES) == [])
    for words in NO_NETWORK:
        window.forgive(words)


def sign_out(page: Page) -> None:
    """By the menu of the account."""
    page.locator("form[data-forget]").evaluate("form => form.requestSubmit()")


def test_somebody_else_on_the_device_finds_nothing(stage: Stage) -> None:
    window, _path = a_board_with_a_copy(stage, "lead")
    page = window.page
    # The session is gone without a word, as when it expires; then somebody else signs in.
    page.goto("about:blank")
    window.context.clear_cookies()
    page.goto("/sign-in")
    until(page, "only what waits may stay", lambda: {row[2] for row in kept(page)} <= {"own"})
    until(page, "no page is kept", lambda: page.evaluate(PAGES) == [])
    sign_in(page, {"email": stage.emails["member"], "password": builders.PASSWORD})
    until(page, "nothing is left", lambda: kept(page) == [])


def test_a_person_may_want_no_copy_here(stage: Stage) -> None:
    window, _path = a_board_with_a_copy(stage, "lead")
    page = window.page
    page.locator("#board-state").get_by_role("button").click()
    expect(page.get_by_text("This device keeps a copy of this board")).to_be_visible()
    look(page, "device-1-copy")
    page.get_by_role("button", name="Keep no copy on this device").click()
    until(page, "nothing is kept", lambda: kept(page) == [] and page.evaluate(PAGES) == [])
    page.reload()
    saved(page)
    window.context.set_offline(True)
    add_by_mouse(page, "Channels", "In this tab only")
    expect(page.locator("#board-state")).to_contain_text("1 change in this tab only")
    assert kept(page) == []
    look(page, "device-2-no-copy")
    window.context.set_offline(False)
    saved(page)
    assert page.evaluate(PAGES) == []
    for words in NO_NETWORK:
        window.forgive(words)


def test_a_browser_that_keeps_nothing_says_so_once(stage: Stage) -> None:
    path = f"/canvases/{make_board(stage)}"
    window = stage.enter("lead")
    window.context.add_init_script("indexedDB.open = () => { throw new Error('refused'); };")
    page = window.page
    page.goto(path)
    saved(page)
    expect(page.get_by_text("This browser keeps no offline copy.")).to_be_visible()
    add_by_mouse(page, "Channels", "Two distributors")
    saved(page)
    page.reload()
    saved(page)
    expect(page.locator("#board").get_by_text("Two distributors")).to_be_visible()
    expect(page.get_by_text("This browser keeps no offline copy.")).to_have_count(0)
    window.context.set_offline(True)
    add_by_mouse(page, "Channels", "In this tab only")
    expect(page.locator("#board-state")).to_contain_text("1 change in this tab only")
    window.context.set_offline(False)
    saved(page)
    for words in NO_NETWORK:
        window.forgive(words)


def test_a_taken_right_takes_the_copy_and_the_board(stage: Stage) -> None:
    window, path = a_board_with_a_copy(stage, "member")
    page = window.page
    away = window.context.new_page()
    away.goto(f"/teams/{stage.cast.team.public_id}/leaving")
    away.get_by_role("button", name="Leave the team").click()
    expect(away.get_by_text("You have left the team.")).to_be_visible()
    expect(page.get_by_text("You no longer have access to this canvas.")).to_be_visible()
    expect(page.get_by_text("Two distributors")).to_have_count(0)
    until(page, "nothing is kept", lambda: kept(page) == [])
    page.goto(path)
    until(page, "no page is kept", lambda: page.evaluate(PAGES) == [])


def test_evidence_and_comments_are_sent_without_leaving_the_board(stage: Stage) -> None:
    path = f"/canvases/{make_board(stage)}"
    page = stage.enter("lead").page
    page.goto(path)
    saved(page)
    add_by_mouse(page, "Channels", "Two distributors")
    saved(page)
    note = page.locator("#board [data-note]").first
    note.click()
    panel = page.locator("#board-panel")
    panel.get_by_label("Your comment").fill("Which two?")
    panel.get_by_role("button", name="Add comment").click()
    expect(panel.get_by_role("paragraph").filter(has_text="Which two?")).to_be_visible()
    expect(note.locator(".note-count")).to_have_text("1")
    # A form that is refused keeps what was typed, says why, and takes the focus to it.
    panel.get_by_role("button", name="Add evidence").click()
    expect(panel.locator("#error-summary")).to_be_focused()
    panel.locator("[data-panel-focus=evidence]").fill("9 of 14 buyers said so")
    panel.get_by_role("button", name="Add evidence").click()
    expect(panel.get_by_role("paragraph").filter(has_text="9 of 14 buyers said so")).to_be_visible()
    expect(note.locator(".note-count")).to_have_count(2)
    panel.get_by_role("button", name="Take away").click()
    expect(panel.get_by_text("Evidence taken away.")).to_be_visible()
    expect(note.locator(".note-count")).to_have_count(1)
    assert page.url.endswith(path)
