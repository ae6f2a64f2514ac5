"""The pages of releases and the officer's queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.cast import SEATS
from tests.submissions.desk import Desk
from tests.submissions.test_pages import post, token
from workspace.accounts.models import Person
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.releases.models import Release

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Enter = Callable[[Person], FlaskClient]
READERS = {"lead", "member", "mentor", "officer", "pi"}


@SQLITE
def test_asking_on_the_page(desk: Desk, enter: Enter) -> None:
    lead = enter(desk.cast.person("lead"))
    path = f"/teams/{desk.team.public_id}/releases/new"
    assert "There is nothing to show yet" in lead.get(path).text
    desk.entered()
    done = desk.handed_in()
    form = {"item": f"deck.{done.public_id}", "audience": f"sponsor.{desk.cast.company.public_id}",
            "show_on": desk.today().isoformat(), "purpose": "Typed purpose"}
    for wrong in ({"item": ""}, {"item": "deck.nothing"}, {"audience": "sponsor.x"},
                  {"show_on": "2020-02-02"}, {"show_on": "soon"},
                  {"audience": f"sponsor.{desk.cast.other_company.public_id}"}):
        refused = post(lead, path, **(form | wrong))
        assert refused.status_code == 422, wrong
        assert "Typed purpose" in refused.text and 'id="error-summary"' in refused.text
    assert post(lead, path, **(form | {"purpose": ""})).status_code == 422
    made = post(lead, path, **form)
    assert made.status_code == 303
    shown = lead.get(made.location).text
    assert "working days instead of 15" in shown and "Typed purpose" in shown
    twice = post(lead, path, **form)
    assert twice.status_code == 422 and "asked for exactly this already" in twice.text
    assert session().scalar(select(func.count()).select_from(Release)) == 1
    listed = lead.get(f"/teams/{desk.team.public_id}/releases").text
    assert "Sponsor: Corvanta Diagnostics" in listed


@SQLITE
def test_deciding_on_the_page(desk: Desk, enter: Enter) -> None:
    desk.entered()
    done = desk.handed_in()
    with write():
        release = desk.ask(done, in_days=30)
    officer = enter(desk.cast.person("officer"))
    page, path = f"/releases/{release.public_id}", f"/releases/{release.public_id}/decision"
    assert release.sha256 in officer.get(page).text
    form = {"seen": release.sha256, "text": "Typed reason"}
    held = (desk.today() + timedelta(days=3)).isoformat()
    for wrong in ({}, {"decision": "publish"}, {"decision": "hold"},
                  {"decision": "hold", "held_until": "2020-01-01"},
                  {"decision": "refuse", "text": ""}):
        refused = post(officer, path, **(form | wrong))
        assert refused.status_code == 422, wrong
        assert wrong.get("text") == "" or "Typed reason" in refused.text
    assert post(officer, path, **form, decision="hold", held_until=held).status_code == 303
    assert desk.release(release.id).state == "held-until"
    done_ = post(officer, path, **form, decision="approve")
    assert done_.status_code == 303 and done_.location.endswith("/queue")
    assert post(officer, path, **form, decision="refuse").status_code == 422
    assert desk.release(release.id).state == "approved"
    lead = enter(desk.cast.person("lead"))
    assert post(lead, f"{page}/withdrawal").status_code == 303
    assert post(lead, f"{page}/withdrawal").status_code == 409


@SQLITE
def test_the_queue_is_sorted_by_date(desk: Desk, enter: Enter) -> None:
    desk.entered()
    done = desk.handed_in()
    with write():
        for audience, days in (("public", 40), ("sponsor", 5), ("accelerator", 20)):
            desk.ask(done, audience, in_days=days)
    page = enter(desk.cast.person("officer")).get("/queue").text
    order = [page.index(it) for it in ("Sponsor: Corvanta", "Accelerator: Bridgehead", "Everybody")]
    assert order == sorted(order) and "3 things wait for you" in page
    assert "Nothing waits for you" in enter(desk.cast.person("other_officer")).get("/queue").text


@SQLITE
def test_every_seat_at_every_door(desk: Desk, enter: Enter) -> None:
    desk.entered()
    done = desk.handed_in()
    with write():
        release = desk.ask(done, in_days=9)
    one, team = f"/releases/{release.public_id}", f"/teams/{desk.team.public_id}/releases"
    know_team = READERS | {"programme_lead"}
    doors = [
        ("GET", team, know_team, READERS),
        ("GET", f"{team}/new", know_team, {"lead"}),
        ("POST", f"{team}/new", know_team, {"lead"}),
        ("GET", one, READERS, READERS),
        ("POST", f"{one}/decision", READERS, {"officer"}),
        ("GET", f"{one}/again", READERS, {"lead"}),
        ("POST", f"{one}/again", READERS, {"lead"}),
        ("GET", f"/released/{release.public_id}", READERS, READERS),
        ("GET", "/queue", None, {"officer", "other_officer"}),
    ]
    browsers = {it: enter(desk.cast.person(it)) for it in SEATS if it != "visitor"}
    tokens = {it: token(browser) for it, browser in browsers.items()}
    visitor = desk.app.test_client()
    for method, path, know, may in doors:
        for seat, browser in browsers.items():
            data = {"csrf_token": tokens[seat]} if method == "POST" else None
            answer = browser.open(path, method=method, data=data)
            case = (method, path, seat, answer.status_code)
            if know is not None and seat not in know:
                assert answer.status_code == 404, case
            elif seat in may:
                assert answer.status_code in {200, 303, 422}, case
            else:
                assert answer.status_code == 403, case
        if method == "GET":
            assert "/sign-in" in visitor.get(path).location
    for seat in ("mentor", "pi", "member"):
        refused = post(browsers[seat], f"{one}/withdrawal")
        assert refused.status_code == 403
