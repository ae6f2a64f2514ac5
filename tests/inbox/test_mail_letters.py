"""Every letter of the house as a mail server gets it: two parts that say the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from tests import browsers
from tests.cast import Cast
from tests.servers import ROOT, free_port
from workspace.accounts.models import Person
from workspace.foundation import jobs, mail
from workspace.foundation.db import session
from workspace.foundation.settings import Settings
from workspace.foundation.text import lazy
from workspace.foundation.unit import write

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

BASE = "http://localhost:5000"
SUBJECT = lazy("Something in InnoCore waits for you")
HOSTILE = "<img src=https://evil.example/x.png> & “friends”"
CONTEXTS: dict[str, dict[str, Any]] = {
    "account_confirm": {"path": "/confirm/abc"},
    "account_erased": {},
    "account_known": {},
    "address_changed": {},
    "address_new": {"path": "/address/abc"},
    "address_old": {"path": "/address/abc"},
    "digest": {
        "count": 3,
        "groups": [
            {"label": "Needs an answer", "lines": [
                {"sentence": "Somebody wants to join your team.", "url": "/teams/x", "count": 2}]},
            {"label": "News", "lines": [
                {"sentence": "A challenge is open.", "url": "", "count": 1}]},
        ],
    },
    "export_ready": {},
    "invitation": {"inviter": HOSTILE, "edition": "Spring", "url": "/join/abc"},
    "invitation_organisation": {
        "inviter": "Rita", "organisation": HOSTILE, "role": "transfer-officer",
        "path": "/join/abc",
    },
    "invitation_team": {"inviter": HOSTILE, "path": "/join/abc"},
    "magic_link": {"path": "/magic/abc"},
    "notice": {"kind": "reviews-released", "details": {}, "url": "/teams/x/feedback"},
    "password_changed": {},
    "password_reset": {"path": "/reset/abc"},
    "record_head": {"number": 7},
    "second_factor_changed": {},
}
"""What each letter is written with."""
LETTERS = sorted(
    it.stem for it in (ROOT / "templates" / "mail").glob("*.txt") if not it.stem.startswith("_")
)
URL = re.compile(re.escape(BASE) + r"[^\s\"'<>]+")


class Letterbox:
    """A real mail server's memory."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.envelopes.append(envelope)
        return "250 taken"

    def messages(self) -> list[EmailMessage]:
        """What came in, as a mail program reads it."""
        found = []
        for it in self.envelopes:
            read = message_from_bytes(it.content, policy=default)
            assert isinstance(read, EmailMessage)
            found.append(read)
        return found


@pytest.fixture
def server(app: Flask) -> Iterator[Letterbox]:
    """A mail server to which the application hands its letters."""
    box, port = Letterbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    app.extensions["innocore.post"] = mail.post_for(
        Settings(mail="smtp", smtp_host="127.0.0.1", smtp_port=port)
    )
    yield box
    controller.stop()


class Page(HTMLParser):
    """Elements, their attributes and the words of an HTML part."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._styled = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._styled = tag in {"style", "title"}

    def handle_data(self, data: str) -> None:
        if not self._styled:
            self.words += data.split()

    def handle_endtag(self, _tag: str) -> None:
        self._styled = False


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None, kind
    return str(found.get_content())


def write_all(app: Flask, person: Person, **options: Any) -> None:
    with app.app_context(), write():
        for name in LETTERS:
            mail.letter(person, f"mail/{name}", SUBJECT, CONTEXTS[name], **options)


def test_a_mail_server_gets_text_and_page_that_say_the_same(
    app: Flask, cast: Cast, server: Letterbox
) -> None:
    write_all(app, cast.person("lead"))
    assert jobs.run_due(app) == len(LETTERS)
    for name, message in zip(LETTERS, server.messages(), strict=True):
        assert message.get_content_type() == "multipart/alternative", name
        kinds = [it.get_content_type() for it in message.iter_parts()]
        assert kinds == ["text/plain", "text/html"], name
        text, page = part(message, "plain"), Page(part(message, "html"))
        shown = " ".join(page.words)
        for line in takewhile(lambda it: it.rstrip() != "--", text.splitlines()):
            words = " ".join(URL.sub("", line).split()).removeprefix("- ")
            if name == "digest" and words.endswith(":"):
                continue  # its page has a button with words of its own there
            assert words in shown, (name, words)
        linked = {it.get("href") for tag, it in page.elements if tag == "a"}
        assert set(URL.findall(text)) <= linked, name


def test_a_page_of_a_letter_fetches_nothing_and_leads_home(
    app: Flask, cast: Cast, server: Letterbox
) -> None:
    write_all(app, cast.person("lead"), unsubscribe="/unsubscribe/abc")
    jobs.run_due(app)
    for name, message in zip(LETTERS, server.messages(), strict=True):
        source = part(message, "html")
        page = Page(source)
        assert page.elements[0][0] == "html", name
        assert page.elements[0][1] == {"lang": "en", "dir": "ltr"}, name
        tags = {tag for tag, _attrs in page.elements}
        assert not tags & {"img", "script", "link", "iframe", "form", "input", "object"}, name
        for tag, attrs in page.elements:
            assert not {"src", "style", "background", "onclick"} & set(attrs), (name, tag)
            if "href" in attrs:
                assert tag == "a" and str(attrs["href"]).startswith(f"{BASE}/"), (name, attrs)
        assert "url(" not in source and "@import" not in source and "@font-face" not in source


def test_the_head_names_one_reader_and_a_way_out(
    app: Flask, cast: Cast, server: Letterbox
) -> None:
    people = [cast.person(it) for it in ("lead", "member")]
    for person in people:
        write_all(app, person, unsubscribe="/unsubscribe/abc")
    jobs.run_due(app)
    assert len(server.envelopes) == 2 * len(LETTERS)
    seen = set()
    for envelope, message in zip(server.envelopes, server.messages(), strict=True):
        reader, other = people if envelope.rcpt_tos == [people[0].email] else people[::-1]
        assert envelope.rcpt_tos == [reader.email] == [str(message["To"])]
        assert other.email.encode() not in envelope.content
        assert other.name not in part(message, "plain") + part(message, "html")
        assert message["Cc"] is None and message["Bcc"] is None and message["Reply-To"] is None
        assert message["Subject"] == str(SUBJECT)
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Date"].datetime is not None
        assert message["List-Unsubscribe"] == f"<{BASE}/unsubscribe/abc>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        seen.add(str(message["Message-ID"]))
    assert len(seen) == 2 * len(LETTERS)


def test_line_breaks_in_names_never_reach_the_head(
    app: Flask, cast: Cast, server: Letterbox
) -> None:
    with app.app_context(), write():
        person = session().get_one(Person, cast.person("lead").id)
        person.name = "Rita\r\nBcc: all@evil.example\r\n\r\nX: y"
        mail.letter(person, "mail/invitation", SUBJECT, CONTEXTS["invitation"])
    assert jobs.run_due(app) == 1
    (message,) = server.messages()
    assert server.envelopes[0].rcpt_tos == [cast.email("lead")]
    assert message["Bcc"] is None and message["X"] is None
    assert set(message.keys()) == {
        "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
        "Content-Type",
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_letters_can_be_read_in_a_mail_program(
    app: Flask, cast: Cast, server: Letterbox, visit: Callable[..., browsers.Visit],
    tmp_path: Path, theme: str,
) -> None:
    write_all(app, cast.person("lead"), unsubscribe="/unsubscribe/abc")
    jobs.run_due(app)
    opened = visit("http://localhost", width=browsers.PHONE, theme=theme)
    for name, message in zip(LETTERS, server.messages(), strict=True):
        path = tmp_path / f"{name}.html"
        path.write_text(part(message, "html"), encoding="utf-8")
        opened.page.goto(path.as_uri())
        assert browsers.accessibility_faults(opened.page) == [], name
        wider = opened.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wider <= 0, f"{name} is wider than a phone by {wider} px"
