"""The pages of checklists: every seat at every door, and the way through one of them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import SEATS
from tests.files import made
from tests.submissions.test_pages import post, token
from tests.transfer.desk import Desk
from transfer.checklists import actions
from transfer.checklists.models import ChecklistRow, ItemQuestion
from workspace.accounts.models import Person
from workspace.files.models import File
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Enter = Callable[[Person], FlaskClient]
TEAM = {"lead", "member"}
READERS = TEAM | {"mentor", "officer", "pi"}
OFFICE = {"officer"}


@SQLITE
def test_from_the_start_to_an_approved_item(desk: Desk, enter: Enter) -> None:
    lead, member = enter(desk.cast.person("lead")), enter(desk.cast.person("member"))
    officer = enter(desk.cast.person("officer"))
    home = f"/teams/{desk.team.public_id}/checklists"
    assert "Choose the first checklist" in lead.get(home).text
    begun = post(lead, f"{home}/invention-disclosure")
    assert post(lead, f"{home}/invention-disclosure").location == begun.location
    assert post(lead, f"{home}/sponsor-engagement").status_code == 404
    checklist = session().scalars(select(ChecklistRow)).one()
    shown = lead.get(begun.location).text
    assert "0 of 13 answered" in shown and "Not legal advice" in shown
    item = desk.signed_by(checklist, "team", "tto-officer")
    path, key = f"/checklist-items/{item.public_id}", f"{item.key}-"

    def answer(**fields: str) -> dict[str, str]:
        return {f"{key}{name}": value for name, value in
                ({"answer": "yes", "text": "Typed words"} | fields).items()}

    for wrong in (answer(link="javascript:x"), answer(answer="perhaps"),
                  answer(text="word " * 4100), answer(text="", submit="1")):
        if "submit" in str(wrong):
            wrong["submit"] = "1"
        refused = post(lead, f"{path}/answer", **wrong)
        assert refused.status_code == 422 and 'id="error-summary"' in refused.text
    assert "Typed words" in post(lead, f"{path}/answer", **answer(link="javascript:x")).text
    for data, name, status in ((b"", "a.pdf", {422}), (b"x" * 50, "a.exe", {415}),
                               (b"%PDF-1.7 no", "a.pdf", {422}), (b"", "", {422})):
        sent = post(lead, f"{path}/file", file=(io.BytesIO(data), name))
        assert sent.status_code in status and "file-input-" in sent.text
    assert session().scalars(select(File)).all() == []
    asked = post(lead, f"{path}/answer", **answer(answer="dont-know", text="Is it <b>new</b>?"))
    assert asked.status_code == 303
    assert "With TTO" in lead.get(asked.location).text
    queue = officer.get("/queue").text
    assert "Gelsight asks a question" in queue and "new" not in queue.split("Gelsight asks")[1][:9]
    question = session().scalars(select(ItemQuestion)).one()
    reply = f"/checklist-questions/{question.public_id}/reply"
    long = post(officer, reply, text="long " * 1100)
    assert long.status_code == 422 and "long long" in long.text
    assert post(officer, reply, text="Yes, it is.").status_code == 303
    assert "Yes, it is." in lead.get(asked.location).text
    late = post(officer, reply, text="Twice.")
    assert late.status_code == 422 and "This question is answered already." in late.text
    kept = post(lead, f"{path}/file", file=(io.BytesIO(made.pdf()), "proof.pdf"))
    assert kept.status_code == 303
    done = post(lead, f"{path}/answer", **answer(), submit="1")
    assert done.status_code == 303
    twice = post(lead, f"{path}/submission")
    assert twice.status_code == 409
    seen = now().isoformat()
    assert "waits for your signature" in officer.get("/queue").text
    told = member.get("/inbox").text.partition("A checklist item waits for your signature.")[2]
    assert "Gelsight" in told.partition("</li>")[0]  # a mentor of three teams has to know whose
    own = post(lead, f"{path}/signature", role="team", seen=seen)
    assert own.status_code == 422 and "Somebody else signs it" in own.text
    for broken in ({}, {"seen": "yesterday"}, {"seen": "2026-01-01T00:00:00"}):
        assert post(member, f"{path}/signature", role="team", **broken).status_code == 409
    assert post(member, f"{path}/signature", role="team", seen=seen).status_code == 303
    again = post(member, f"{path}/signature", role="team", seen=seen)
    assert again.status_code == 422 and "signed for this role already" in again.text
    empty = post(officer, f"{path}/reject", reason="")
    assert empty.status_code == 422
    unread = post(officer, f"{path}/reject", reason="No.", seen="2026-01-01T00:00:00+00:00")
    assert unread.status_code in (409, 422) and "Read it again, then decide" in unread.text
    assert post(officer, f"{path}/nonsense", reason="x").status_code == 404
    assert post(officer, f"/checklists/{checklist.public_id}/signatures",
                seen=now().isoformat()).status_code == 303
    assert desk.item(item.id).state == "approved"
    assert "Change the answer or evidence" in lead.get(done.location).text


@SQLITE
def test_every_seat_at_every_door(desk: Desk, enter: Enter) -> None:
    checklist = desk.start("inventorship-ownership")
    items = desk.items(checklist)
    waiting = desk.signed_by(checklist, "tto-officer", "pi", "sponsor")
    facility = desk.signed_by(checklist, "facility-manager", "pi")
    for it in (waiting, facility):
        desk.hand_over(it)
    still = next(it for it in items if it.id not in {waiting.id, facility.id})
    desk.answer(still, "dont-know", "Who owns it?")
    question = session().scalars(select(ItemQuestion)).one()
    team, one = desk.team.public_id, f"/checklists/{checklist.public_id}"
    know_team = READERS | {"programme_lead"}
    doors = [
        ("GET", f"/teams/{team}/checklists", know_team, READERS),
        ("POST", f"/teams/{team}/checklists/agreements", know_team, TEAM | OFFICE),
        ("GET", one, READERS, READERS),
        ("POST", f"{one}/signatures", READERS, READERS),
        ("GET", f"/checklist-items/{still.public_id}", READERS, READERS),
        ("GET", f"/checklist-items/{waiting.public_id}", READERS | {"sponsor"},
         READERS | {"sponsor"}),
        ("GET", f"/checklist-items/{facility.public_id}", READERS | {"facility_manager"},
         READERS | {"facility_manager"}),
        ("POST", f"/checklist-items/{waiting.public_id}/signature", READERS | {"sponsor"},
         {"officer", "pi", "sponsor"}),
        ("POST", f"/checklist-items/{waiting.public_id}/reject", READERS | {"sponsor"},
         {"officer", "pi", "sponsor"}),
        ("POST", f"/checklist-questions/{question.public_id}/reply", READERS, OFFICE),
        ("POST", f"/checklist-items/{still.public_id}/answer", READERS, TEAM),
        ("POST", f"/checklist-items/{still.public_id}/file", READERS, TEAM),
        ("POST", f"/checklist-items/{still.public_id}/submission", READERS, TEAM),
        ("POST", f"{one}/submission", READERS, TEAM),
    ]
    browsers = {it: enter(desk.cast.person(it)) for it in SEATS if it != "visitor"}
    tokens = {it: token(browser) for it, browser in browsers.items()}
    visitor = desk.app.test_client()
    for method, path, know, may in doors:
        for seat, browser in browsers.items():
            data = {"csrf_token": tokens[seat], "role": "sponsor"} if method == "POST" else None
            if path.endswith("/signatures") and data:
                data["seen"] = "2000-01-01T00:00:00+00:00"
            answer = browser.open(path, method=method, data=data)
            case = (method, path, seat, answer.status_code)
            if seat not in know:
                assert answer.status_code == 404, case
            elif seat in may:
                assert answer.status_code in {200, 303, 409, 422}, case
            else:
                assert answer.status_code == 403, case
        if method == "GET":
            assert "/sign-in" in visitor.get(path).location
    # Whoever signs one item sees nothing of the checklist around it.
    sponsor = browsers["sponsor"].get(f"/checklist-items/{waiting.public_id}").text
    assert one not in sponsor and "Who owns it?" not in sponsor


@SQLITE
def test_the_sponsor_check_of_a_challenge(desk: Desk, enter: Enter) -> None:
    path = f"/challenges/{desk.cast.challenge.public_id}/sponsor-check"
    for seat, status in (("other_sponsor", 404), ("stranger", 404), ("lead", 403),
                         ("programme_lead", 303), ("sponsor", 303), ("officer", 303)):
        assert post(enter(desk.cast.person(seat)), path).status_code == status, seat
    checklist = session().scalars(select(ChecklistRow)).one()
    assert checklist.team_id is None
    for seat, status in (("sponsor", 200), ("programme_lead", 200), ("officer", 200),
                         ("lead", 404), ("other_sponsor", 404), ("mentor", 404)):
        shown = enter(desk.cast.person(seat)).get(f"/checklists/{checklist.public_id}")
        assert shown.status_code == status, seat
    with write():
        item = desk.items(checklist)[0]
        actions.answer(desk.cast.actor("sponsor"), item, actions.AnswerDraft("yes", "x", ""), now())


def test_the_overview_counts_what_lies_with_the_office(desk: Desk, enter: Enter) -> None:
    lead = enter(desk.cast.person("programme_lead"))

    def told() -> str:
        session().commit()
        shown = lead.get(f"/editions/{desk.cast.edition.public_id}").text
        after = shown.partition("IP with the office")[2]
        return " ".join(re.sub("<[^>]+>", " ", after).split())

    item = next(it for it in desk.items(desk.start()) if "tto-officer" in it.sign_off)
    assert told().startswith("0 ") and "sent back" not in told()
    desk.hand_over(item)
    assert told().startswith("1 ")
    with write():
        actions.set_aside(desk.cast.actor("officer"), item, "reject", "Since when?", now())
    assert told().startswith("0 1 sent back")
