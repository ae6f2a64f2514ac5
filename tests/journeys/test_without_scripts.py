"""What works when no script runs: signing in, search, the list of a canvas, forms and files."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.files.made import pdf
from tests.journeys.staging import Stage
from tests.leaks.planting.boards import board
from tests.leaks.planting.checklists import lists


def test_a_canvas_is_filled_in_its_list(stage: Stage) -> None:
    with stage.app.test_request_context():
        board(stage.story)
        canvas, word = stage.story.canvas.public_id, stage.story.w("note.team")
    page = stage.enter("lead", java_script_enabled=False).page
    page.goto(f"/canvases/{canvas}")
    page.get_by_role("link", name="Open the list instead").click()
    expect(page.get_by_role("link", name=word, exact=True)).to_be_visible()
    page.get_by_label("New note in Channels").fill("Two distributors")
    page.get_by_label("New note in Channels").press("Enter")
    note = page.locator(".note-row", has_text="Two distributors")
    note.get_by_role("button", name="Move").click()
    page.get_by_role("button", name="Key partners", exact=True).click()
    partners = page.locator("#block-bmc-key-partners")
    expect(partners.get_by_text("Two distributors").first).to_be_visible()
    partners.get_by_role("link", name="Two distributors").first.click()
    page.get_by_label("Status").first.select_option("testing")
    page.get_by_role("button", name="Save note").click()
    page.goto(f"/canvases/{canvas}/list?status=testing")
    note = page.locator(".note-row", has_text="Two distributors")
    note.get_by_role("button", name=re.compile("^Delete")).click()
    expect(page.get_by_text("Note deleted.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".note-row", has_text="Two distributors")).to_be_visible()


def test_search_and_menus_and_dialogs(stage: Stage) -> None:
    with stage.app.test_request_context():
        board(stage.story)
        lists(stage.story)
    lead = stage.enter("lead", java_script_enabled=False).page
    lead.goto("/")
    lead.get_by_role("searchbox", name="Search").fill("Gelsight")
    lead.get_by_role("searchbox", name="Search").press("Enter")
    expect(lead.get_by_role("heading", level=1, name="Search")).to_be_visible()
    expect(lead.get_by_role("link", name=re.compile("Gelsight")).first).to_be_visible()
    officer = stage.enter("officer", java_script_enabled=False).page
    officer.goto("/queue")
    officer.get_by_role("link", name=re.compile("^Read and sign")).first.click()
    officer.get_by_role("button", name=re.compile("^Send back")).first.click()
    dialog = officer.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("Say who made it.")
    dialog.get_by_role("button", name="Send back", exact=True).click()
    expect(officer.get_by_text("Say who made it.").first).to_be_visible()
    lead.get_by_role("button", name=re.compile("^Account of")).click()
    lead.get_by_role("button", name="Sign out").click()
    expect(lead.get_by_role("heading", level=1, name="Sign in to your workspace")).to_be_visible()


def test_forms_say_what_is_wrong_and_files_arrive(stage: Stage, tmp_path: Path) -> None:
    with stage.app.test_request_context():
        board(stage.story)
        team = stage.story.team.public_id
    deck = tmp_path / "deck.pdf"
    deck.write_bytes(pdf(2))
    page = stage.enter("lead", java_script_enabled=False).page
    page.goto(f"/teams/{team}/releases/new")
    page.locator("textarea[name=purpose]").fill("For Thursday.")
    page.get_by_role("button", name="Ask the transfer office").click()
    expect(page.locator("#error-summary")).to_be_visible()
    assert page.title().startswith("Error:")
    expect(page.locator("textarea[name=purpose]")).to_have_value("For Thursday.")
    page.goto(f"/teams/{team}/pitch")
    page.get_by_role("button", name="Prepare a pitch").click()
    page.get_by_label("Title of the pitch").fill("Gels that answer")
    page.get_by_label("Pitch text").fill("We answer within a day.")
    page.locator("input[type=file]").first.set_input_files(deck)
    page.get_by_role("button", name="Upload the deck").click()
    expect(page.get_by_role("link", name="deck.pdf")).to_be_visible()
    page.locator("input[name=canvas]").first.check()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Submitted", exact=True).first).to_be_visible()
