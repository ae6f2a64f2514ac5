"""An administrator breaks the glass and the team is told."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.staging import Stage, look
from tests.leaks.planting.boards import board


def test_the_team_is_told_that_an_administrator_reads(stage: Stage) -> None:
    with stage.app.test_request_context():
        board(stage.story)
        team = stage.story.team.public_id
    lead = stage.enter("lead").page
    lead.goto(f"/teams/{team}")
    address = lead.url
    admin = stage.enter("administrator").page
    refused = admin.goto(address)
    assert refused is not None
    assert refused.status == 404
    admin.goto("/administration")
    look(admin, "glass-1-desk")
    admin.get_by_role("link", name="Break glass").first.click()
    admin.get_by_label("Address of the team's page").fill(address)
    admin.get_by_label("Why you must read it").fill("help")
    admin.get_by_role("button", name="Break the glass").click()
    expect(admin.get_by_role("alert")).to_contain_text("Say in a sentence")
    expect(admin.get_by_label("Address of the team's page")).to_have_value(address)
    why = "The lead lost her account and the demo is tonight."
    admin.get_by_label("Why you must read it").fill(why)
    look(admin, "glass-2-reason")
    admin.get_by_role("button", name="Break the glass").click()
    expect(admin.get_by_role("heading", name="Reading in an emergency")).to_be_visible()
    look(admin, "glass-3-open")
    admin.get_by_role("link", name="Open the team").click()
    expect(admin).to_have_url(address)
    assert not admin.get_by_role("button", name="Add").count()

    lead.goto("/inbox")
    told = "An administrator can read your team's work for four hours. Read why."
    expect(lead.get_by_text(told).first).to_be_visible()
    look(lead, "glass-4-told")
    lead.get_by_role("button", name="Open").first.click()
    expect(lead.get_by_text(why)).to_be_visible()
    look(lead, "glass-5-why")

    admin.go_back()
    admin.get_by_role("button", name="End now").click()
    expect(admin.get_by_text("This opening has ended.")).to_be_visible()
    over = admin.goto(address)
    assert over is not None
    assert over.status == 404
    admin.goto("/administration/audit?scope=team")
    expect(admin.locator("code", has_text="read-in-emergency").first).to_be_visible()
    look(admin, "glass-6-record")
