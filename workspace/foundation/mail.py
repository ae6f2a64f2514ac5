"""Letters: an outbox row in the same transaction, rendered and sent by a job, rights asked then.

The standard library does the sending. Flask-Mailman was tried and works, but our outbox already
decides when, to whom and how often, and what is left (four small ways to hand a message over) is
shorter than teaching it our memory, retries and one recipient a mail.
"""

from __future__ import annotations

import logging
import re
import secrets
import smtplib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from flask import Flask, current_app, g, render_template
from flask_babel import force_locale
from jinja2 import Template, TemplateNotFound
from markupsafe import Markup, escape

from workspace.foundation import jobs
from workspace.foundation.access import VISITOR, Actor, can, find_visible
from workspace.foundation.clock import now
from workspace.foundation.db import Base, PublicRow
from workspace.foundation.errors import Missing, Refused
from workspace.foundation.features import house
from workspace.foundation.settings import Settings
from workspace.foundation.text import _, lazy

log = logging.getLogger(__name__)

SEND = "mail.send"
ADDRESSEE = "addressee"
"""Accounts offer it: person id -> the person's Actor now, None when the account is closed."""
TEMPLATE = re.compile(r"mail/[a-z0-9_-]{1,60}")
PLACEHOLDER = re.compile(r"%[(sdr]|\{")
SMTP_SECONDS = 20


class Addressee(Protocol):
    """Whoever has an account."""

    id: Any
    email: Any
    language: Any


# --- writing --------------------------------------------------------------------------------


def letter(
    to: Addressee | str,
    template: str,
    subject: object,
    context: Mapping[str, Any] | None = None,
    check: tuple[str, str | type, str] | None = None,
    *,
    language: str = "",
    unsubscribe: str | None = None,
    prepare: str = "",
    key: str | None = None,
) -> None:
    """Put a letter down, to be sent once the open unit is on disk.

    `to` is one person, or an address of somebody without an account. `template` names
    `templates/mail/x.txt`, and `.html` beside it if there is one (else the page is made of the
    text); `context` is plain JSON.
    `subject` is a fixed `lazy("...")` sentence: it can hold no title and no text of anybody.
    `check` is a verb, a kind (table or its name) and a public id: when the recipient may not do
    that at the time of sending, the letter is not sent. `unsubscribe` is a path that only ends
    letters of this sort. `prepare` names a piece that a feature offers under `letters`: called
    with the recipient and the context when the letter is sent, it gives the context to write
    with, or None when there is nothing to say any more; `attached` in it is a list of files of
    JSON, each [name, text]. With `key` a letter is written once.
    Raises Refused for an address that is none, ValueError for a subject or template that is not
    fixed. Must be called inside `unit.write()`.
    """
    if not TEMPLATE.fullmatch(template):
        raise ValueError(f"{template} is no template of a letter")
    person = None if isinstance(to, str) else int(to.id)
    if check is not None and person is None:
        raise ValueError("rights can only be asked of somebody with an account")
    kind = "" if check is None else check[1]
    if isinstance(kind, type):
        kind = kind.__tablename__  # type: ignore[attr-defined]
    if check is not None:
        _kind(kind)
    payload = {
        "ref": secrets.token_urlsafe(16),
        "person": person,
        "address": address(to if isinstance(to, str) else to.email),
        "language": language,
        "template": template,
        "subject": _fixed(subject),
        "context": dict(context or {}),
        "check": None if check is None else [check[0], kind, check[2]],
        "unsubscribe": unsubscribe,
        "prepare": prepare,
    }
    jobs.later(SEND, payload, key=None if key is None else f"mail:{key}")


def address(text: str) -> str:
    """The mail address in `text`. Raises Refused when it is none or holds anything else."""
    text = text.strip()
    sentence = lazy("This is not a mail address. Check it for spaces and missing parts.")
    if len(text) > 254 or any(ord(char) < 33 or char in ",;<>()\x7f" for char in text):
        raise Refused(sentence, field="email")
    try:
        parsed = Address(addr_spec=text)
    except (ValueError, IndexError, MessageError) as error:
        raise Refused(sentence, field="email") from error
    if not parsed.username or "." not in f".{parsed.domain}" or not parsed.domain:
        raise Refused(sentence, field="email")
    return text


def _fixed(subject: object) -> str:
    """The message id of a lazy sentence that takes no values."""
    args = getattr(subject, "_args", None)
    values = getattr(subject, "_kwargs", None)
    if args is None or len(args) != 1 or values:
        raise ValueError("a subject is a lazy sentence without values")
    words = str(args[0])
    if PLACEHOLDER.search(words) or any(ord(char) < 32 for char in words):
        raise ValueError("a subject has no placeholders")
    return words


# --- sending --------------------------------------------------------------------------------


def send(payload: dict[str, Any]) -> None:
    """The job: ask rights, render in the recipient's language, hand over. May be repeated."""
    actor = _recipient(payload)
    if actor is None or not _may_know(actor, payload["check"]):
        log.info("a letter is not sent: its recipient may not know of it any more")
        return
    settings: Settings = current_app.config["INNOCORE"]
    language = actor.language or payload["language"] or settings.language
    to = actor.email or payload["address"]
    with current_app.test_request_context(base_url=settings.base_url):
        g.innocore_actor = actor
        with force_locale(language):
            context = _prepared(payload, actor)
            if context is None:
                log.info("a letter is not sent: there is nothing to say any more")
                return
            message = compose({**payload, "context": context}, address(to), settings, actor.name)
    post().send(message)


def _prepared(payload: Mapping[str, Any], actor: Actor) -> Mapping[str, Any] | None:
    name = payload.get("prepare", "")  # letters that were put down by an older release have none
    if not name:
        context: Mapping[str, Any] = payload["context"]
        return context
    for offered in house().offered("letters"):
        if name in offered:
            found: Mapping[str, Any] | None = offered[name](actor, payload["context"])
            return found
    raise LookupError(f"nobody prepares letters of the sort {name}")


def _recipient(payload: Mapping[str, Any]) -> Actor | None:
    if payload["person"] is None:
        return VISITOR
    for offered in house().offered(ADDRESSEE):
        found: Actor | None = offered(payload["person"])
        return found
    raise LookupError("nobody knows the addresses of people")


def _may_know(actor: Actor, check: list[str] | None) -> bool:
    if check is None:
        return True
    verb, kind, public_id = check
    try:
        thing = find_visible(actor, _kind(kind), public_id)
    except Missing:
        return False
    return bool(can(actor, verb, thing))


def _kind(name: str) -> type[Any]:
    for mapper in Base.registry.mappers:
        if mapper.class_.__tablename__ == name and issubclass(mapper.class_, PublicRow):
            return mapper.class_
    raise ValueError(f"no table {name} has public ids")


def compose(
    payload: Mapping[str, Any], to: str, settings: Settings, name: str = ""
) -> EmailMessage:
    """The message itself. Header values with line breaks are refused by the library as well."""
    host = urlsplit(settings.base_url).hostname or "localhost"
    base = settings.base_url.rstrip("/")
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _(payload["subject"])
    message["From"] = settings.mail_sender
    message["To"] = Address(addr_spec=to)
    message["Date"] = format_datetime(now())
    # The same at every attempt, so that a mail program shows a repeated letter once.
    message["Message-ID"] = f"<{payload['ref']}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    unsubscribe = _local(payload["unsubscribe"])
    if unsubscribe:
        message["List-Unsubscribe"] = f"<{base}{unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    context = {
        **payload["context"],
        "recipient": name,
        "link": lambda path="/": base + (_local(path) or "/"),
        "unsubscribe": unsubscribe and base + unsubscribe,
        "subject": str(message["Subject"]),
    }
    template = current_app.jinja_env.get_template(f"{payload['template']}.txt")
    message.set_content(render_template(template, **context).strip() + "\n")
    message.add_alternative(_page(payload["template"], template, base, context), subtype="html")
    for file, text in payload["context"].get("attached", ()):
        message.add_attachment(
            text.encode(), maintype="application", subtype="json", filename=file
        )
    return message


def _page(name: str, text: Template, base: str, context: Mapping[str, Any]) -> str:
    """The letter as HTML: from a template of its own, else the paragraphs of its text."""
    try:
        return render_template(f"{name}.html", **context)
    except TemplateNotFound as missing:
        if missing.name != f"{name}.html":
            raise
    current_app.update_template_context(values := dict(context))
    part = text.blocks.get("content")
    words = "".join(part(text.new_context(values))) if part else text.render(values)
    return render_template("mail/_plain.html", paragraphs=paragraphs(words, base), **context)


def paragraphs(words: str, base: str) -> Sequence[Mapping[str, Any]]:
    """The paragraphs of a plain letter: each a link of this house alone, or text with links."""
    own = re.compile(re.escape(base) + r"/[^\s<>\"]*")
    found: list[Mapping[str, Any]] = []
    for part in re.split(r"\n\s*\n", words.strip()):
        lines = [it.strip() for it in part.split("\n") if it.strip()]
        if lines and own.fullmatch(lines[-1]):
            button = lines.pop()
        else:
            button = ""
        if lines:
            drawn = [
                own.sub(lambda it: f'<a href="{it[0]}">{it[0]}</a>', str(escape(it)))
                for it in lines
            ]
            text = Markup("<br>".join(drawn))  # noqa: S704  escaped just here, but for our links
            found.append({"text": text, "url": ""})
        if button:
            found.append({"text": "", "url": button})
    return found


def _local(path: str | None) -> str | None:
    """`path` when it is one of this house: links in letters lead nowhere else."""
    if not path or not path.startswith("/") or path.startswith("//") or len(path) > 2000:
        return None
    return None if any(ord(char) < 33 or char in '\\<>"' for char in path) else path


# --- handing over ---------------------------------------------------------------------------


class Post(Protocol):
    """Takes a finished message away."""

    def send(self, message: EmailMessage) -> None:
        """Hand it over, or raise: the job tries again."""
        ...


@dataclass
class MemoryPost:
    """Keeps letters in a list, for tests."""

    sent: list[EmailMessage] = field(default_factory=list)

    def send(self, message: EmailMessage) -> None:
        """Keep it."""
        self.sent.append(message)


@dataclass(frozen=True)
class FilePost:
    """Writes each letter into a folder, where the demo's visitors find it."""

    folder: Path

    def send(self, message: EmailMessage) -> None:
        """Write it; the same letter again takes the same name."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9_-]", "", message["Message-ID"].split("@")[0])
        if any(self.folder.glob(f"*-{name}.eml")):
            return
        path = self.folder / f"{now():%Y%m%d-%H%M%S}-{name}.eml"
        draft = path.with_suffix(".part")
        draft.write_bytes(message.as_bytes())
        draft.replace(path)


@dataclass(frozen=True)
class ConsolePost:
    """Prints letters."""

    def send(self, message: EmailMessage) -> None:
        """Print it."""
        sys.stdout.write(f"{'-' * 72}\n{message.as_string()}\n")
        sys.stdout.flush()


@dataclass(frozen=True)
class SmtpPost:
    """Hands letters to a mail server."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: bool = False

    def send(self, message: EmailMessage) -> None:
        """Hand it over; a server that refuses raises."""
        with smtplib.SMTP(self.host, self.port, timeout=SMTP_SECONDS) as server:
            if self.tls:
                server.starttls()
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message)


def post_for(settings: Settings) -> Post:
    """The way out that the settings name."""
    made: dict[str, Callable[[], Post]] = {
        "memory": MemoryPost,
        "file": lambda: FilePost(settings.data / "mail"),
        "console": ConsolePost,
        "smtp": lambda: SmtpPost(
            settings.smtp_host, settings.smtp_port, settings.smtp_user, settings.smtp_password,
            settings.smtp_tls,
        ),
    }
    return made[settings.mail]()


def install(app: Flask, settings: Settings) -> None:
    """Give the application its way out and the job that uses it."""
    app.extensions["innocore.post"] = post_for(settings)
    jobs.register(app, SEND, send)


def post() -> Post:
    """The way out of the current application."""
    found: Post = current_app.extensions["innocore.post"]
    return found


def sent() -> list[EmailMessage]:
    """Letters that went out so far; only with the memory way out."""
    found = post()
    if not isinstance(found, MemoryPost):
        raise RuntimeError("letters are only remembered with mail=memory")
    return found.sent
