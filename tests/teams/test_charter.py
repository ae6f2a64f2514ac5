"""The charter: versions, signatures of all, and the step to a formed team."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import builders
from tests.cast import Cast
from tests.teams.rooms import CHARTER, at_once, told
from workspace.accounts.models import Person
from workspace.challenges.models import Challenge
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused, Stale
from workspace.foundation.history import StateChange
from workspace.foundation.unit import write
from workspace.teams import actions, agreements, queries
from workspace.teams.models import CharterSignature, Team
from workspace.teams.rules import TeamState


@pytest.fixture
def third(app: Flask, cast: Cast) -> Person:
    """A third member; the team is forming, and its charter is written."""
    with app.app_context(), write():
        team = session().get(Team, cast.team.id)
        assert team is not None
        team.state = "forming"
        person = builders.person("Tina Third")
        builders.join(team, person)
        agreements.write_charter(cast.actor("lead"), team, CHARTER, now(), seen=0)
    return person


def sign(cast: Cast, person: Person, version: int = 1) -> bool:
    team = session().get(Team, cast.team.id)
    assert team is not None
    return agreements.sign_charter(builders.actor(person), team, version, now())


def test_the_last_signature_forms_the_team(app: Flask, cast: Cast, third: Person) -> None:
    with app.app_context():
        for person in (cast.person("lead"), cast.person("member")):
            with write():
                assert not sign(cast, person)
        with write():
            assert sign(cast, third)
        team = session().get(Team, cast.team.id)
        assert team is not None and team.state == TeamState.TEAM_FORMED
        assert told(cast, "lead", "team-step") == 1


def test_the_last_two_sign_at_once_and_the_team_forms_once(
    app: Flask, cast: Cast, third: Person
) -> None:
    with app.app_context(), write():
        sign(cast, cast.person("lead"))
    found = at_once(app, lambda: sign(cast, cast.person("member")), lambda: sign(cast, third))
    assert sorted(map(bool, found)) == [False, True]
    with app.app_context():
        steps = session().scalars(select(StateChange).where(StateChange.kind == "team")).all()
        assert [it.step for it in steps] == ["sign-charter"]


def test_the_same_signature_twice_at_once_is_one(app: Flask, cast: Cast, third: Person) -> None:
    found = at_once(app, lambda: sign(cast, third), lambda: sign(cast, third))
    assert found == [False, False]
    with app.app_context():
        assert session().scalar(select(func.count(CharterSignature.id))) == 1


def test_a_changed_charter_wants_new_signatures(app: Flask, cast: Cast, third: Person) -> None:
    with app.app_context():
        with write():
            sign(cast, cast.person("lead"))
        with write():
            agreements.write_charter(cast.actor("lead"), cast.team, CHARTER + " More.", now(),
                                     seen=1)
        with pytest.raises(Stale), write():
            sign(cast, third, version=1)
        assert queries.signed_at(cast.team.id, 2) == {}
        old = queries.charter_version(cast.team.id, 1)
        assert old is not None and old.text == CHARTER
        assert told(cast, "member", "charter-written") == 2


def test_two_writers_do_not_overwrite_each_other(app: Flask, cast: Cast, third: Person) -> None:
    found = at_once(
        app,
        *(lambda text=text: agreements.write_charter(
            cast.actor("lead"), cast.team, CHARTER + text, now(), seen=1)
          for text in (" One.", " Two.")),
    )
    assert sum(isinstance(it, Stale) for it in found) == 1
    with app.app_context():
        assert [it.version for it in queries.charter_versions(cast.team.id)] == [2, 1]


def test_a_small_team_is_not_formed(app: Flask, cast: Cast) -> None:
    with app.app_context():
        with write():
            team = session().get(Team, cast.team.id)
            assert team is not None
            team.state = "forming"
            agreements.write_charter(cast.actor("lead"), team, CHARTER, now(), seen=0)
        for seat in ("lead", "member"):
            with write():
                assert not sign(cast, cast.person(seat))


def test_a_charter_of_a_few_words_is_refused(context: Flask, cast: Cast) -> None:
    with pytest.raises(Refused, match="Write the charter first"), write():
        agreements.write_charter(cast.actor("lead"), cast.team, "Be nice.", now(), seen=0)


def test_the_challenge_of_the_team_sets_size_and_secrecy(
    app: Flask, cast: Cast, third: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        challenge = session().get(Challenge, cast.challenge.id)
        assert challenge is not None
        monkeypatch.setattr(queries, "entered_challenges", lambda _team: [challenge])
        for person in (cast.person("lead"), cast.person("member"), third):
            with write():
                assert not sign(cast, person)
        reasons = actions.facts_of(cast.team, now()).not_confidential
        assert set(reasons) == {"Rita Moreau", "Tomas Kral", "Tina Third"}
        challenge.team_max = 2
        assert queries.size_limits(cast.team.id) == (3, 3)
