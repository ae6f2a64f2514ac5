"""Beginning a team, what its lead says, its log, its board and its states."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.accounts.pages import send
from tests.cast import Cast
from tests.teams.rooms import draft
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.unit import write
from workspace.teams import actions, agreements, queries
from workspace.teams.actions import Part
from workspace.teams.forms import words
from workspace.teams.models import Contribution, Team
from workspace.teams.rules import TeamState

Enter = Callable[[Person], FlaskClient]
KEY = re.compile(r'name="key"[^>]* value="([^"]{22})"')


def new_team(cast: Cast, key: str, **fields: str) -> dict[str, str]:
    return {
        "key": key, "edition": cast.edition.public_id, "name": "Halocline",
        "title": "Salt as a signal", "pitch": "For ports.", "keywords": "salt, ports, Salt",
        "home": cast.second_university.public_id, "part-status": "employee",
        "part-discipline": "chemistry", "part-organisation": cast.second_university.public_id,
    } | fields


def test_a_participant_starts_a_team_and_leads_it(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("participant"))
    key = KEY.search(client.get("/teams/new").text)
    assert key is not None
    for _ in range(2):
        answer = send(client, "/teams/new", **new_team(cast, key[1]))
        assert answer.status_code == 303 and answer.location.endswith(key[1])
    with app.app_context():
        team = session().scalar(select(Team).where(Team.name == "Halocline"))
        assert team is not None and team.keywords == ["salt", "ports"]
        assert team.state == TeamState.FORMING
        member = queries.present(team.id)[0]
        assert (member.role, member.member_status, member.discipline) == (
            "lead", "employee", "chemistry")
        assert cast.actor("participant").has("team-lead", "team", team.id)
        assert session().scalar(select(func.count(Team.id))) == 3


def test_wrong_fields_come_back_with_what_was_typed(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("participant"))
    key = KEY.search(client.get("/teams/new").text)
    assert key is not None
    answer = send(client, "/teams/new", **new_team(cast, key[1], name="", home="nowhere"))
    assert answer.status_code == 422
    assert "Fill this in." in answer.text and "Salt as a signal" in answer.text
    answer = send(client, "/teams/new", **new_team(cast, key[1], home="nowhere"))
    assert answer.status_code == 422 and "Choose an institution from the list." in answer.text


def test_no_team_in_an_edition_that_one_is_not_in(context: Flask, cast: Cast) -> None:
    with pytest.raises(Refused, match="edition"), write():
        actions.begin_team(cast.actor("stranger"), cast.edition, draft(cast), Part(), now())


def test_words_are_cleaned() -> None:
    assert words("  optics , Optics,, laser\n cutting ,") == ("optics", "laser", "cutting")
    assert len(words(",".join(str(n) for n in range(50)))) == 20


def test_the_home_institution_is_fixed_once_formed(context: Flask, cast: Cast) -> None:
    with pytest.raises(Refused, match="fixed"), write():
        actions.change_team(cast.actor("lead"), cast.team,
                            draft(cast, home=cast.second_university), now())


def test_the_board_shows_what_the_team_wrote_and_nothing_else(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    with app.app_context(), write():
        actions.change_team(
            cast.actor("lead"), cast.team,
            draft(cast, name="Gelsight", title="titlecanary", pitch="pitchcanary",
                  keywords=("keywordcanary",), open_to_members=True, looking_for=("Optics",),
                  looking_text="We need somebody for lenses."), now())
    hidden = ("titlecanary", "pitchcanary", "keywordcanary", "Rita", "Tomas")
    for seat in cast.people:
        client = enter(cast.person(seat))
        page = client.get("/teams/looking").text
        shown = seat in {"lead", "member", "rival_lead", "rival", "former", "participant",
                         "programme_lead"}
        assert ("for lenses" in page) == shown, seat
        if seat not in {"lead", "member"}:
            assert not any(it in page for it in hidden), seat
        ask = client.get(f"/teams/looking/{cast.team.public_id}")
        may = seat in {"rival_lead", "rival", "former", "participant"}
        assert ask.status_code == (200 if may else 403 if shown else 404), seat
    client = enter(cast.person("participant"))
    assert "for lenses" in client.get("/teams/looking?skill=optics").text
    assert "for lenses" not in client.get("/teams/looking?skill=sales").text
    assert client.get(f"/teams/{cast.team.public_id}").status_code == 404
    asked = send(client, f"/teams/looking/{cast.team.public_id}", message="I grind lenses.")
    assert asked.status_code == 303
    assert "has not answered yet" in client.get("/teams/looking").text
    lead = enter(cast.person("lead"))
    people = f"/teams/{cast.team.public_id}/members"
    shown_to_lead = lead.get(people).text
    assert "I grind lenses." in shown_to_lead
    path = re.search(r'action="(/teams/[^"]+/requests/[^"]+)"', shown_to_lead)
    assert path is not None
    member = enter(cast.person("member"))
    assert send(member, path[1], on=people, answer="accept").status_code == 403
    assert send(lead, path[1], on=people, answer="accept").status_code == 303
    assert client.get(f"/teams/{cast.team.public_id}").status_code == 200


def test_the_log_is_only_added_to(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("member"))
    home = f"/teams/{cast.team.public_id}/log"
    key = KEY.search(client.get(home).text)
    assert key is not None
    for _ in range(2):
        answer = send(client, f"{home}/lines", on=home, key=key[1], text="Idea of the gel.",
                      corrects="")
        assert answer.status_code == 303
    correct = client.get(f"{home}?corrects={key[1]}")
    other = KEY.search(correct.text)
    assert other is not None and "You correct:" in correct.text
    send(client, f"{home}/lines", on=home, key=other[1], text="It was Rita's idea.",
         corrects=key[1])
    with app.app_context():
        lines = session().scalars(select(Contribution).order_by(Contribution.id)).all()
        assert [it.text for it in lines] == ["Idea of the gel.", "It was Rita's idea."]
        assert lines[1].corrects_id == lines[0].id
    rival = enter(cast.person("rival"))
    theirs = f"/teams/{cast.rival_team.public_id}/log"
    answer = send(rival, f"{theirs}/lines", on=theirs, key="", text="Ours.", corrects=key[1])
    assert answer.status_code == 404


def test_pausing_keeps_where_the_team_was(context: Flask, cast: Cast) -> None:
    with pytest.raises(Refused), write():
        actions.pause(cast.actor("lead"), cast.team, " ", now())
    with write():
        actions.pause(cast.actor("lead"), cast.team, "Exams.", now())
    assert cast.team.state == TeamState.PAUSED
    with write():
        actions.resume(cast.actor("programme_lead"), cast.team, now())
    assert cast.team.state == TeamState.DISCOVERY
    with write():
        actions.close(cast.actor("lead"), cast.team, "Done.", now())
    reasons = [it.reason for it, _who in queries.history(cast.team)]
    assert reasons == ["Done.", "", "Exams."]
    with pytest.raises(Refused), write():
        actions.change_team(cast.actor("lead"), cast.team, draft(cast), now())
    with pytest.raises(Refused), write():
        agreements.sign_charter(cast.actor("lead"), cast.team, 0, now())


def test_the_programme_lead_sees_name_state_and_counts(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    with app.app_context(), write():
        actions.change_team(cast.actor("lead"), cast.team, draft(
            cast, name="Gelsight", title="titlecanary", pitch="pitchcanary"), now())
    client = enter(cast.person("programme_lead"))
    for path in ("/teams", f"/teams/{cast.team.public_id}", "/inbox",
                 f"/teams/{cast.team.public_id}/members", f"/teams/{cast.team.public_id}/state"):
        page = client.get(path).text
        assert "titlecanary" not in page and "pitchcanary" not in page, path
    assert "No team fits" in client.get("/teams?q=titlecanary").text
    assert "Gelsight" in client.get("/teams").text
    assert "Gelsight" not in client.get("/teams?state=closed").text
