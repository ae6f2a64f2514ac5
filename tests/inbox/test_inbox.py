"""The inbox page: filters, pages, putting away, changing many at once, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from tests import browsers, builders
from tests.accounts.pages import TOKEN
from tests.cast import Cast
from tests.questions import counted
from tests.servers import Server
from workspace.accounts.models import Person
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.inbox import actions, queries
from workspace.inbox.models import Notice
from workspace.inbox.rules import comes_back

Enter = Callable[[Person], FlaskClient]
KIND = "reviews-released"
SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ROME = "Europe/Rome"


def leave(cast: Cast, count: int = 1, group: str = "news", seat: str = "lead") -> list[str]:
    """That many notices about the team; their public ids."""
    made = []
    with write():
        for _number in range(count):
            made += actions.tell([cast.person(seat).id], KIND, group, cast.team, "/teams")
    return [it.public_id for it in made]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- the bell -------------------------------------------------------------------------------


def test_the_bell_asks_little(context: Flask, cast: Cast) -> None:
    actor = cast.actor("lead")
    with counted(context) as nothing_new:
        assert queries.unread(actor) == 0
    leave(cast, 150)
    with counted(context) as much_new:
        assert queries.unread(cast.actor("lead")) == 100
    lines = [it for it in nothing_new if "notice" in it]
    assert len(lines) == 1, "whoever has nothing waiting is answered by one look at an index"
    assert len([it for it in much_new if "notice" in it]) == 2


def test_it_is_answered_from_the_index(context: Flask, cast: Cast) -> None:
    leave(cast, 30)
    with counted(context) as asked:
        queries.unread(cast.actor("lead"))
    first = next(it for it in asked if "notice" in it)
    frame = select(*queries.bell(cast.actor("lead")).columns)
    with counted(context) as of_the_frame:
        session().scalar(frame)
    bell, = of_the_frame
    if context.extensions["innocore.database"].is_sqlite:
        with session().bind.connect() as raw:  # type: ignore[union-attr]
            for question in (first, bell):
                plan = raw.exec_driver_sql(
                    "EXPLAIN QUERY PLAN " + question, (cast.person("lead").id, now().isoformat())
                ).all()
                assert "ix_notice_person" in str(plan)
    assert "count" not in first.lower()


def test_the_page_asks_no_more_for_more_notices(context: Flask, cast: Cast) -> None:
    leave(cast, 2)
    with counted(context) as few:
        assert len(queries.told(cast.actor("lead"))[0]) == 2
    leave(cast, 40)
    session().expire_all()
    with counted(context) as many:
        assert len(queries.told(cast.actor("lead"))[0]) == 25
    assert len(many) <= len(few) + 1


def test_things_of_all_kinds_are_named_by_one_question(context: Flask, cast: Cast) -> None:
    lead, secret = cast.actor("lead"), cast.rival_team
    things = {
        cast.team: "Gelsight", cast.team.members[0]: "Gelsight", cast.edition: cast.edition.title,
        cast.challenge: cast.challenge.title, secret: None,
    }
    with write():
        for about in things:
            actions.tell([cast.person("lead").id], KIND, "news", about, "/teams")
        actions.tell([cast.person("lead").id], "team-removed", "news", url="/teams")
    with counted(context) as asked:
        told, _more = queries.told(lead)
    assert sorted(it.about for it in told) == sorted(["", *filter(None, things.values())])
    assert len(asked) == 3


def test_out_of_sight_takes_no_place_on_a_page(context: Flask, cast: Cast) -> None:
    with write():
        actions.tell([cast.person("member").id], "team-removed", url="/teams")
    leave(cast, 40, seat="member")
    with write():
        grants.end(builders.NOBODY, cast.person("member").id, ("team-member",), "team",
                   cast.team.id, now())
    told, more = queries.told(cast.actor("member"))
    assert ([it.about for it in told], more) == ([""], None)
    assert queries.waiting(cast.actor("member")) == {"news": 1}


# --- putting away ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "day", "now_at", "back"),
    [
        ("evening", None, "2026-11-24T09:00+00:00", "2026-11-24T17:00+00:00"),
        ("tomorrow", None, "2026-11-24T09:00+00:00", "2026-11-25T07:00+00:00"),
        ("tomorrow", None, "2026-10-24T12:00+00:00", "2026-10-25T07:00+00:00"),  # clocks turn
        ("tomorrow", None, "2026-03-28T12:00+00:00", "2026-03-29T06:00+00:00"),
        ("week", None, "2026-11-23T23:30+00:00", "2026-11-30T07:00+00:00"),
        ("week", None, "2026-11-22T12:00+00:00", "2026-11-23T07:00+00:00"),
        ("day", date(2026, 12, 24), "2026-11-24T09:00+00:00", "2026-12-24T07:00+00:00"),
    ],
)
def test_when_it_comes_back(choice: str, day: date | None, now_at: str, back: str) -> None:
    assert comes_back(choice, day, at(now_at), ROME) == at(back)


@pytest.mark.parametrize(
    ("choice", "day"),
    [("evening", None), ("day", None), ("day", date(2026, 11, 24)), ("day", date(2028, 1, 1)),
     ("never", None), ("", None)],
)
def test_when_it_cannot_come_back(choice: str, day: date | None) -> None:
    with pytest.raises(Refused):
        comes_back(choice, day, at("2026-11-24T20:00+00:00"), ROME)


def test_it_is_away_until_then_and_unread_after(context: Flask, cast: Cast) -> None:
    old, new = leave(cast, 2)
    until = now() + timedelta(hours=5)
    with write():
        actions.mark_read(cast.actor("lead"), now(), these=[old])
        assert actions.snooze(cast.actor("lead"), now(), [old], until) == 1
    assert queries.unread(cast.actor("lead")) == 1
    assert [it.public_id for it in queries.told(cast.actor("lead"))[0]] == [new]
    later, _more = queries.told(cast.actor("lead"), show="later")
    assert [(it.public_id, it.later) for it in later] == [(old, until)]
    with frozen(until):
        actor = cast.actor("lead")
        told, _more = queries.told(actor)
        assert [it.public_id for it in told] == [old, new], "it stands where it came back"
        assert queries.unread(actor) == 2
        assert queries.told(actor, show="later")[0] == []


def test_what_is_away_is_not_read_with_the_rest(context: Flask, cast: Cast) -> None:
    away, _here = leave(cast, 2)
    with write():
        actions.snooze(cast.actor("lead"), now(), [away], now() + timedelta(hours=1))
        assert actions.mark_read(cast.actor("lead"), now()) == 1
    with frozen(now() + timedelta(hours=2)):
        assert queries.unread(cast.actor("lead")) == 1


def test_nobody_changes_somebody_else_s(context: Flask, cast: Cast) -> None:
    (mine,) = leave(cast)
    rival = cast.actor("rival")
    with write():
        assert actions.mark_read(rival, now(), these=[mine]) == 0
        assert actions.snooze(rival, now(), [mine], now() + timedelta(days=1)) == 0
        stamp = now()
        assert actions.mark_read(cast.actor("lead"), stamp, these=[mine]) == 1
        assert actions.take_back(rival, stamp) == 0
        assert actions.take_back(cast.actor("lead"), stamp) == 1
        assert actions.take_back(cast.actor("lead"), stamp) == 0, "once"
    assert queries.unread(cast.actor("lead")) == 1


# --- the page -------------------------------------------------------------------------------


def post(client: FlaskClient, path: str, fields: list[tuple[str, str]]) -> Any:
    """Send fields, some of them more than once, with the token of the inbox."""
    token = TOKEN.search(client.get("/inbox").text)
    assert token is not None
    return client.post(path, data=MultiDict([("csrf_token", token[1]), *fields]))


@SQLITE
def test_many_are_changed_at_once_and_taken_back(app: Flask, cast: Cast, enter: Enter) -> None:
    with app.app_context():
        first, second, third = leave(cast, 3)
    client = enter(cast.person("lead"))
    chosen = [("notice", first), ("notice", second)]
    done = post(client, "/inbox/change", [*chosen, ("do", "read"), ("show", "unread")])
    assert done.status_code == 303
    shown = client.get(done.location).text
    assert "2 notices are changed." in shown and third in shown and first not in shown
    stamp = shown.split('name="at" value="')[1].split('"')[0]
    assert post(client, "/inbox/undo", [("at", stamp)]).status_code == 303
    assert "3 notices are unread." in client.get("/inbox").text
    done = post(client, "/inbox/change", [*chosen, ("do", "later"), ("until", "tomorrow")])
    assert done.status_code == 303
    assert first not in client.get("/inbox").text
    assert first in client.get("/inbox?show=later").text
    post(client, "/inbox/change", [("notice", first), ("do", "back")])
    assert first in client.get("/inbox").text


@SQLITE
@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ([("do", "read")], "Choose notices first."),
        ([("notice", "x"), ("do", "burn")], "Choose what to do with them."),
        ([("notice", "x"), ("do", "later"), ("until", "day")], "Choose when it comes back."),
        ([("notice", "x"), ("do", "later"), ("until", "day"), ("day", "2001-01-01")],
         "Choose a day after today"),
    ],
)
def test_what_cannot_be_done_is_said(
    app: Flask, cast: Cast, enter: Enter, fields: list[tuple[str, str]], says: str
) -> None:
    with app.app_context():
        leave(cast)
    refused = post(enter(cast.person("lead")), "/inbox/change", fields)
    assert refused.status_code == 422
    assert says in refused.text


@SQLITE
def test_a_group_is_read_and_the_address_keeps_the_filter(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    with app.app_context():
        leave(cast, 2, "news")
        leave(cast, 1, "answer")
    client = enter(cast.person("lead"))
    done = post(client, "/inbox/read", [("group", "news")])
    assert "group=news" in done.location
    with app.app_context():
        rows = session().scalars(select(Notice).where(Notice.read_at.is_(None))).all()
        assert [it.group for it in rows] == ["answer"]
    assert "No notice matches" in client.get("/inbox?group=mention").text
    assert "Nothing is put away" in client.get("/inbox?show=later").text
    for odd in ("undo=x", "undo=2026-11-24", "before=x", "show=x&group=x",
                "undo=2026-11-24T10:00Z"):
        assert client.get(f"/inbox?{odd}").status_code == 200, odd


@SQLITE
def test_pages_hold_each_notice_once(app: Flask, cast: Cast, enter: Enter) -> None:
    with app.app_context():
        made = leave(cast, 60)
    client, path, seen = enter(cast.person("lead")), "/inbox", list[str]()
    for _page in range(4):
        shown = client.get(path).text
        seen += [it for it in reversed(made) if f'value="{it}"' in shown]
        older = shown.split("Show older notices")[0].rsplit('href="', 1)[1].split('"')[0]
        if "Show older notices" not in shown:
            break
        path = older.replace("&amp;", "&")
    assert seen == made[::-1]


@pytest.mark.parametrize("width", [browsers.WIDE, browsers.PHONE])
@pytest.mark.parametrize("theme", ["light", "dark"])
@SQLITE
def test_the_pages_can_be_used_by_everybody(
    demo_server: Server, visit: Callable[..., browsers.Visit], width: int, theme: str,
    database: str,
) -> None:
    page = visit(demo_server.url, width=width, theme=theme).page
    page.goto("/sign-in")
    page.fill("[name=email]", "student@demo.innocore.example")
    page.fill("[name=password]", "open-canvas-2026")
    page.locator("form:has([name=password]) button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    for path in ("/inbox", "/inbox?show=later", "/inbox?group=mention", "/settings/calendars",
                 "/settings/calendars/new"):
        page.goto(path)
        if path == "/inbox":
            page.locator("details.inbox-later summary").first.click()
        assert browsers.accessibility_faults(page) == [], path
        wider = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wider <= 0, path
