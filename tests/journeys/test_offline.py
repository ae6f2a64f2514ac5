"""Offline on the train: a board goes on without a network, and nothing of it is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests import browsers
from tests.journeys.staging import Stage, look
from tests.journeys.test_people import add_by_keyboard, add_by_mouse
from workspace.foundation.clock import now
from workspace.foundation.unit import write

NO_NETWORK = ("ERR_INTERNET_DISCONNECTED", "WebSocket", "Failed to fetch", "ERR_FAILED")


def make_board(stage: Stage) -> str:
    """A canvas of the team; gives its public id."""
    with stage.app.test_request_context(), write():
        from canvases.boards import actions as boards

        story = stage.story
        made = boards.make_canvas(
            story.a(stage.cast.person("lead")), story.team, "business-model-canvas", "Gel imager",
            now(),
        )  # fmt: skip
        return made.public_id


def saved(page: Page) -> None:
    expect(page.locator("#board-state")).to_contain_text("Saved", timeout=30_000)


def insert_words(page: Page, text: str, at: int, words: str) -> None:
    """Open the note by keyboard and write into it, `at` characters behind its beginning."""
    page.locator("#board [data-note]").filter(has_text=text).first.press("Enter")
    page.keyboard.press("ControlOrMeta+Home")
    for _ in range(at):
        page.keyboard.press("ArrowRight")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


def worker_is_there(page: Page) -> None:
    """Until the service worker of this page has taken over."""
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


@pytest.mark.parametrize(
    ("width", "theme"),
    [(browsers.WIDE, "light"), (browsers.PHONE, "dark")],
    ids=["desk-light", "phone-dark"],
)
def test_offline_on_the_train(stage: Stage, width: int, theme: browsers.Theme) -> None:
    canvas = make_board(stage)
    path = f"/canvases/{canvas}"
    train, desk = stage.enter("lead", width=width, theme=theme), stage.enter("member")
    for window in (train, desk):
        window.page.goto(path)
        saved(window.page)
    add_by_mouse(desk.page, "Customer Segments", "Food laboratories")
    add_by_mouse(desk.page, "Channels", "Two distributors")
    add_by_mouse(desk.page, "Cost Structure", "Rent of the clean room")
    saved(desk.page)
    worker_is_there(train.page)
    train.page.goto(f"{path}/list")
    train.page.goto(path)
    saved(train.page)
    name = f"offline-{theme}-{width}"

    # Into the tunnel: edits go on, the bar says so, and nothing claims to be saved.
    train.context.set_offline(True)
    state = train.page.locator("#board-state")
    expect(state).to_contain_text("Offline")
    insert_words(train.page, "Food laboratories", len("Food"), " and water")
    add_by_keyboard(train.page, "Channels", "Written on the train")
    expect(state).to_contain_text("2 changes kept on this device")
    expect(train.page.get_by_text("You are offline.")).to_be_visible()
    look(train.page, f"{name}-1-banner")

    # The tab is closed; the board, its list and what was written open without a network.
    train.page.close()
    train.page = train.context.new_page()
    train.page.goto(path)
    expect(train.page.locator("#board").get_by_text("Written on the train")).to_be_attached()
    expect(train.page.locator("#board-state")).to_contain_text(
        "2 changes kept on this device", timeout=15_000
    )
    add_by_keyboard(train.page, "Channels", "Written after the tunnel")
    expect(train.page.get_by_text("Others cannot see your last 3 changes yet.")).to_be_visible()
    look(train.page, f"{name}-2-opened-again")
    other = train.context.new_page()
    other.goto(f"{path}/list")
    expect(other.get_by_text("Food laboratories").first).to_be_visible()
    other.goto("/inbox")
    expect(other.get_by_role("heading", name="You are offline")).to_be_visible()
    expect(other.get_by_role("link", name="Gel imager")).to_be_visible()
    look(other, f"{name}-3-no-page")
    other.close()

    # Meanwhile at the desk: the same note, another one, and one that goes.
    insert_words(desk.page, "Food laboratories", len("Food laboratories"), " in Italy")
    add_by_mouse(desk.page, "Customer Segments", "Hospitals too")
    saved(desk.page)
    assert not any("train" in text for text in texts(desk.page))

    train.context.set_offline(False)
    saved(train.page)
    report = train.page.get_by_role("button", name="See what changed")
    expect(report).to_be_visible()
    look(train.page, f"{name}-4-merged")
    report.click()
    dialog = train.page.get_by_role("dialog")
    for words in ("Food laboratories", "Food and water laboratories", "Food laboratories in Italy"):
        expect(dialog.get_by_text(words, exact=True)).to_be_visible()
    dialog.get_by_role("button", name="Keep this as a version").click()
    expect(dialog.get_by_text("Kept as a version.")).to_be_visible()
    look(train.page, f"{name}-5-report")
    dialog.get_by_role("button", name="Go to the note").first.click()
    expect(dialog).to_have_count(0)

    for words in ("Written on the train", "Written after the tunnel", "Hospitals too"):
        for window in (train, desk):
            expect(window.page.locator("#board").get_by_text(words)).to_be_attached()
    together = desk.page.locator("#board").get_by_text("Food and water laboratories in Italy")
    expect(together).to_be_visible()
    mine, theirs = texts(train.page), texts(desk.page)
    assert mine == theirs
    assert len(mine) == 6, mine
    for window in (train, desk):
        for words in NO_NETWORK:
            window.forgive(words)


def texts(page: Page) -> list[str]:
    """The texts of all notes."""
    return sorted(page.locator("#board [data-note] .note-text").all_text_contents())
