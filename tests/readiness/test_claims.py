"""Readiness: claimed by the team, confirmed by somebody else, compared with the gate."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import builders
from tests.cast import SEATS
from tests.submissions.desk import Desk
from tests.submissions.test_hand_in import told
from tests.submissions.test_pages import post, token
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import HouseError, Refused
from workspace.foundation.unit import write
from workspace.readiness import actions, definitions, queries, rules
from workspace.readiness.models import ReadinessClaim
from workspace.teams.models import Team

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Enter = Callable[[Person], FlaskClient]
PROOF = "Measured in the laboratory on twelve samples, levels one to four in the log."
READERS = {"lead", "member", "mentor", "officer", "pi"}


def claim(desk: Desk, level: int = 4, scale: str = "trl", evidence: str = PROOF,
          seat: str = "lead", link: str = "") -> ReadinessClaim:
    with write():
        return actions.claim(desk.cast.actor(seat), desk.team,
                             actions.ClaimDraft(scale, level, evidence, link), now())


def answer(desk: Desk, made: ReadinessClaim, step: str = "confirm", remark: str = "",
           seat: str = "mentor") -> None:
    with write():
        actions.answer(desk.cast.actor(seat), made, step, remark, now())


@SQLITE
def test_claimed_is_not_confirmed(desk: Desk) -> None:
    made = claim(desk)
    assert told(desk, "mentor", "level-claimed") == 1
    assert queries.standings(desk.team)[0] == rules.Standing("trl", 4, 0)
    answer(desk, made)
    assert queries.standings(desk.team)[0] == rules.Standing("trl", 4, 4)
    assert told(desk, "member", "level-answered") == 1
    with pytest.raises(Refused) as refusal:
        answer(desk, made)
    assert refusal.value.status == 409
    # A claim that is sent back leaves what was confirmed before.
    higher = claim(desk, 6, evidence="In the clinic with forty people, five and six in the log.")
    with pytest.raises(Refused, match="Say what is missing"):
        answer(desk, higher, "return")
    answer(desk, higher, "return", "Show the results of the clinic.")
    assert queries.standings(desk.team)[0] == rules.Standing("trl", 4, 4)


@SQLITE
def test_what_a_claim_needs(desk: Desk) -> None:
    for fields, field in (
        ({"scale": "nothing"}, "scale"), ({"level": 10}, "level"), ({"evidence": " "}, "evidence"),
        ({"level": 5, "evidence": "Short."}, "level"), ({"link": "javascript:x"}, "link"),
        ({"link": "http://["}, "link"),
    ):
        with pytest.raises(Refused) as refusal:
            claim(desk, **fields)
        assert refusal.value.field == field
    first, again = claim(desk), claim(desk)
    assert first.id == again.id  # a form posted twice claims once


@SQLITE
def test_nobody_confirms_her_own(desk: Desk) -> None:
    made = claim(desk)
    with write():
        builders.give(desk.cast.person("member"), "mentor", "team", desk.team.id,
                      basis="assignment")
    with pytest.raises(Refused, match="own level"):
        answer(desk, made, seat="member")
    newer = claim(desk, 3)
    with pytest.raises(Refused, match="newer claim"):
        answer(desk, made)
    answer(desk, newer, seat="officer")
    assert newer.answered_by_id == desk.cast.person("officer").id


def test_two_people_answer_at_once_and_one_wins(desk: Desk) -> None:
    made_id = claim(desk).id
    mentor, officer = desk.cast.actor("mentor"), desk.cast.actor("officer")
    found = desk.at_once(
        lambda: actions.answer(mentor, session().get_one(ReadinessClaim, made_id), "confirm", "",
                               now()),
        lambda: actions.answer(officer, session().get_one(ReadinessClaim, made_id), "return",
                               "Show more.", now()),
    )
    assert sum(isinstance(it, HouseError) for it in found) == 1
    session().expire_all()
    assert session().get_one(ReadinessClaim, made_id).state in {"confirmed", "returned"}


def test_claiming_twice_at_once_claims_once(desk: Desk) -> None:
    lead, team_id = desk.cast.actor("lead"), desk.team.id

    def deed() -> int:
        return actions.claim(lead, session().get_one(Team, team_id),
                             actions.ClaimDraft("trl", 4, PROOF, ""), now()).id

    first, second = desk.at_once(deed, deed)
    assert first == second


@SQLITE
def test_the_page(desk: Desk, enter: Enter) -> None:
    lead, mentor = enter(desk.cast.person("lead")), enter(desk.cast.person("mentor"))
    home = f"/teams/{desk.team.public_id}/readiness"
    assert "Nothing is claimed yet" in lead.get(home).text
    form = {"scale": "trl", "level": "4", "evidence": PROOF}
    for wrong in ({"scale": "x"}, {"level": "ten"}, {"level": "0"}, {"link": "javascript:x"},
                  {"evidence": "Short words <i>"}):
        refused = post(lead, f"{home}/claims", **(form | wrong))
        assert refused.status_code == 422, wrong
        words = "Short words &lt;i&gt;" if "evidence" in wrong else "twelve samples"
        assert words in refused.text and 'id="error-summary"' in refused.text
    assert post(lead, f"{home}/claims", **form).status_code == 303
    made = session().scalars(select(ReadinessClaim)).one()
    path = f"/readiness-claims/{made.public_id}/answer"
    long = post(mentor, path, step="return", remark="word " * 1001)
    assert long.status_code == 422 and "word word" in long.text
    empty = post(mentor, path, step="return", remark="")
    assert empty.status_code == 422 and "Say what is missing." in empty.text
    assert post(mentor, path, step="nonsense").status_code == 404
    assert post(mentor, path, step="confirm", remark="Seen.").status_code == 303
    shown = lead.get(home).text
    assert "Confirmed" in shown and "Hanna Weiss" in shown and "TRL" in shown
    assert len(definitions.built_in().scales) == 6


@SQLITE
def test_the_gate_ahead_is_compared_scale_by_scale(desk: Desk, enter: Enter) -> None:
    gate = definitions.built_in().gates[0]
    with write():
        for phase in desk.team.edition.phases:
            phase.demand = {**phase.demand, "levels": gate.id}
    lead = enter(desk.cast.person("lead"))
    home = f"/teams/{desk.team.public_id}/readiness"
    assert "is confirmed at 0 and needs" in lead.get(home).text
    for scale, level in gate.minimum.items():
        made = claim(desk, level, scale)
        assert "is claimed but not confirmed" in lead.get(home).text
        answer(desk, made)
    assert "Every scale is there" in lead.get(home).text


@SQLITE
def test_every_seat_at_every_door(desk: Desk, enter: Enter) -> None:
    made = claim(desk)
    home = f"/teams/{desk.team.public_id}/readiness"
    know_team = READERS | {"programme_lead"}
    doors = [
        ("GET", home, know_team, READERS),
        ("POST", f"{home}/claims", know_team, {"lead", "member"}),
        ("POST", f"/readiness-claims/{made.public_id}/answer", READERS, {"mentor", "officer"}),
    ]
    browsers = {it: enter(desk.cast.person(it)) for it in SEATS if it != "visitor"}
    for method, path, know, may in doors:
        for seat, browser in browsers.items():
            data = {"csrf_token": token(browser), "step": "return"} if method == "POST" else None
            got = browser.open(path, method=method, data=data)
            case = (method, path, seat, got.status_code)
            if seat not in know:
                assert got.status_code == 404, case
            elif seat in may:
                assert got.status_code in {200, 303, 422}, case
            else:
                assert got.status_code == 403, case
    assert "/sign-in" in desk.app.test_client().get(home).location
    assert session().scalar(select(func.count()).select_from(ReadinessClaim)) == 1
