"""People on their way through the whole house, each in a browser of its own."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from mentors.reviews import actions as reviews
from tests import browsers
from tests.journeys.staging import Stage, look
from tests.leaks.planting.boards import board
from tests.leaks.planting.pitches import pitch
from workspace.accounts.models import Person
from workspace.accounts.sessions import actor_for
from workspace.foundation.clock import now, today
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.releases import actions as releases
from workspace.releases import queries as release_queries
from workspace.releases.models import Release


def test_the_sponsor_sees_nothing_then_the_release_then_nothing(stage: Stage) -> None:
    story, cast = stage.story, stage.cast
    with stage.app.test_request_context():
        board(story)
        lead = story.a(cast.person("lead"))
        canvas = next(
            it for it in release_queries.offered(lead, story.team) if it.kind.kind == "canvas"
        )
        with write():
            asked = releases.request_release(
                lead, story.team,
                releases.RequestDraft(
                    canvas.key, canvas.title, canvas.version, "sponsor", cast.company,
                    today(story.team.edition.zone), "For the call with the sponsor.",
                ),
                now(),
            )  # fmt: skip
            public_id, release_id = asked.public_id, asked.id
    path = f"/released/{public_id}"
    page = stage.enter("sponsor").page
    answer = page.goto(path)
    assert answer is not None and answer.status == 404
    look(page, "sponsor-1-nothing")

    officer = stage.enter("officer").page
    officer.goto(f"/releases/{public_id}")
    look(officer, "sponsor-2-officer")
    officer.get_by_label("Approve", exact=True).first.check()
    officer.get_by_role("button", name=re.compile("decision|Decide|Record")).first.click()
    officer.wait_for_load_state()

    answer = page.goto(path)
    assert answer is not None and answer.status == 200
    expect(page.get_by_text(story.w("note.sponsor"))).to_be_visible()
    expect(page.get_by_text(story.w("note.public"))).to_be_visible()
    body = page.content()
    assert not [it for it in ("note.team", "note.mentors", "note.old") if story.w(it) in body]
    look(page, "sponsor-3-released")

    with stage.app.test_request_context(), write():
        releases.withdraw(
            actor_for(session().get_one(Person, cast.person("lead").id), now()),
            session().get_one(Release, release_id), now(),
        )  # fmt: skip
    answer = page.goto(path)
    assert answer is not None and answer.status == 404
    look(page, "sponsor-4-withdrawn")


def a_review(stage: Stage) -> str:
    """A pitch is handed in and the reviewer is asked for a review: the review's public id."""
    story, cast = stage.story, stage.cast
    with stage.app.test_request_context():
        board(story)
        session().commit()
        pitch(story)
        session().commit()
        with write():
            programme = story.a(cast.person("programme_lead"))
            person = session().get_one(Person, cast.person("reviewer").id)
            public_id = reviews.assign(programme, story.panel(), person, now()).public_id
    return public_id


def test_a_reviewer_reviews_by_keyboard_alone(stage: Stage) -> None:
    public_id = a_review(stage)
    page = stage.enter("reviewer").page
    keys = page.keyboard
    page.goto(f"/reviews/{public_id}")
    look(page, "review-1-declare")
    press_until(page, lambda it: it["kind"] == "radio", "the question about conflicts")
    keys.press("Space")
    reach(page, "button", "Go on")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Your review")).to_be_visible()
    look(page, "review-2-open")
    count = page.locator(".criterion").count()
    for place in range(count):
        reach_criterion(page, place)
        keys.press("4")
    expect(page.get_by_text(f"{count} of {count} scored")).to_be_visible()
    keys.press("Tab")
    reach_tag(page, "TEXTAREA")
    keys.type("Say who signs the purchase.")
    expect(page.locator("[data-saved]")).to_contain_text("Draft saved")
    look(page, "review-3-filled")
    reach(page, "button", "Submit review")
    keys.press("Enter")
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()
    look(page, "review-4-submitted")


def focused(page: Page) -> dict[str, str]:
    """What has the focus: tag, words, and name."""
    found: dict[str, str] = page.evaluate(
        "(() => { const e = document.activeElement; return {tag: e.tagName, "
        "words: (e.textContent || '').trim(), name: e.name || '', kind: e.type || ''} })()"
    )
    return found


def press_until(page: Page, there: Callable[[dict[str, str]], bool], what: str) -> None:
    """Tab on until something has the focus; at most two hundred times."""
    for _turn in range(200):
        if there(focused(page)):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{what} is not reached by Tab")


def reach(page: Page, kind: str, words: str) -> None:
    """Tab to the button with these words."""
    press_until(page, lambda it: it["tag"] == kind.upper() and it["words"] == words, words)


def reach_tag(page: Page, tag: str) -> None:
    """Tab to the next element of this kind."""
    press_until(page, lambda it: it["tag"] == tag, tag)


def reach_criterion(page: Page, place: int) -> None:
    """Tab to the levels of the criterion at this place."""
    name = page.locator("[data-criterion]").nth(place).locator("input").first.get_attribute("name")
    press_until(page, lambda it: it["kind"] == "radio" and it["name"] == name, f"level {name}")


def test_two_people_edit_one_canvas_and_a_cut_line_loses_nothing(stage: Stage) -> None:
    with stage.app.test_request_context(), write():
        from canvases.boards import actions as boards

        story = stage.story
        canvas = boards.make_canvas(
            story.a(stage.cast.person("lead")), story.team, "business-model-canvas", "Gel imager",
            now(),
        ).public_id  # fmt: skip
    one, two = stage.enter("lead"), stage.enter("member")
    for window in (one, two):
        window.page.goto(f"/canvases/{canvas}")
        expect(window.page.locator("#board-state")).to_contain_text("Saved")
    # By mouse, and by keyboard on the ground of a block.
    add_by_mouse(one.page, "Customer Segments", "Food laboratories")
    expect(two.page.locator("#board").get_by_text("Food laboratories")).to_be_visible()
    add_by_keyboard(two.page, "Channels", "Two distributors")
    expect(one.page.locator("#board").get_by_text("Two distributors")).to_be_visible()
    expect(one.page.locator("#board-state")).to_contain_text("Saved")
    look(one.page, "canvas-1-together")

    two.context.set_offline(True)
    add_by_keyboard(two.page, "Channels", "Written on the train")
    expect(two.page.locator("#board-state")).not_to_contain_text("Saved")
    look(two.page, "canvas-2-offline")
    add_by_mouse(one.page, "Customer Segments", "Hospitals too")
    expect(one.page.locator("#board").get_by_text("Written on the train")).to_have_count(0)
    two.context.set_offline(False)
    expect(two.page.locator("#board-state")).to_contain_text("Saved", timeout=30_000)
    for window in (one, two):
        for words in (
            "Food laboratories",
            "Two distributors",
            "Written on the train",
            "Hospitals too",
        ):
            expect(window.page.locator("#board").get_by_text(words)).to_be_visible()
    look(two.page, "canvas-3-back")
    two.forgive("ERR_INTERNET_DISCONNECTED")
    two.forgive("WebSocket")


def add_by_mouse(page: Page, block: str, words: str) -> None:
    """Press the button of the block, type, and keep it."""
    page.get_by_role("button", name=f"Add a note to {block}").first.click()
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


def add_by_keyboard(page: Page, block: str, words: str) -> None:
    """The same without the mouse."""
    page.get_by_role("button", name=f"Add a note to {block}").first.press("Enter")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


def test_a_phone_adds_a_note_moves_it_and_opens_it(stage: Stage) -> None:
    with stage.app.test_request_context(), write():
        from canvases.boards import actions as boards

        story = stage.story
        canvas = boards.make_canvas(
            story.a(stage.cast.person("lead")), story.team, "business-model-canvas", "Gel imager",
            now(),
        ).public_id  # fmt: skip
    page = stage.enter("lead", width=browsers.PHONE).page
    page.goto(f"/canvases/{canvas}")
    expect(page.locator("#board-state")).to_contain_text("Saved")
    page.locator("#board-dock").get_by_role("button", name=re.compile("^Note")).tap()
    page.keyboard.type("Hospital laboratories")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#board-state")).to_contain_text("Saved")
    look(page, "phone-1-added")
    wider: bool = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wider, "the page is wider than the phone"
    page.goto(f"/canvases/{canvas}/list")
    expect(page.get_by_text("Hospital laboratories").first).to_be_visible()
    look(page, "phone-2-list")
    page.get_by_role("button", name=re.compile("^Move")).first.tap()
    page.get_by_role("button", name="Channels", exact=True).tap()
    moved = page.locator("section, div").filter(has=page.get_by_role("heading", name="Channels"))
    expect(moved.get_by_text("Hospital laboratories").first).to_be_visible()
    look(page, "phone-3-moved")
    page.get_by_role("link", name=re.compile("Hospital laboratories|Edit")).first.tap()
    page.wait_for_load_state()
    look(page, "phone-4-note")


def test_a_phone_reviews(stage: Stage) -> None:
    public_id = a_review(stage)
    page = stage.enter("reviewer", width=browsers.PHONE).page
    page.goto(f"/reviews/{public_id}")
    page.locator("input[name=kind]").first.check()
    page.get_by_role("button", name="Go on").tap()
    expect(page.get_by_role("heading", name="Your review")).to_be_visible()
    for criterion in page.locator("[data-criterion]").all():
        criterion.locator("input[value='4']").check()
    expect(page.locator("[data-saved]")).to_contain_text("Draft saved")
    look(page, "phone-5-review")
    page.get_by_role("button", name="Submit review").tap()
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()
