"""From the template to an open edition in four steps, by the form; refusals keep what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import builders
from tests.accounts.pages import TOKEN, letters, send
from tests.cast import SEATS, Cast
from tests.teams.rooms import at_once
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.unit import write
from workspace.grants.models import Grant, Invitation
from workspace.programmes import actions, invitations, queries
from workspace.programmes.definitions import built_in
from workspace.programmes.models import Edition, Programme

Enter = Callable[[Person], FlaskClient]
KEY = re.compile(r'name="key"[^>]*value="([^"]+)"')
NAME = {"title": "BioVenture Lab", "summary": "", "languages": ["en", "it"], "zone": "Europe/Rome"}


def draft(cast: Cast) -> Edition:
    """A programme in its first minute, led by the programme lead."""
    lead = cast.person("programme_lead")
    with write():
        return actions.create_programme(
            builders.actor(lead), cast.university,
            actions.NameDraft("BioVenture Lab", "", ("en",), "Europe/Rome"), now(),
        )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_four_steps_by_the_form(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("programme_lead"))
    shown = client.get("/programmes/new")
    key, token = KEY.search(shown.text), TOKEN.search(shown.text)
    assert key is not None
    assert token is not None
    form = NAME | {"organisation": cast.university.public_id, "key": key[1],
                   "csrf_token": token[1]}
    assert client.post("/programmes/new", data=form | {"title": ""}).status_code == 422
    for _twice in range(2):
        assert client.post("/programmes/new", data=form).status_code == 303
    base = f"/editions/{key[1]}"
    assert client.get(f"{base}/set-up").status_code == 200
    early = send(client, f"{base}/open", on=f"{base}/set-up")
    assert early.status_code == 422
    assert "Add at least one phase." in early.text or "Choose the first day." in early.text
    template = built_in()[0]
    wrong = send(client, f"{base}/template", on=f"{base}/set-up", template=template.id,
                 starts_on="0001-01-01")
    assert wrong.status_code == 422
    assert send(client, f"{base}/template", on=f"{base}/set-up", template=template.id,
                starts_on="2027-01-04").status_code == 303
    with app.app_context():
        assert session().scalar(select(func.count()).select_from(Programme)) == 2
        edition = session().scalars(select(Edition).where(Edition.public_id == key[1])).one()
        phases = [(it.key, it.title) for it in edition.phases]
        assert len(phases) == len(template.phases)
    dates: dict[str, str] = {}
    for index, (word, title) in enumerate(phases):
        dates |= {
            f"phases-{index}-key": word, f"phases-{index}-title": title,
            f"phases-{index}-first": f"2027-{index + 1:02}-01",
            f"phases-{index}-last": f"2027-{index + 1:02}-20",
        }
    crossed = dates | {"phases-1-first": "2027-01-10"}
    refused = send(client, f"{base}/phases", on=f"{base}/set-up", **crossed)
    assert refused.status_code == 422
    assert "starts before" in refused.text
    assert "2027-01-10" in refused.text
    backwards = send(client, f"{base}/phases", on=f"{base}/set-up",
                     **(dates | {"phases-0-last": "2026-12-01"}))
    assert "must end after it starts" in backwards.text
    unknown = send(client, f"{base}/phases", on=f"{base}/set-up",
                   **(dates | {"phases-0-key": "other"}))
    assert (unknown.status_code, "changed meanwhile" in unknown.text) == (422, True)
    assert send(client, f"{base}/phases", on=f"{base}/set-up", **dates).status_code == 303
    for _twice in range(2):
        assert send(client, f"{base}/open", on=f"{base}/set-up").status_code == 303
    assert send(client, f"{base}/template", on=f"{base}/set-up", template=template.id,
                starts_on="2027-01-04").status_code == 422
    assert "Join code" in client.get(f"{base}/set-up?step=4").text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_sets_up(app: Flask, cast: Cast, enter: Enter) -> None:
    with app.app_context():
        hidden = draft(cast).public_id
    opened = cast.edition.public_id
    posts = ("name", "template", "phases", "open", "close", "code", "invite", "samples")
    for seat in sorted(set(SEATS) - {"visitor", "programme_lead"}):
        client = enter(cast.person(seat))
        token = TOKEN.search(client.get("/enter").text)
        assert token is not None
        for edition, refused in ((hidden, 404), (opened, 403)):
            for path in ("set-up", "", "reviews"):
                found = client.get(f"/editions/{edition}/{path}".rstrip("/")).status_code
                assert found == refused, (seat, path)
            for path in posts:
                found = client.post(f"/editions/{edition}/{path}",
                                    data={"csrf_token": token[1]}).status_code
                assert found == refused, (seat, path)
        wanted = 200 if seat == "administrator" else 403
        assert client.get("/programmes/new").status_code == wanted, seat
        assert client.get("/programmes").status_code == 200


def test_an_edition_closes_when_its_teams_are_closed(context: Flask, cast: Cast) -> None:
    lead = cast.actor("programme_lead")
    with pytest.raises(Refused, match="2 teams are still at work"), write():
        actions.close_edition(lead, cast.edition, 2, now())
    with write():
        actions.close_edition(lead, cast.edition, 0, now())
    assert not cast.edition.join_open
    for deed in (
        lambda: actions.rename(lead, cast.edition, actions.NameDraft("X", "", ("en",), "UTC"),
                               now()),
        lambda: actions.move_phases(lead, cast.edition, [], now()),
        lambda: actions.renew_code(lead, cast.edition, now()),
        lambda: actions.join(cast.actor("stranger"), cast.edition, now()),
    ):
        with pytest.raises(Refused), write():
            deed()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_page_says_who_is_still_at_work(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("programme_lead"))
    base = f"/editions/{cast.edition.public_id}"
    refused = send(client, f"{base}/close", on=f"{base}/set-up")
    assert (refused.status_code, "2 teams are still at work" in refused.text) == (422, True)


def test_two_leads_open_at_once(app: Flask, cast: Cast) -> None:
    with app.app_context():
        edition = draft(cast)
        with write():
            actions.use_template(cast.actor("programme_lead"), edition, built_in()[0],
                                 now().date(), now())
        number, lead = edition.id, cast.actor("programme_lead")

    def deed() -> str | None:
        row = session().get_one(Edition, number)
        actions.open_edition(lead, row, now())
        return row.join_code

    found = at_once(app, deed, deed)
    assert sum(isinstance(it, str) for it in found) == 1, found


def test_a_code_lets_people_in(context: Flask, cast: Cast) -> None:
    lead = cast.actor("programme_lead")
    with write():
        code = actions.renew_code(lead, cast.edition, now())
    assert queries.by_code(f" {code[:4].lower()}-{code[4:]} ") is cast.edition
    for _twice in range(2):
        with write():
            actions.join(cast.actor("stranger"), cast.edition, now())
    assert cast.actor("stranger").has("participant", "edition", cast.edition.id)
    count = session().scalar(select(func.count()).where(
        Grant.person_id == cast.person("stranger").id, Grant.role == "participant"))
    assert count == 1
    with write():
        newer = actions.renew_code(lead, cast.edition, now())
    assert queries.by_code(code) is None
    with write():
        actions.close_code(lead, cast.edition, now())
    assert queries.by_code(newer) is None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_guessing_codes_is_slow(app: Flask, cast: Cast, enter: Enter) -> None:
    with app.app_context(), write():
        edition = session().get_one(Edition, cast.edition.id)
        code = actions.renew_code(cast.actor("programme_lead"), edition, now())
    client = enter(cast.person("stranger"))
    shown = client.get(f"/enter?code={code}")
    assert cast.edition.title in shown.text
    token = TOKEN.search(shown.text)
    assert token is not None
    wrong = client.post("/enter", data={"csrf_token": token[1], "code": "AAAABBBB"})
    assert (wrong.status_code, "No open edition" in wrong.text) == (422, True)
    assert "AAAABBBB" in wrong.text
    right = client.post("/enter", data={"csrf_token": token[1], "code": code})
    assert right.status_code == 303
    last = 0
    for number in range(30):
        last = client.get(f"/enter?code=AAAABB{number:02}").status_code
    assert last == 429


def test_a_pasted_class_list_is_invited_once(context: Flask, cast: Cast) -> None:
    lead = cast.actor("programme_lead")
    text = ("Rita Moreau <RITA.NEW@example.org>; second@example.org\n\n"
            f"Petra\t{cast.email('participant')}\nrita.new@example.org,")
    with write():
        assert invitations.invite_people(lead, cast.edition, text, now()) == 2
    with write():
        assert invitations.invite_people(lead, cast.edition, text, now()) == 0
    with write():
        later = now() + timedelta(minutes=11)
        assert invitations.invite_people(lead, cast.edition, "second@example.org", later) == 1
    live = session().scalars(select(Invitation).where(Invitation.withdrawn_at.is_(None))).all()
    assert sorted(it.email or "" for it in live) == ["rita.new@example.org", "second@example.org"]
    for bad in ("one@example.org\nRita", "a@example.org\nb..c@d.e\n"):
        with pytest.raises(Refused, match="Line 2"), write():
            invitations.invite_people(lead, cast.edition, bad, now())
    many = "\n".join(f"p{number}@example.org" for number in range(501))
    with pytest.raises(Refused, match="At most 500"), write():
        invitations.invite_people(lead, cast.edition, many, now())


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_letter_leads_in(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("programme_lead"))
    base = f"/editions/{cast.edition.public_id}"
    sent = send(client, f"{base}/invite", on=f"{base}/set-up",
                addresses=cast.email("stranger"))
    assert sent.status_code == 303
    found = letters(app, cast.email("stranger"))
    assert len(found) == 1
    link = re.search(r"http://localhost:5000(/join/\S+)", found[0])
    assert link is not None
    guest = enter(cast.person("stranger"))
    assert send(guest, link[1]).status_code in {302, 303}
    with app.app_context():
        assert cast.actor("stranger").has("participant", "edition", cast.edition.id)


def test_moving_to_another_zone_keeps_the_days(context: Flask, cast: Cast) -> None:
    edition = draft(cast)
    lead = cast.actor("programme_lead")
    with write():
        actions.use_template(lead, edition, built_in()[0], now().date(), now())
    before = edition.phases[0].starts_at
    with write():
        actions.rename(lead, edition, actions.NameDraft("B", "", ("en",), "Europe/Lisbon"), now())
    assert edition.phases[0].starts_at - before == timedelta(hours=1)
