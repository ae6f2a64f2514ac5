"""Notices: told once, counted, read, and silent about what one may no longer see."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import builders
from tests.accounts.pages import TOKEN, letters, send
from tests.cast import SEATS, Cast
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.inbox import actions, queries
from workspace.inbox.models import Notice

Enter = Callable[[Person], FlaskClient]
KIND = "reviews-released"


def leave(cast: Cast, *seats: str, mail: bool = False) -> list[Notice]:
    """A notice about the team for each seat."""
    with write():
        return actions.tell([cast.person(it).id for it in seats], KIND, "answer", cast.team,
                            f"/teams/{cast.team.public_id}/feedback", mail=mail)


def test_each_person_is_told_once(context: Flask, cast: Cast) -> None:
    made = leave(cast, "lead", "lead", "member")
    assert len(made) == 2
    assert queries.unread(cast.actor("lead")) == 1
    found, more = queries.told(cast.actor("lead"))
    assert (found[0].sentence, found[0].about, more) == (
        "The reviews of your pitch are here.", "Gelsight", None)
    with pytest.raises(ValueError, match="no group"), write():
        actions.tell([1], KIND, "gossip")


def test_it_goes_with_the_right(context: Flask, cast: Cast) -> None:
    leave(cast, "member")
    assert queries.unread(cast.actor("member")) == 1
    with write():
        grants.end(builders.NOBODY, cast.person("member").id, ("team-member",), "team",
                   cast.team.id, now())
    assert queries.unread(cast.actor("member")) == 0
    assert queries.told(cast.actor("member"))[0] == []


def test_pages_of_notices_and_unknown_kinds(context: Flask, cast: Cast) -> None:
    with write():
        for _number in range(30):
            actions.tell([cast.person("lead").id], KIND, about=cast.team)
        actions.tell([cast.person("lead").id], "nobody-knows")
    first, more = queries.told(cast.actor("lead"))
    rest, end = queries.told(cast.actor("lead"), before=more)
    assert (len(first) + len(rest), end) == (30, None)
    assert queries.unread(cast.actor("lead")) == 30, "the bell counts what the list shows"
    with write():
        assert actions.mark_read(cast.actor("lead"), now()) == 31
    assert queries.unread(cast.actor("lead")) == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_letter_names_nothing_and_asks_rights_when_sent(app: Flask, cast: Cast) -> None:
    with app.app_context():
        leave(cast, "lead", "rival", mail=True)
    mine, rival = letters(app, cast.email("lead")), letters(app, cast.email("rival"))
    assert len(mine) == 1
    assert "Gelsight" not in mine[0]
    assert rival == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_pages(app: Flask, cast: Cast, enter: Enter) -> None:
    with app.app_context():
        notice = leave(cast, "lead")[0].public_id
    client = enter(cast.person("lead"))
    shown = client.get("/inbox?group=answer").text
    assert "The reviews of your pitch are here." in shown
    assert "The reviews of your pitch" not in client.get("/inbox?group=news").text
    assert "The reviews of your pitch" in client.get("/inbox/recent").text
    assert client.get("/inbox?before=x&group=nothing").status_code == 200
    for seat in sorted(set(SEATS) - {"visitor", "lead"}):
        other = enter(cast.person(seat))
        token = TOKEN.search(other.get("/enter").text)
        assert token is not None
        refused = other.post(f"/inbox/{notice}/open", data={"csrf_token": token[1]})
        assert refused.status_code == 404, seat
    opened = send(client, f"/inbox/{notice}/open", on="/inbox")
    assert opened.headers["Location"] == f"/teams/{cast.team.public_id}/feedback"
    assert "Everything is read." in client.get("/inbox").text
    with app.app_context():
        leave(cast, "lead")
    assert send(client, "/inbox/read", on="/inbox").status_code == 303
    with app.app_context():
        rows = session().scalars(select(Notice).where(Notice.kind == KIND)).all()
        assert all(it.read_at for it in rows)
