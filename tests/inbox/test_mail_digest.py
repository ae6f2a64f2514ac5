"""The daily letter: once a day of the reader's own calendar, with what she may see when it goes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from sqlalchemy import select

from tests import builders
from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.foundation import jobs, mail
from workspace.foundation.clock import frozen
from workspace.foundation.days import day_in
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.inbox import actions, digests
from workspace.inbox.models import Digest, Notice
from workspace.inbox.rules import digest_day

sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ZONES = (
    "UTC", "Europe/Rome", "Europe/London", "America/New_York", "America/Sao_Paulo",
    "America/St_Johns", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Lord_Howe",
    "Pacific/Auckland", "Pacific/Chatham", "Pacific/Apia", "Pacific/Honolulu",
)
STEP = timedelta(minutes=15)
SEVEN = time(7)
KIND = "reviews-released"
SENTENCE = "The reviews of your pitch are here."


# --- the rule -------------------------------------------------------------------------------


@effort(deadline=None, max_examples=150)
@given(
    zone=st.sampled_from(ZONES),
    first=st.dates(date(2024, 1, 1), date(2030, 12, 28)),
    shift=st.integers(0, 14),
)
@example("Europe/Rome", date(2027, 3, 27), 7)
@example("Europe/Rome", date(2027, 10, 30), 7)
@example("Australia/Lord_Howe", date(2027, 4, 3), 3)
@example("America/New_York", date(2027, 11, 6), 0)
def test_each_day_of_the_reader_begins_its_letter_at_seven(
    zone: str, first: date, shift: int
) -> None:
    """Walk through three days in steps of a quarter of an hour, in any zone and season."""
    here = ZoneInfo(zone)
    begin = datetime.combine(first, time(0), here).astimezone(UTC) + timedelta(minutes=shift)
    looks = [begin + n * STEP for n in range(3 * 24 * 4)]
    for at in looks:
        day = digest_day(at, zone)
        wall = at.astimezone(here)
        assert day == (wall.date() if wall.time() >= SEVEN else None), wall
    days = [it for it in (digest_day(at, zone) for at in looks) if it is not None]
    assert all(it <= later for it, later in pairwise(days)), "a day never comes back"
    # 07:00 is never skipped and comes once: every day that was walked through has its letter.
    last = day_in(looks[-1], zone)
    assert {first + timedelta(days=n) for n in range((last - first).days)} <= set(days)


# --- the job --------------------------------------------------------------------------------


def live_in(cast: Cast, **zones: str) -> None:
    for seat, zone in zones.items():
        session().get_one(Person, cast.person(seat).id).zone = zone


def tell(cast: Cast, *seats: str, kind: str = KIND, mail_now: bool = False) -> list[Notice]:
    with write():
        return actions.tell([cast.person(it).id for it in seats], kind, "answer", cast.team,
                            f"/teams/{cast.team.public_id}/feedback", mail=mail_now)


def part(message: EmailMessage, kind: str = "plain") -> str:
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def go(app: Flask, at: datetime) -> int:
    """The job at that instant, and whatever it puts down; how many letters there are then."""
    with frozen(at):
        digests.keep_writing()
        session().commit()
        jobs.run_due(app)
    return len(mail.sent())


MORNING = datetime(2027, 6, 15, 5, 0, tzinfo=UTC)
"""07:00 in Rome."""


def early(cast: Cast, *seats: str) -> None:
    with frozen(MORNING - timedelta(hours=9)):
        tell(cast, *seats)


@sqlite
@pytest.mark.parametrize(
    ("zone", "first"),
    [("Europe/Rome", date(2027, 3, 26)), ("Europe/Rome", date(2027, 10, 29)),
     ("Australia/Lord_Howe", date(2027, 4, 2)), ("America/New_York", date(2027, 3, 12))],
)
def test_one_letter_a_day_when_the_clocks_turn(
    context: Flask, cast: Cast, zone: str, first: date
) -> None:
    here = ZoneInfo(zone)
    with write():
        live_in(cast, lead=zone)
    begin = datetime.combine(first, time(0), here).astimezone(UTC)
    arrived: list[datetime] = []
    for n in range(4 * 24 * 2):
        at = begin + n * timedelta(minutes=30)
        hour = at.astimezone(here).time()
        if hour == time(1):  # before any clock turns, on each day
            with frozen(at):
                tell(cast, "lead")
        if not time(4) <= hour <= time(9):
            continue
        before = len(mail.sent())
        if go(context, at) > before:
            arrived.append(at.astimezone(here))
    assert [(it.date(), it.time()) for it in arrived] == [
        (first + timedelta(days=n), SEVEN) for n in range(4)
    ]
    assert {it["To"] for it in mail.sent()} == {cast.email("lead")}


@sqlite
def test_each_reader_has_her_own_morning(context: Flask, cast: Cast) -> None:
    with write():
        live_in(cast, lead="Europe/Rome", member="America/New_York")
    early(cast, "lead", "member")
    assert go(context, MORNING - timedelta(minutes=1)) == 0
    assert go(context, MORNING) == 1
    assert go(context, MORNING + timedelta(hours=6)) == 2
    assert [it["To"] for it in mail.sent()] == [cast.email("lead"), cast.email("member")]


def test_two_workers_write_one_letter(context: Flask, cast: Cast) -> None:
    early(cast, "lead")
    with frozen(MORNING):
        first = digests.due(MORNING)
        assert [it.id for it, _day in first] == [cast.person("lead").id]
        assert digests.write_due(MORNING) == 1
        assert digests.write_due(MORNING) == 0
        jobs.run_due(context)
        jobs.run_due(context)
    assert len(mail.sent()) == 1
    assert len(session().scalars(select(Digest)).all()) == 1


@sqlite
def test_it_tells_once_and_never_what_was_told_or_read(context: Flask, cast: Cast) -> None:
    early(cast, "lead", "member")
    with frozen(MORNING - timedelta(hours=8)), write():
        actions.mark_read(cast.actor("member"), MORNING - timedelta(hours=8))
    with frozen(MORNING - timedelta(hours=7)):
        tell(cast, "programme_lead", mail_now=True)  # a letter of its own goes at once
        jobs.run_due(context)
    assert [it["To"] for it in mail.sent()] == [cast.email("programme_lead")]
    assert go(context, MORNING) == 2
    assert mail.sent()[1]["To"] == cast.email("lead")
    assert go(context, MORNING + timedelta(days=1)) == 2, "nothing new, no letter"


@sqlite
def test_it_is_written_with_the_rights_of_the_moment_it_leaves(
    context: Flask, cast: Cast
) -> None:
    early(cast, "lead", "member")
    with frozen(MORNING):
        digests.keep_writing()
        with write():
            grants.end(builders.NOBODY, cast.person("member").id, ("team-member",), "team",
                       cast.team.id, MORNING)
        jobs.run_due(context)
    assert [it["To"] for it in mail.sent()] == [cast.email("lead")]


@sqlite
def test_what_is_read_before_it_leaves_is_left_out(context: Flask, cast: Cast) -> None:
    early(cast, "lead")
    with frozen(MORNING):
        digests.keep_writing()
        with write():
            actions.mark_read(cast.actor("lead"), MORNING)
        jobs.run_due(context)
    assert mail.sent() == []


@sqlite
def test_a_closed_account_gets_none(context: Flask, cast: Cast) -> None:
    early(cast, "lead")
    with write():
        session().get_one(Person, cast.person("lead").id).active = False
    assert go(context, MORNING) == 0


@sqlite
def test_it_names_no_title_and_leads_home(context: Flask, cast: Cast) -> None:
    planted = "zqplanteddigest"
    with write():
        team = session().get_one(type(cast.team), cast.team.id)
        team.name, team.title = planted, planted
    early(cast, "lead")
    with frozen(MORNING - timedelta(hours=8)), write():
        actions.tell([cast.person("lead").id], "team-joined", "news", cast.team, "/evil\nx")
    assert go(context, MORNING) == 1
    (letter,) = mail.sent()
    assert planted not in letter.as_string()
    assert letter["Subject"] == "Your day in InnoCore"
    for kind in ("plain", "html"):
        words = part(letter, kind)
        assert planted not in words and "evil" not in words
        assert words.index("Needs an answer") < words.index(SENTENCE) < words.index("News")
        assert f"http://localhost:5000/teams/{cast.team.public_id}/feedback" in words
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Unsubscribe"].startswith("<http://localhost:5000/unsubscribe/")
