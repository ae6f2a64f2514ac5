"""A new programme, from its template to its first team, counted in clicks."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.journeys.staging import Stage, look

MOST_CLICKS = 30
"""Under ten minutes even at twenty seconds a click."""


def test_from_the_template_to_the_first_team(stage: Stage) -> None:
    clicks = 0

    def click(what: Locator) -> None:
        nonlocal clicks
        clicks += 1
        what.click()

    lead = stage.enter("programme_lead").page
    lead.goto("/programmes")
    click(lead.get_by_role("link", name="Set up a programme"))
    lead.get_by_label("Name of the programme").fill("BioVenture Lab 2027/28")
    look(lead, "programme-1-name")
    click(lead.get_by_role("button", name="Make the draft"))
    expect(lead.get_by_role("heading", name="Set up BioVenture Lab 2027/28")).to_be_visible()
    look(lead, "programme-2-set-up")
    click(lead.get_by_role("button", name="Use this template"))
    expect(lead.get_by_text("The phases are set.")).to_be_visible()
    click(lead.get_by_role("button", name="Open the edition"))
    expect(lead.get_by_text("The edition is open. Share the join code.")).to_be_visible()
    look(lead, "programme-3-open")
    link = lead.locator("#join-link").input_value()

    student = stage.enter("stranger").page
    student.goto(link[link.index("/enter") :])
    look(student, "programme-4-join")
    click(student.get_by_role("button", name="Take part"))
    student.wait_for_load_state()
    student.goto("/welcome")
    click(student.get_by_role("link", name="Start a team"))
    student.locator("input[name=name]").fill("Coldvessel")
    student.get_by_label("Home institution").select_option(label="University of Valdena")
    look(student, "programme-5-team")
    click(student.get_by_role("button", name="Start the team"))
    expect(student.get_by_role("heading", name="Coldvessel")).to_be_visible()
    look(student, "programme-6-first-team")
    assert clicks <= MOST_CLICKS
