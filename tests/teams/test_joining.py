"""Coming into a team: by invitation, by asking; never past the last seat."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import builders
from tests.accounts.pages import letters, send
from tests.cast import Cast
from tests.teams.rooms import at_once, told
from workspace.accounts.models import Person
from workspace.foundation import mail
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused, Stale
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.grants.models import Invitation
from workspace.grants.queries import held_by
from workspace.teams import actions, agreements, queries
from workspace.teams.models import JoinRequest, Opening, Team

Enter = Callable[[Person], FlaskClient]


def invited(cast: Cast, **options: str) -> tuple[Invitation, str]:
    with write():
        invitation, token, _code = actions.invite(
            cast.actor("lead"), cast.team, now(), **options)
    return invitation, token


def come_in(cast: Cast, seat: str, token: str) -> Team:
    """What the join page does."""
    actor = cast.actor(seat)
    invitation = grants.find_invitation(token, now())
    if invitation is None:
        raise Refused("ended")
    grants.use_invitation(actor, invitation, now())
    return actions.join_by_invitation(actor, invitation, now())


def test_an_invitation_lets_one_person_in_once(context: Flask, cast: Cast) -> None:
    _invitation, token = invited(cast)
    with write():
        team = come_in(cast, "stranger", token)
    actor = cast.actor("stranger")
    assert actor.has("team-member", "team", team.id)
    assert actor.has("participant", "edition", cast.edition.id)
    assert told(cast, "member", "team-joined") == 1
    with pytest.raises(Refused), write():
        come_in(cast, "participant", token)


def test_it_ends_after_seven_days_and_when_withdrawn(context: Flask, cast: Cast) -> None:
    _invitation, token = invited(cast)
    with frozen(now() + timedelta(days=7, seconds=1)), pytest.raises(Refused), write():
        come_in(cast, "stranger", token)
    invitation, token = invited(cast)
    with write():
        actions.withdraw_invitation(cast.actor("lead"), invitation, now())
    with pytest.raises(Refused), write():
        come_in(cast, "stranger", token)


def test_it_is_void_when_the_inviter_lost_the_right(context: Flask, cast: Cast) -> None:
    _invitation, token = invited(cast)
    member = queries.membership(cast.team.id, cast.person("member").id)
    assert member is not None
    with write():
        actions.hand_over(cast.actor("lead"), cast.team, member, now())
    with pytest.raises(Refused), write():
        come_in(cast, "stranger", token)


def test_an_invitation_for_an_address_is_for_that_address(context: Flask, cast: Cast) -> None:
    _invitation, token = invited(cast, email="somebody@example.org")
    with pytest.raises(Refused, match="another address"), write():
        come_in(cast, "stranger", token)


def test_an_invitation_for_an_address_is_mailed_without_a_title(
    context: Flask, cast: Cast
) -> None:
    _invitation, token = invited(cast, email="somebody@example.org")
    invited(cast)
    (letter,) = letters(context, "somebody@example.org")
    assert f"/join/{token}" in letter and "Rita Moreau" in letter
    assert cast.team.name not in letter and cast.team.title not in letter
    assert len(mail.sent()) == 1, "a way in without an address is handed over, not mailed"


def test_the_code_is_shown_once_and_the_form_makes_one(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    lead = enter(cast.person("lead"))
    home = f"/teams/{cast.team.public_id}"
    shown = lead.get(f"{home}/members").text
    key = re.search(r'name="key"[^>]* value="([^"]{22})"', shown)
    assert key is not None
    made = send(lead, f"{home}/invitations", on=f"{home}/members", key=key[1], email="")
    assert made.status_code == 200
    link = re.search(r'value="http[^"]*/join/([^"]+)"', made.text)
    assert link is not None and link[1] not in lead.get(f"{home}/members").text
    again = send(lead, f"{home}/invitations", on=f"{home}/members", key=key[1], email="")
    assert again.status_code == 422
    with app.app_context():
        rows = session().scalars(select(Invitation)).all()
        assert len(rows) == 1 and link[1] not in rows[0].token_hash
    assert "409" not in send(
        lead, f"{home}/invitations/{key[1]}/withdrawal", on=f"{home}/members").status
    with app.app_context():
        assert grants.find_invitation(link[1], now()) is None


def test_invitations_of_another_team_are_absent(app: Flask, cast: Cast, enter: Enter) -> None:
    with app.app_context():
        invitation, token = invited(cast)
    rival = enter(cast.person("rival_lead"))
    home = f"/teams/{cast.rival_team.public_id}"
    answer = send(rival, f"{home}/invitations/{invitation.public_id}/withdrawal",
                  on=f"{home}/members")
    assert answer.status_code == 404
    with app.app_context():
        assert grants.find_invitation(token, now()) is not None


@pytest.fixture
def one_seat(app: Flask, cast: Cast) -> Team:
    """The team of the cast with five members: one seat is left."""
    with app.app_context(), write():
        team = session().get(Team, cast.team.id)
        assert team is not None
        for number in range(3):
            builders.join(team, builders.person(f"Extra Number{number}"))
        team.open_to_members = True
    return cast.team


def test_two_people_take_the_last_seat_at_once_and_one_gets_it(
    app: Flask, cast: Cast, one_seat: Team
) -> None:
    with app.app_context():
        tokens = [invited(cast)[1] for _ in range(2)]
    found = at_once(app, lambda: come_in(cast, "stranger", tokens[0]),
                    lambda: come_in(cast, "participant", tokens[1]))
    refusals = [it for it in found if isinstance(it, Refused)]
    assert len(refusals) == 1 and "full" in refusals[0].reason
    with app.app_context():
        assert len(queries.present(one_seat.id)) == 6
        unused = session().scalars(select(Invitation).where(Invitation.used_at.is_(None))).all()
        assert len(unused) == 1


def test_one_code_in_two_hands_at_once_lets_one_in(app: Flask, cast: Cast) -> None:
    with app.app_context():
        _invitation, token = invited(cast)
    found = at_once(app, lambda: come_in(cast, "stranger", token),
                    lambda: come_in(cast, "participant", token))
    assert sum(isinstance(it, Refused) for it in found) == 1
    with app.app_context():
        assert len(queries.present(cast.team.id)) == 3


def test_an_invitation_and_a_request_meet_at_the_last_seat(
    app: Flask, cast: Cast, one_seat: Team
) -> None:
    with app.app_context():
        _invitation, token = invited(cast)
        request_id = asked(cast, "participant")

    def take_in() -> object:
        request = session().get(JoinRequest, request_id)
        assert request is not None
        return agreements.answer_request(cast.actor("lead"), request, now(), accepted=True)

    found = at_once(app, lambda: come_in(cast, "stranger", token), take_in)
    assert sum(isinstance(it, Refused) for it in found) == 1
    with app.app_context():
        team = session().get(Team, one_seat.id)
        assert team is not None
        assert len(queries.present(team.id)) == 6 and not team.open_to_members


def asked(cast: Cast, seat: str) -> int:
    with write():
        team = session().get(Team, cast.team.id)
        assert team is not None
        team.open_to_members = True
        session().flush()
        opening = session().get(Opening, team.id)
        assert opening is not None
        session().refresh(opening)
        return agreements.ask_to_join(cast.actor(seat), opening, "I know optics.", now()).id


def test_asking_twice_is_one_request_and_the_lead_answers(context: Flask, cast: Cast) -> None:
    first, second = asked(cast, "participant"), asked(cast, "participant")
    assert first == second
    assert told(cast, "lead", "join-asked") == 1
    request = session().get(JoinRequest, first)
    assert request is not None
    with write():
        agreements.answer_request(cast.actor("lead"), request, now(), accepted=False)
    assert told(cast, "participant", "join-declined") == 1
    with pytest.raises(Stale), write():
        agreements.answer_request(cast.actor("lead"), request, now(), accepted=True)
    assert queries.membership(cast.team.id, cast.person("participant").id) is None


def test_accepting_gives_the_rights_of_a_member(context: Flask, cast: Cast) -> None:
    request = session().get(JoinRequest, asked(cast, "participant"))
    assert request is not None
    with write():
        agreements.answer_request(cast.actor("lead"), request, now(), accepted=True)
    held = held_by(cast.person("participant").id, now())
    assert ("team-member", cast.team.id) in {(it.role, it.scope_id) for it in held}
    assert told(cast, "participant", "join-accepted") == 1


def test_a_new_member_makes_the_charter_due_again(context: Flask, cast: Cast) -> None:
    with write():
        cast.team.charter, cast.team.charter_version = "x" * 60, 1
    _invitation, token = invited(cast)
    with write():
        come_in(cast, "stranger", token)
    session().refresh(cast.team)
    assert cast.team.charter_renewal_at is not None
