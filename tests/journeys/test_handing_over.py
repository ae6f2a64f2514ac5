"""From the checklist to the release to the submission, each person in her own browser."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.files.made import pdf
from tests.journeys.staging import Stage, look
from tests.leaks.planting.boards import board
from workspace.foundation.clock import today


def test_checklist_then_release_then_submission(stage: Stage, tmp_path: Path) -> None:
    with stage.app.test_request_context():
        board(stage.story)
        team = stage.story.team.public_id
        day = today("Europe/Rome").isoformat()
    lead = stage.enter("lead").page
    item = _answer(lead, team)
    for seat in ("member", "pi"):
        signer = stage.enter(seat).page
        signer.goto(item)
        signer.get_by_role("button", name=re.compile("^Sign as")).first.click()
        expect(signer.get_by_text("Signed.")).to_be_visible()
    lead.reload()
    expect(lead.get_by_text("Approved").first).to_be_visible()
    look(lead, "handing-1-approved")

    lead.goto(f"/teams/{team}/releases/new")
    lead.locator("input[name=item]").first.check()
    lead.get_by_label(re.compile("Accelerator")).first.check()
    lead.locator("input[name=show_on]").fill(day)
    lead.locator("textarea[name=purpose]").fill("For the scouts on Thursday.")
    look(lead, "handing-2-request")
    lead.get_by_role("button", name="Ask the transfer office").click()
    expect(lead.get_by_text("Asked for").first).to_be_visible()

    officer = stage.enter("officer").page
    officer.goto("/queue")
    look(officer, "handing-3-queue")
    officer.get_by_role("link", name="Decide").first.click()
    officer.get_by_label("Approve", exact=True).first.check()
    officer.get_by_role("button", name="Decide").click()
    officer.wait_for_load_state()
    scout = stage.enter("scout").page
    scout.goto("/")
    expect(scout.get_by_role("link", name="Open").first).to_be_visible()
    scout.get_by_role("link", name="Open").first.click()
    look(scout, "handing-4-released")

    deck = tmp_path / "deck.pdf"
    deck.write_bytes(pdf(3))
    lead.goto(f"/teams/{team}/pitch")
    lead.get_by_role("button", name="Prepare a pitch").click()
    lead.get_by_label("Title of the pitch").fill("Gels that answer")
    lead.get_by_label("Pitch text").fill("We answer within a day.")
    lead.locator("input[type=file]").first.set_input_files(deck)
    lead.get_by_role("button", name="Upload the deck").click()
    expect(lead.get_by_role("link", name="deck.pdf")).to_be_visible()
    look(lead, "handing-5-draft")
    lead.locator("input[name=canvas]").first.check()
    lead.get_by_role("button", name="Hand in").click()
    expect(lead.get_by_text("Submitted", exact=True).first).to_be_visible()
    look(lead, "handing-6-submitted")


def _answer(page: Page, team: str) -> str:
    """Start the invention disclosure, answer its first item and submit it; gives its address."""
    page.goto(f"/teams/{team}/checklists")
    page.locator("form[action$='/checklists/invention-disclosure'] button").click()
    page.wait_for_load_state()
    first = page.locator(".check-item").first
    first.get_by_text("Yes", exact=True).click()
    first.get_by_label(re.compile("Evidence in a few words")).fill("Notebook 6, pages 12 to 19.")
    first.get_by_role("button", name="Keep and submit").click()
    expect(page.get_by_text("Waits for signatures").first).to_be_visible()
    return page.url
