"""Everything about a person, taken away by herself or gone; and what stays, under a bare key."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.factors import set_up
from tests.accounts.pages import is_signed_in, letters, send, sign_in
from tests.accounts.test_fresh_proof import grow_old
from tests.cast import Cast
from workspace.accounts import own_data
from workspace.accounts.facts import SessionEnded
from workspace.accounts.models import DataExport, ErasedKey, Passkey, Person, SignIn
from workspace.foundation import clock, facts, jobs
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.grants.models import Grant
from workspace.journal.checking import verify
from workspace.teams.models import Contribution, Member

Enter = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
DATA = "/settings/data"


def packed(app: Flask, client: FlaskClient) -> dict[str, Any]:
    assert send(client, f"{DATA}/export", on=DATA).status_code == 303
    jobs.run_due(app)
    with app.app_context():
        row = session().scalars(select(DataExport).order_by(DataExport.id.desc())).first()
    assert row is not None
    answer = client.get(f"{DATA}/{row.public_id}")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        return {name.removesuffix(".json"): json.loads(file.read(name)) for name in file.namelist()}


def test_the_archive_holds_what_is_about_the_person(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("lead"))
    with app.app_context(), write():
        session().add(
            Contribution(team_id=cast.team.id, person_id=cast.person("lead").id, text="My own line")
        )
        session().add(
            Contribution(team_id=cast.team.id, person_id=cast.person("member").id, text="Not mine")
        )
    found = packed(app, client)
    assert found["profile"][0]["email"] == cast.email("lead")
    assert {it["role"] for it in found["roles"]} >= {"team-lead"}
    assert found["teams"][0]["name"] == cast.team.name
    assert [it["text"] for it in found["contributions"]] == ["My own line"]
    assert found["sessions"] and found["record"]
    whole = json.dumps(found)
    assert "Not mine" not in whole and "token_hash" not in whole and "argon2" not in whole
    for other in ("member", "rival", "mentor"):
        assert cast.email(other) not in whole
    assert "ready" in str(letters(app, cast.email("lead"))) or letters(app, cast.email("lead"))


def test_of_a_team_that_was_left_nothing_of_today_comes(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    with app.app_context(), write():
        member = (
            session()
            .scalars(
                select(Member).where(
                    Member.person_id == cast.person("member").id, Member.team_id == cast.team.id
                )
            )
            .one()
        )
        member.left_at = clock.now()
        session().merge(cast.team).name = "Renamed afterwards"
    found = packed(app, enter(cast.person("member")))
    assert found["teams"][0]["team"] == cast.team.public_id
    assert "Renamed afterwards" not in json.dumps(found)


def test_only_oneself_and_only_for_a_day(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("lead"))
    packed(app, client)
    with app.app_context():
        row = session().scalars(select(DataExport)).one()
    path = f"{DATA}/{row.public_id}"
    for seat in ("member", "administrator", "rival"):
        assert enter(cast.person(seat)).get(path).status_code == 404
    assert app.test_client().get(path).status_code == 302
    later = clock.now() + timedelta(hours=25)
    with clock.frozen(later):
        with app.app_context():
            own_data.forget_exports(clock.now())
            assert session().scalars(select(DataExport)).all() == []
            assert not app.extensions["innocore.storage"].exists(row.file_key)
        assert enter(cast.person("lead")).get(path).status_code == 404


def test_both_want_a_fresh_proof(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("lead"))
    grow_old(app)
    assert send(client, f"{DATA}/export", on=DATA).status_code == 403
    assert "/confirm-it-is-you" in str(client.get(f"{DATA}/erase").location)


def test_erasing_takes_the_person_and_leaves_the_work(app: Flask, cast: Cast, enter: Enter) -> None:
    person, client, other = cast.person("member"), enter(cast.person("member")), None
    other = enter(person)
    set_up(client)
    packed(app, client)
    ended: list[SessionEnded] = []
    with app.app_context():
        facts.board().after(SessionEnded, ended.append)
        with write():
            session().add(Contribution(team_id=cast.team.id, person_id=person.id, text="It stays"))
        file_key = session().scalars(select(DataExport.file_key)).one()
    shown = client.get(f"{DATA}/erase").text
    assert "article" in shown and "former member" in shown
    assert send(client, f"{DATA}/erase").status_code == 422
    assert send(client, f"{DATA}/erase", sure="y").location == "/sign-in"
    assert not is_signed_in(client) and not is_signed_in(other)
    assert len(ended) == 2
    assert sign_in(app.test_client(), cast.email("member")).status_code == 422
    with app.app_context():
        left = session().get_one(Person, person.id)
        assert left.public_id == person.public_id and left.erased_at is not None
        assert left.name == own_data.FORMER and cast.email("member") not in left.email
        at = clock.now()
        open_grants = select(Grant).where(Grant.person_id == person.id, Grant.ends_at.is_(None))
        assert session().scalars(open_grants).all() == []
        assert {
            it.address + it.agent
            for it in session().scalars(select(SignIn).where(SignIn.person_id == person.id))
        } == {""}
        assert session().scalars(select(Passkey)).all() == []
        assert not app.extensions["innocore.storage"].exists(file_key)
        assert session().scalars(select(ErasedKey.key)).all() == [person.public_id]
        assert [it.text for it in session().scalars(select(Contribution))] == ["It stays"]
        assert verify() == []
        assert at is not None
    team = enter(cast.person("lead")).get(f"/teams/{cast.team.public_id}/log").text
    assert "It stays" in team and own_data.FORMER in team and person.name not in team


def test_a_lead_hands_over_first(app: Flask, cast: Cast, enter: Enter) -> None:
    answer = send(enter(cast.person("lead")), f"{DATA}/erase", sure="y")
    assert answer.status_code == 422 and "Hand the lead over" in answer.text
    with app.app_context():
        assert session().get_one(Person, cast.person("lead").id).erased_at is None


def test_a_restore_erases_again(app: Flask, cast: Cast) -> None:
    keys = [cast.person("member").public_id, "a key of nobody in here"[:22]]
    with app.app_context():
        with write():
            assert own_data.erase_again(keys, clock.now()) == 1
        with write():
            assert own_data.erase_again(keys, clock.now()) == 0
        assert own_data.erased_keys() == sorted(keys)
        assert session().get_one(Person, cast.person("member").id).name == own_data.FORMER
        assert verify() == []
