"""The main job from the first sign-in to what the sponsor sees, without a mouse.

Each person opens one address, the sign-in page; every other page is reached by its links. At each
stop of the focus `keys.py` looks whether it can be seen; after each part of a page that was
replaced the focus must still stand somewhere.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from mentors.reviews import actions as reviews
from mentors.reviews import queries as review_queries
from mentors.reviews.models import Review
from tests import builders
from tests.files.made import pdf
from tests.journeys.keys import Keys, hands
from tests.journeys.staging import Stage
from tests.leaks.planting.boards import board
from tests.leaks.planting.pitches import entry
from workspace.accounts.models import Person
from workspace.foundation.clock import now, today
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.submissions.models import Submission


def test_the_main_job_without_a_mouse(stage: Stage, tmp_path: Path) -> None:
    with stage.app.test_request_context():
        board(stage.story)
        entry(stage.story)
        day = today("Europe/Rome")
    deck = tmp_path / "deck.pdf"
    deck.write_bytes(pdf(2))
    with hands(stage, "lead") as lead:
        the_board(lead)
        the_checklist(lead)
        the_request(lead, day)
        with hands(stage, "officer") as officer:
            the_decision(officer)
        the_pitch(lead, deck)
        second = reviewers(stage)
        with hands(stage, "reviewer") as reviewer:
            the_review(reviewer)
        released(stage, second)
        the_answer(lead)
    with hands(stage, "sponsor") as sponsor:
        what_was_released(sponsor, stage)


def item(page: Page, name: str) -> Locator:
    """A page in the side navigation."""
    return page.get_by_role("navigation", name="Main").get_by_role(
        "link", name=re.compile(rf"^{name}( \d+)?$")
    )


def the_board(keys: Keys) -> None:
    """A note is added, edited and given a status; its panel takes a finding."""
    page = keys.page
    keys.enter(page.get_by_role("link", name="Open the canvas").first)
    state = page.locator("#board-state")
    expect(state).to_contain_text("Saved")
    keys.skip()
    keys.press("Tab")
    keys.kept("Tab goes into the board")
    for _block in range(9):
        if page.locator("#board [data-note]:focus").count():
            break
        keys.press("PageDown")
        keys.kept("Page Down goes to the next block")
    keys.press("n")
    keys.kept("N opens the editor of a new note")
    keys.type("Food laboratories")
    keys.press("Enter")
    keys.kept("Enter ends the editor")
    note = page.locator("#board [data-note]", has_text="Food laboratories")
    expect(note).to_be_focused()
    keys.press("F2")
    keys.press("End")
    keys.type(" in Europe")
    keys.press("Enter")
    expect(note).to_contain_text("Food laboratories in Europe")
    keys.press("2")
    expect(note).to_have_attribute("data-status", "testing")
    expect(note).to_be_focused()
    expect(state).to_contain_text("Saved")
    keys.press("e")
    panel = page.locator("#board-panel")
    expect(panel.locator("[data-panel-focus=evidence]")).to_be_focused()
    keys.kept("E opens the panel at the evidence")
    keys.type("Three buyers named a price.")
    keys.enter(panel.get_by_role("button", name="Add evidence"))
    expect(panel.get_by_text("Three buyers named a price.").first).to_be_visible()
    keys.kept("the panel was drawn anew")
    keys.press("Escape")
    expect(note).to_be_focused()
    keys.look()
    keys.enter(page.locator(".board-where a"), back=True)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def the_checklist(keys: Keys) -> None:
    """One item is answered and kept, then everything answered is submitted."""
    page = keys.page
    keys.follow(item(page, "IP checklist"), re.compile("checklists"))
    keys.skip()
    start = page.locator("form[action$='/checklists/invention-disclosure'] button")
    keys.follow(start, re.compile("."))
    first = page.locator(".check-item").first
    keys.skip()
    keys.choose(first.get_by_role("radio", name="Yes"))
    keys.fill(first.get_by_label(re.compile("Evidence in a few words")), "Notebook 6, page 12.")
    keys.enter(first.get_by_role("button", name="Keep", exact=True))
    expect(page.get_by_text(re.compile("^1 of"))).to_be_visible()
    keys.enter(page.get_by_role("button", name="Submit all that is answered"), back=True)
    expect(page.get_by_text("Waits for signatures").first).to_be_visible()


def the_request(keys: Keys, day: date) -> None:
    """The canvas is to be shown to the sponsor, from today."""
    page = keys.page
    keys.follow(item(page, "Releases"), "Releases")
    keys.skip()
    keys.follow(page.get_by_role("link", name="Ask for a release").first, "Ask for a release")
    keys.skip()
    keys.choose(page.locator("input[name=item]").first)
    keys.choose(page.get_by_role("radio", name=re.compile("Corvanta")))
    keys.day(page.locator("input[name=show_on]"), day)
    keys.fill(page.locator("textarea[name=purpose]"), "For the call with the sponsor.")
    keys.enter(page.get_by_role("button", name="Ask the transfer office"))
    expect(page.get_by_text("Asked for").first).to_be_visible()


def the_decision(keys: Keys) -> None:
    """The officer finds the request in the queue and approves it."""
    page = keys.page
    if not page.get_by_role("heading", level=1, name="Queue").is_visible():
        keys.follow(item(page, "Queue"), "Queue")
    keys.skip()
    keys.enter(page.get_by_role("link", name=re.compile("^Decide")).first)
    page.wait_for_load_state()
    keys.skip()
    keys.choose(page.get_by_label("Approve", exact=True))
    keys.enter(page.get_by_role("button", name="Decide"))
    expect(page.locator("#decide")).to_have_count(0)


def the_pitch(keys: Keys, deck: Path) -> None:
    """Deck, text and canvas are handed in together."""
    page = keys.page
    keys.follow(item(page, "Pitch"), "Pitch")
    keys.skip()
    keys.enter(page.get_by_role("button", name="Prepare a pitch"))
    page.wait_for_url("**/submissions/*")
    keys.skip()
    keys.attach(page.locator("input[type=file]").first, deck)
    keys.fill(page.get_by_label("Title of the pitch"), "Gels that answer")
    keys.fill(page.get_by_label("Pitch text"), "We answer within a day.")
    keys.enter(page.get_by_role("button", name="Upload the deck"), back=True)
    expect(page.get_by_role("link", name="deck.pdf")).to_be_visible()
    keys.choose(page.locator("input[name=canvas]").first)
    keys.enter(page.get_by_role("button", name="Hand in"))
    expect(page.get_by_text("Submitted", exact=True).first).to_be_visible()


def reviewers(stage: Stage) -> int:
    """The programme lead asks two people to review; gives the second one's review."""
    with stage.app.test_request_context():
        story, cast = stage.story, stage.cast
        with write():
            other = builders.person("Second Reader")
            builders.give(other, "member", "organisation", cast.second_university.id)
            story.submission_id = session().query(Submission.id).scalar()
        asked = 0
        for person in (cast.person("reviewer"), other):
            with write():
                lead = story.a(cast.person("programme_lead"))
                row = session().get_one(Person, person.id)
                asked = reviews.assign(lead, story.panel(), row, now()).id
        return asked


def the_review(keys: Keys) -> None:
    """Digits give the levels and lead on to the next criterion."""
    page = keys.page
    if not page.get_by_role("heading", level=1, name="Reviews").is_visible():
        keys.follow(item(page, "Reviews"), "Reviews")
    keys.skip()
    keys.follow(page.get_by_role("link", name=re.compile("^Begin")).first, "Before you review")
    keys.skip()
    keys.choose(page.locator("input[name=kind]").first)
    keys.enter(page.get_by_role("button", name="Go on"))
    expect(page.get_by_role("heading", name="Your review")).to_be_visible()
    keys.skip()
    keys.enter(page.get_by_role("link", name="Go to your review"))
    levels = page.locator("[data-criterion]")
    count = levels.count()
    keys.to(levels.first.locator("input").first)
    for _criterion in range(count):
        keys.press("4")
        keys.kept("a digit gives a level")
    expect(page.get_by_text(f"{count} of {count} scored")).to_be_visible()
    keys.fill(levels.last.locator("textarea"), "Say who signs the purchase.")
    expect(page.locator("[data-saved]")).to_contain_text("Draft saved")
    keys.enter(page.get_by_role("button", name="Submit review"))
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()


def released(stage: Stage, second: int) -> None:
    """The second reviewer is done as well, and the programme lead releases the reviews."""
    with stage.app.test_request_context():
        story = stage.story
        review = session().get_one(Review, second)
        person = story.a(review.reviewer)
        scores = {
            it.id: (4, False, "") for it in review_queries.rubric_of(story.panel()).criteria
        }
        with write():
            reviews.declare(person, session().get_one(Review, second), "", now())
            reviews.save(
                person, session().get_one(Review, second), reviews.ReviewDraft(scores, {}, ""),
                now(),
            )
            reviews.submit(person, session().get_one(Review, second), now())
        with write():
            reviews.release(story.a(stage.cast.person("programme_lead")), story.panel(), now())


def the_answer(keys: Keys) -> None:
    """The team reads what the reviewer wrote and says what it will do."""
    page = keys.page
    keys.follow(item(page, "Feedback"), "Feedback")
    expect(page.get_by_text("Say who signs the purchase.")).to_be_visible()
    keys.skip()
    keys.choose(page.get_by_role("radio", name="Will do").first)
    keys.fill(page.get_by_label(re.compile("In words")).first, "We ask the head of the laboratory.")
    keys.enter(page.get_by_role("button", name="Answer", exact=True).first)
    expect(page.get_by_text("We ask the head of the laboratory.").first).to_be_visible()


def what_was_released(keys: Keys, stage: Stage) -> None:
    """The sponsor opens the canvas: notes for her and for everybody, no other."""
    page, story = keys.page, stage.story
    keys.skip()
    keys.enter(page.get_by_role("link", name=re.compile("^Open")).first)
    expect(page.get_by_text(story.w("note.sponsor"))).to_be_visible()
    body = page.content()
    assert not [it for it in ("note.team", "note.mentors", "note.old") if story.w(it) in body]
    assert "Food laboratories" not in body
