"""Letters: after the commit, in the reader's language, only to whom may still know, no titles."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from flask_babel import Domain
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import select

from tests.cast import Cast
from tests.servers import free_port
from workspace.accounts.models import Person
from workspace.foundation import jobs, mail
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.jobs import Job
from workspace.foundation.settings import Settings
from workspace.foundation.text import lazy
from workspace.foundation.unit import abandon, write
from workspace.teams.models import Team

SUBJECT = lazy("Something in InnoCore waits for you")
LETTERS = {
    "mail/plain.txt": '{% extends "mail/_layout.txt" %}{% block content %}{{ words }}\n'
                      "{{ link(path) }}{% endblock %}",
    "mail/both.txt": '{% extends "mail/_layout.txt" %}{% block content %}{{ words }}{% endblock %}',
    "mail/both.html": '{% extends "mail/_layout.html" %}{% block content %}<p>{{ words }}</p>'
                      '<a href="{{ link(path) }}">x</a>{% endblock %}',
    "mail/broken.txt": "{{ nothing_of_the_sort }}",
}


@pytest.fixture(autouse=True)
def letters(app: Flask) -> None:
    loader = app.jinja_loader
    assert loader is not None
    app.jinja_env.loader = ChoiceLoader([DictLoader(LETTERS), loader])


def put(app: Flask, to: Any, template: str = "mail/plain", **options: Any) -> None:
    words = {"words": "<b>What happened</b>", "path": "/teams/x?a=1"}
    with app.app_context(), write():
        mail.letter(to, template, options.pop("subject", SUBJECT),
                    options.pop("context", words), **options)


def delivered(app: Flask) -> list[EmailMessage]:
    jobs.run_due(app)
    with app.app_context():
        return mail.sent()


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_letter_goes_out_after_the_commit_to_one_person(app: Flask, cast: Cast) -> None:
    person = cast.person("lead")
    put(app, person)
    put(app, cast.person("member"))
    first, second = delivered(app)
    assert first["To"] == person.email
    assert second["To"] == cast.email("member")
    assert first["Cc"] is None and first["Bcc"] is None
    assert first["Subject"] == "Something in InnoCore waits for you"
    assert "http://localhost:5000/teams/x?a=1" in text_of(first)
    assert "<b>What happened</b>" in text_of(first)
    assert f"Hello {person.name}," in text_of(first)
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Message-ID"] != second["Message-ID"]


def test_the_page_of_a_letter_escapes_what_people_typed(app: Flask, cast: Cast) -> None:
    put(app, cast.person("lead"), "mail/both")
    (message,) = delivered(app)
    assert message.get_content_type() == "multipart/alternative"
    page = text_of(message, "html")
    assert "&lt;b&gt;What happened&lt;/b&gt;" in page
    assert 'href="http://localhost:5000/teams/x?a=1"' in page
    assert "<script" not in page


def test_nothing_is_sent_for_a_change_that_was_thrown_away(app: Flask, cast: Cast) -> None:
    with app.app_context(), write():
        mail.letter(cast.person("lead"), "mail/plain", SUBJECT)
        abandon()
    assert delivered(app) == []


def test_a_key_is_one_letter(app: Flask, cast: Cast) -> None:
    for _ in range(3):
        put(app, cast.person("lead"), key="notice:1")
    assert len(delivered(app)) == 1


def test_rights_are_asked_when_it_is_sent(app: Flask, cast: Cast) -> None:
    check = ("view", Team, cast.team.public_id)
    for seat in ("lead", "member", "rival", "stranger"):
        put(app, cast.person(seat), check=check)
    assert {message["To"] for message in delivered(app)} == {
        cast.email("lead"), cast.email("member"),
    }


def test_who_left_before_the_job_ran_gets_nothing(app: Flask, cast: Cast) -> None:
    from workspace.grants.models import Grant

    put(app, cast.person("member"), check=("view", "team", cast.team.public_id))
    with app.app_context(), write():
        for grant in session().scalars(
            select(Grant).where(Grant.person_id == cast.person("member").id)
        ):
            grant.ends_at = now() - timedelta(seconds=1)
    assert delivered(app) == []


def test_a_closed_account_gets_nothing_and_a_changed_address_is_used(
    app: Flask, cast: Cast
) -> None:
    put(app, cast.person("lead"))
    put(app, cast.person("member"))
    with app.app_context(), write():
        people = {it.id: it for it in session().scalars(select(Person))}
        people[cast.person("lead").id].active = False
        people[cast.person("member").id].email = "new.address@example.org"
    assert [message["To"] for message in delivered(app)] == ["new.address@example.org"]


def test_a_letter_speaks_the_language_of_its_reader(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    import flask_babel

    heard: list[str] = []
    plain = Domain.gettext

    def listen(domain: Domain, words: str, **values: Any) -> str:
        heard.append(str(flask_babel.get_locale()))
        return str(plain(domain, words, **values))

    monkeypatch.setattr(Domain, "gettext", listen)
    with app.app_context(), write():
        found = session().get(Person, cast.person("lead").id)
        assert found is not None
        found.language = "cs"
    put(app, cast.person("lead"))
    put(app, "guest@example.org", language="it")
    first, second = delivered(app)
    assert set(heard) >= {"cs", "it"}
    assert first["To"] == cast.email("lead")
    assert second["To"] == "guest@example.org"


@pytest.mark.parametrize(
    "subject",
    ["A plain string", lazy("Your project %(title)s", title="Gel sensors"),
     lazy("Your project %(title)s"), lazy("Line\nbreak"), lazy("{title}"), lazy("100 %s")],
    ids=["string", "with a value", "placeholder", "line break", "braces", "percent"],
)  # fmt: skip
def test_a_subject_cannot_hold_what_people_typed(app: Flask, cast: Cast, subject: object) -> None:
    with pytest.raises(ValueError, match="subject"):
        put(app, cast.person("lead"), subject=subject)


@pytest.mark.parametrize(
    "text",
    ["a@b.example\nBcc: all@example.org", "a@b.example\r\nX: y", "a@b.example, c@d.example",
     "A <a@b.example>", "a b@c.example", "a@", "@b", "", "a", "a@b\x00.example", "a;b@c.example",
     "x" * 250 + "@b.example", "a(x)@b.example"],
)  # fmt: skip
def test_an_address_is_one_address(app: Flask, text: str) -> None:
    with pytest.raises(Refused):
        put(app, text)


@pytest.mark.parametrize("template", ["mail/../errors/500", "errors/404", "mail/", "/etc/passwd"])
def test_a_template_is_a_letter_of_ours(app: Flask, cast: Cast, template: str) -> None:
    with pytest.raises(ValueError, match="template"):
        put(app, cast.person("lead"), template)


def test_links_lead_to_this_house_only(app: Flask, cast: Cast) -> None:
    for path in ("https://evil.example/", "//evil.example", "javascript:x", "/a\nb", "/\\evil"):
        put(app, cast.person("lead"), context={"words": "", "path": path})
    for message in delivered(app):
        assert "evil" not in text_of(message)
        assert "http://localhost:5000/\n" in text_of(message)


def test_a_way_to_stop_such_letters_is_named(app: Flask, cast: Cast) -> None:
    put(app, cast.person("lead"), unsubscribe="/inbox/stop/abc")
    (message,) = delivered(app)
    assert message["List-Unsubscribe"] == "<http://localhost:5000/inbox/stop/abc>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "http://localhost:5000/inbox/stop/abc" in text_of(message)


def test_a_letter_that_cannot_be_written_is_tried_again_not_lost(app: Flask, cast: Cast) -> None:
    put(app, cast.person("lead"), "mail/broken")
    assert delivered(app) == []
    with app.app_context():
        row = session().scalar(select(Job).where(Job.name == mail.SEND))
    assert row is not None
    assert row.done_at is None and row.failed_at is None and row.attempts == 1


# --- ways out -------------------------------------------------------------------------------


def message(ref: str = "abc") -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = "Žluťoučký kůň"
    made["From"] = "house@example.org"
    made["To"] = "a@example.org"
    made["Message-ID"] = f"<{ref}@localhost>"
    made.set_content("Příliš žluťoučký\n")
    made.add_alternative("<p>Příliš</p>", subtype="html")
    return made


def test_files_hold_letters_once_each(tmp_path: Path) -> None:
    out = mail.FilePost(tmp_path / "mail")
    out.send(message("one"))
    out.send(message("two"))
    with frozen(now() + timedelta(hours=1)):
        out.send(message("one"))
    files = sorted((tmp_path / "mail").iterdir())
    assert len(files) == 2
    assert {it.suffix for it in files} == {".eml"}
    read = message_from_bytes(files[0].read_bytes(), policy=default)
    assert read["Subject"] == "Žluťoučký kůň"


def test_the_console_shows_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stdout", shown)
    mail.ConsolePost().send(message())
    assert "To: a@example.org" in shown.getvalue()


class Letterbox:
    """A real mail server's memory; `refuse` makes it say no."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []
        self.refuse = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refuse:
            return "451 try again"
        self.envelopes.append(envelope)
        return "250 taken"


@pytest.fixture
def server() -> Iterator[tuple[Letterbox, int]]:
    box, port = Letterbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


def test_a_mail_server_gets_one_envelope_a_letter(
    app: Flask, cast: Cast, server: tuple[Letterbox, int]
) -> None:
    box, port = server
    app.extensions["innocore.post"] = mail.post_for(
        Settings(mail="smtp", smtp_host="127.0.0.1", smtp_port=port)
    )
    put(app, cast.person("lead"), "mail/both", context={"words": "Příliš žluťoučký", "path": "/"})
    put(app, cast.person("member"))
    assert jobs.run_due(app) == 2
    assert [it.rcpt_tos for it in box.envelopes] == [[cast.email("lead")], [cast.email("member")]]
    read = message_from_bytes(box.envelopes[0].content, policy=default)
    assert isinstance(read, EmailMessage)
    assert "Příliš žluťoučký" in text_of(read)
    assert "Příliš žluťoučký" in text_of(read, "html")


def test_a_mail_server_that_is_busy_gets_the_same_letter_later(
    app: Flask, cast: Cast, server: tuple[Letterbox, int]
) -> None:
    box, port = server
    app.extensions["innocore.post"] = mail.post_for(
        Settings(mail="smtp", smtp_host="127.0.0.1", smtp_port=port)
    )
    box.refuse = True
    put(app, cast.person("lead"))
    assert jobs.run_due(app) == 0
    box.refuse = False
    with frozen(now() + jobs.PAUSES[0] + timedelta(seconds=1)):
        assert jobs.run_due(app) == 1
    assert len(box.envelopes) == 1
