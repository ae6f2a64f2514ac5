"""What the frame round every page shows: who, where, which way on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import current_app, request, session, url_for
from flask_babel import get_locale
from sqlalchemy import select

from workspace.foundation.access import Actor
from workspace.foundation.db import session as database_session
from workspace.foundation.features import Counted, NavItem, Workplace, house, in_words
from workspace.foundation.once import asked_once
from workspace.foundation.text import _, lazy
from workspace.foundation.web import current_actor

LEFT_TO_RIGHT = "ltr"


@dataclass(frozen=True)
class Line:
    """One line of the navigation, ready to show."""

    label: str
    url: str
    icon: str
    count: int | str | None = None
    current: bool = False
    badge: bool = False


@dataclass(frozen=True)
class Group:
    """Lines under one heading."""

    title: str | None
    items: list[Line]


@dataclass(frozen=True)
class Who:
    """The person as the frame shows her."""

    name: str
    email: str
    initials: str
    public_id: str


@dataclass(frozen=True)
class Place:
    """One entry of the switcher."""

    title: str
    role: str
    url: str
    """Where the switcher posts."""
    current: bool


@dataclass(frozen=True)
class Persona:
    """Somebody of the demonstration to look around as."""

    title: str
    name: str
    url: str


@dataclass(frozen=True)
class Shell:
    """Everything that the layouts read."""

    actor: Who | None
    workplaces: list[Place] = field(default_factory=list)
    nav: list[Group] = field(default_factory=list)
    foot: list[Line] = field(default_factory=list)
    bottom: list[Line] = field(default_factory=list)
    unread: int = 0
    theme: str | None = None
    lang: str = "en"
    dir: str = LEFT_TO_RIGHT
    demo: bool = False
    personas: list[Persona] = field(default_factory=list)
    session_ends: datetime | None = None

    @property
    def place(self) -> Place | None:
        """The current entry of the switcher."""
        return next((it for it in self.workplaces if it.current), None)


def initials(name: str) -> str:
    """Two letters that stand for a person."""
    words = [word for word in name.split() if word[:1].isalpha()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def hue(name: str) -> int:
    """Which of the four colours a person's ring has, 1 to 4: the same wherever the name stands."""
    return sum(name.encode()) % 4 + 1


ROLE_WORDS = {
    "team-lead": lazy("Team lead"),
    "team-member": lazy("Student"),
    "participant": lazy("Participant"),
    "mentor": lazy("Mentor"),
    "reviewer": lazy("Reviewer"),
    "sponsor": lazy("Sponsor"),
    "scout": lazy("Scout"),
    "transfer-officer": lazy("Transfer officer"),
    "facility-manager": lazy("Facility manager"),
    "programme-lead": lazy("Programme lead"),
    "organisation-admin": lazy("Organisation admin"),
    "pi": lazy("Principal investigator"),
    "member": lazy("Member"),
    "administrator": lazy("Administrator"),
}


KEPT = "innocore.shell"


def role_word(role: str) -> str:
    """The role as people say it."""
    return str(ROLE_WORDS.get(role, role))


@asked_once
def workplaces(actor: Actor) -> list[Workplace]:
    """All pairs of role and scope that this person may work in."""
    if actor.is_visitor:
        return []
    return [place for offer in house().offered("workplaces") for place in offer(actor)]


def current_workplace(places: Sequence[Workplace]) -> Workplace | None:
    """The pair chosen in the switcher, else the first."""
    chosen = session.get("workplace")
    return next((it for it in places if it.key == chosen), places[0] if places else None)


def shell() -> Shell:
    """The frame's data for this request; a Jinja global. A page may ask several times."""
    actor = current_actor()
    kept = request.environ.get(KEPT)
    if kept is None or kept[0] is not actor:
        kept = request.environ[KEPT] = (actor, _frame(actor))
    found: Shell = kept[1]
    return found


def _frame(actor: Actor) -> Shell:
    settings = current_app.config["INNOCORE"]
    locale = get_locale()
    common: dict[str, Any] = {
        "lang": locale.language if locale else "en",
        "dir": locale.text_direction if locale else LEFT_TO_RIGHT,
        "demo": settings.demo,
        "theme": actor.theme or session.get("theme") or None,
    }
    if actor.is_visitor:
        return Shell(actor=None, **common)
    places = workplaces(actor)
    here = current_workplace(places)
    shown = _lines_of(actor, here)
    bells: list[Counted] = [offer(actor) for offer in house().offered("unread")]
    counts = _counts([
        *(it.count(actor, here) if it.count and here else None for it, _url in shown), *bells,
    ])
    nav, bottom = _navigation(shown, counts[:len(shown)])
    unread = sum(int(it or 0) for it in counts[len(shown):])
    return Shell(
        actor=Who(actor.name, actor.email, initials(actor.name), actor.public_id),
        workplaces=[
            Place(it.title, it.detail, url_for("home.switch", place=it.key), it is here)
            for it in places
        ],
        nav=nav,
        bottom=bottom,
        foot=[
            _line(_("Inbox"), url_for("inbox.index"), "inbox", unread or None, badge=True),
            _line(_("Settings"), url_for("accounts.settings"), "settings"),
        ],
        unread=unread,
        personas=_personas(),
        session_ends=_session_ends(),
        **common,
    )


def _personas() -> list[Persona]:
    return [
        Persona(role, name, url_for("accounts.persona", number=number))
        for offer in house().offered("personas") for role, name, number in offer()
    ]


def _session_ends() -> datetime | None:
    return next((offer() for offer in house().offered("session_ends")), None)


def _line(label: str, url: str, icon: str, count: int | str | None = None, *,
          badge: bool = False) -> Line:
    return Line(label, url, icon, count, request.path == url, badge and bool(count))


def _lines_of(actor: Actor, here: Workplace | None) -> list[tuple[NavItem, str]]:
    """The lines of the navigation that the role has there, with their addresses."""
    if here is None:
        return []
    items = sorted(
        (it for feature in house().features for it in feature.nav if here.role in it.roles),
        key=lambda it: it.order,
    )
    return [(it, url) for it in items if (url := it.url(actor, here)) is not None]


def _navigation(
    shown: Sequence[tuple[NavItem, str]], counts: Sequence[int | str | None]
) -> tuple[list[Group], list[Line]]:
    groups: dict[str | None, list[Line]] = {}
    bottom: list[Line] = []
    longest = _longest_match([url for _item, url in shown])
    for (item, url), count in zip(shown, counts, strict=True):
        line = Line(str(item.label), url, item.icon, count, url == longest,
                    item.badge and bool(count))
        groups.setdefault(str(item.group) if item.group else None, []).append(line)
        if item.bottom and len(bottom) < 4:
            bottom.append(line)
    return [Group(title, lines) for title, lines in groups.items()], bottom


def _counts(asked: Sequence[int | str | Counted | None]) -> list[int | str | None]:
    """Everything that the database must count for the frame, in one question."""
    counted = [it for it in asked if isinstance(it, Counted)]
    columns = [column for it in counted for column in it.columns]
    row = database_session().execute(select(*columns)).one() if columns else ()
    words = iter(in_words(counted, row))
    return [next(words) if isinstance(it, Counted) else it for it in asked]


def _longest_match(urls: Sequence[str]) -> str | None:
    """The navigation line whose address is the longest beginning of this page's address."""
    path = request.path
    bare = [url.split("?")[0] for url in urls]
    hits = [url for url in bare if path == url or path.startswith(url.rstrip("/") + "/")]
    return max(hits, key=len, default=None)
