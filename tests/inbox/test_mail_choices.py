"""How people choose what they get by mail, and the one click that ends letters."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer
from sqlalchemy import func, select

from tests import browsers
from tests.accounts.pages import send
from tests.cast import Cast
from tests.servers import Server
from workspace.accounts.models import Person
from workspace.foundation import jobs, mail
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.inbox import actions, topics
from workspace.inbox.models import Notice, NoticeChoice
from workspace.inbox.rules import DIGEST, Way, settle
from workspace.inbox.tickets import stop_path
from workspace.journal.models import JournalEntry

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Enter = Callable[[Person], FlaskClient]
PAGE = "/settings/notifications"
KIND, TOPIC = "reviews-released", "reviews"
FIXED_KIND = "glass-broken"


def tell(cast: Cast, *seats: str, kind: str = KIND, urgent: bool = True) -> None:
    with write():
        actions.tell([cast.person(it).id for it in seats], kind, "answer", cast.team,
                     f"/teams/{cast.team.public_id}/feedback", mail=urgent)


def readers(app: Flask) -> list[str]:
    """Who has got a letter so far."""
    jobs.run_due(app)
    return [str(it["To"]) for it in mail.sent()]


def all_choices(app: Flask) -> list[tuple[int, str, str]]:
    with app.app_context():
        rows = session().scalars(select(NoticeChoice).order_by(NoticeChoice.id)).all()
        return [(it.person_id, it.topic, it.way) for it in rows]


def ticket(app: Flask, person: Person, topic: str) -> str:
    with app.app_context():
        return stop_path(person.public_id, topic)


# --- choosing -------------------------------------------------------------------------------


def test_every_kind_of_notice_has_one_topic(app: Flask) -> None:
    with app.app_context():
        kinds = [kind for it in topics.topics() for kind in it.kinds]
        keys = [it.key for it in topics.topics()]
        sentences = topics.sentences()
    assert len(kinds) == len(set(kinds)) and len(keys) == len(set(keys))
    assert set(kinds) <= set(sentences), "a topic names a notice that nobody writes"
    assert DIGEST not in keys


def test_what_keeps_people_safe_cannot_be_turned_down(app: Flask) -> None:
    with app.app_context():
        fixed = topics.topic(FIXED_KIND)
        for way in Way:
            assert settle(fixed, way, urgent=False) == Way.IMMEDIATE
        for topic in topics.topics():
            for chosen in (None, "", "usual", "nonsense", *Way):
                for urgent in (True, False):
                    found = settle(topic, chosen, urgent=urgent)
                    assert found != Way.USUAL
                    assert found != Way.OFF or topic.may_be_off


def test_a_choice_rules_the_letters_and_the_inbox_keeps_the_rest(
    context: Flask, cast: Cast
) -> None:
    lead, member = cast.person("lead"), cast.person("member")
    tell(cast, "lead", "member")
    assert readers(context) == [lead.email, member.email]
    with write():
        topics.choose(lead.id, TOPIC, Way.APP, lead.id)
        topics.choose(member.id, TOPIC, Way.IMMEDIATE, member.id)
    tell(cast, "lead", "member")
    tell(cast, "lead", "member", urgent=False)
    assert readers(context)[2:] == [member.email, member.email]
    told = session().execute(select(Notice.person_id, func.count()).group_by(Notice.person_id))
    assert sorted(row[1] for row in told) == [3, 3], "everything stands in the inbox"


def test_who_changes_her_mind_before_a_letter_leaves_gets_none(
    context: Flask, cast: Cast
) -> None:
    tell(cast, "lead")
    with write():
        topics.choose(cast.person("lead").id, TOPIC, Way.DIGEST, None)
    assert readers(context) == []


def test_the_page_keeps_what_was_chosen(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("lead"))
    shown = client.get(PAGE).text
    assert re.search(rf'<select[^>]* name="{TOPIC}"', shown)
    assert 'name="emergency"' not in shown
    done = send(client, PAGE, **{TOPIC: "immediate", DIGEST: "yes"})
    assert (done.status_code, done.headers["Location"]) == (303, PAGE)
    lead = cast.person("lead").id
    assert all_choices(app) == [(lead, TOPIC, "immediate")]
    assert '<option value="immediate" selected>' in client.get(PAGE).text
    send(client, PAGE, **{TOPIC: "usual"})  # an empty box: no daily letter
    assert all_choices(app) == [(lead, DIGEST, "app")]


@pytest.mark.parametrize(
    "fields", [{TOPIC: "nonsense"}, {"deadlines": "off"}, {TOPIC: "\x00"}], ids=str
)
def test_what_is_not_offered_is_refused(
    app: Flask, cast: Cast, enter: Enter, fields: dict[str, str]
) -> None:
    refused = send(enter(cast.person("lead")), PAGE, **fields)
    assert refused.status_code == 422
    assert all_choices(app) == []


def test_a_fixed_topic_is_no_field(app: Flask, cast: Cast, enter: Enter) -> None:
    send(enter(cast.person("lead")), PAGE, **{"emergency": "app", "no-topic": "app", DIGEST: "y"})
    assert all_choices(app) == []


def test_a_visitor_chooses_nothing(client: FlaskClient, cast: Cast) -> None:
    assert client.get(PAGE).status_code in {302, 303, 401}


# --- one click ------------------------------------------------------------------------------


def test_the_letter_says_how_to_stop_and_one_click_stops_it(app: Flask, cast: Cast) -> None:
    with app.app_context():
        tell(cast, "lead")
        assert len(readers(app)) == 1
        (letter,) = mail.sent()
    path = letter["List-Unsubscribe"].removeprefix("<http://localhost:5000").removesuffix(">")
    assert path == ticket(app, cast.person("lead"), TOPIC)
    # As a mail provider sends it: no cookie, no token of a form, no page before it.
    machine = app.test_client()
    answer = machine.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert machine.get("/settings").status_code != 200, "the ticket signs nobody in"
    assert all_choices(app) == [(cast.person("lead").id, TOPIC, "app")]
    with app.app_context():
        tell(cast, "lead")
        assert len(readers(app)) == 1
        words = session().scalars(select(JournalEntry.event)).all()
        assert "notice-choice-made" in words


def test_whoever_only_looks_changes_nothing(app: Flask, cast: Cast) -> None:
    path = ticket(app, cast.person("lead"), TOPIC)
    scanner = app.test_client()
    for _time in range(3):
        shown = scanner.get(path)
        assert shown.status_code == 200 and "<form" in shown.text
        assert scanner.head(path).status_code == 200
    assert all_choices(app) == []


def test_twice_is_once_and_a_sharper_choice_stays(app: Flask, cast: Cast) -> None:
    path = ticket(app, cast.person("lead"), DIGEST)
    for _time in range(3):
        assert app.test_client().post(path).status_code == 200
    assert all_choices(app) == [(cast.person("lead").id, DIGEST, "app")]


def test_a_foreign_page_may_send_it_and_does_no_other_harm(app: Flask, cast: Cast) -> None:
    """The ticket is the permission; the door reads no cookie and changes one choice."""
    path = ticket(app, cast.person("lead"), TOPIC)
    headers = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}
    assert app.test_client().post(path, headers=headers).status_code == 200
    assert len(all_choices(app)) == 1
    others = [
        rule.rule for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "one_click", False)
    ]
    assert others == ["/unsubscribe/<ticket>"], "the forgery check has this exception alone"


def test_tickets_cannot_be_made_up(app: Flask, cast: Cast) -> None:
    lead = cast.person("lead")
    good = ticket(app, lead, TOPIC).rsplit("/", 1)[1]
    with app.app_context():
        secret = app.config["SECRET_KEY"]
    odd: list[object] = [
        [lead.public_id, "emergency"], [lead.public_id, "nonsense"], ["nobody", TOPIC],
        lead.public_id, {}, [lead.public_id], None,
    ]
    kept, mark = good.rsplit(".", 1)
    middle = len(mark) // 2  # the last character has bits that say nothing
    other = mark[:middle] + ("A" if mark[middle] != "A" else "B") + mark[middle + 1:]
    forged = [
        "x", "x" * 3000, f"{kept}.{other}", good.swapcase(),
        URLSafeSerializer("another secret", salt="inbox.stop").dumps([lead.public_id, TOPIC]),
        URLSafeSerializer(secret, salt="another salt").dumps([lead.public_id, TOPIC]),
        *(URLSafeSerializer(secret, salt="inbox.stop").dumps(it) for it in odd),
    ]
    client = app.test_client()
    answers = {client.post(f"/unsubscribe/{it}").status_code for it in forged}
    answers |= {client.get(f"/unsubscribe/{it}").status_code for it in forged}
    assert answers == {404}
    assert all_choices(app) == []


def test_it_ends_with_the_account(app: Flask, cast: Cast) -> None:
    path = ticket(app, cast.person("lead"), TOPIC)
    with app.app_context(), write():
        person = session().get_one(Person, cast.person("lead").id)
        person.erased_at = person.created_at
    assert app.test_client().post(path).status_code == 404


def test_letters_about_safety_offer_no_way_out(context: Flask, cast: Cast) -> None:
    with write():
        actions.tell([cast.person("lead").id], FIXED_KIND, "news")
    assert readers(context) == [cast.email("lead")]
    (letter,) = mail.sent()
    assert letter["List-Unsubscribe"] is None and letter["List-Unsubscribe-Post"] is None
    assert "/unsubscribe/" not in letter.as_string()


@pytest.mark.parametrize("width", [browsers.WIDE, browsers.PHONE])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_can_be_used_by_everybody(
    demo_server: Server, visit: Callable[..., browsers.Visit], width: int, theme: str,
    database: str,
) -> None:
    opened = visit(demo_server.url, width=width, theme=theme)
    page = opened.page
    page.goto("/sign-in")
    page.fill("[name=email]", "student@demo.innocore.example")
    page.fill("[name=password]", "open-canvas-2026")
    page.locator("form:has([name=password]) button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(PAGE)
    assert browsers.accessibility_faults(page) == []
    wider = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wider <= 0
