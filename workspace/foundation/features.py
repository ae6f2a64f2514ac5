"""The face that a feature shows the house: one `Feature(...)`, read by the factory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workspace.foundation.access import Actor, Clause, Predicate
from workspace.foundation.facts import Fact, Listener

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, ScalarSelect

    from workspace.foundation.api import Api
    from workspace.foundation.sockets import Sockets
    from workspace.foundation.web import Doors


@dataclass(frozen=True)
class Workplace:
    """One entry of the switcher: a role in a scope. URLs never depend on it."""

    role: str
    kind: str
    scope_id: int
    public_id: str
    title: str
    detail: str
    url: str
    edition_id: int | None = None
    """The edition that it lies in, if any."""
    edition_public_id: str | None = None

    @property
    def key(self) -> str:
        """Name of the workplace in the session cookie."""
        return f"{self.role}.{self.public_id}"


@dataclass(frozen=True)
class Counted:
    """Something small that the database finds; the page asks for all of them in one question.

    `columns` are scalar queries, `words` makes what is shown of their values.
    """

    columns: tuple[ScalarSelect[Any], ...]
    words: Callable[..., int | str | None]


def in_words(asked: Sequence[Counted], values: Sequence[Any]) -> list[int | str | None]:
    """What each of them shows, of one row that holds the columns of all, in their order."""
    rest = iter(values)
    return [it.words(*(next(rest) for _column in it.columns)) for it in asked]


@dataclass(frozen=True)
class NavItem:
    """One line of the side navigation, shown to the roles named.

    `url` and `count` get the actor and the workplace; a None url leaves the line out.
    """

    roles: tuple[str, ...]
    label: object
    icon: str
    order: int
    url: Callable[[Actor, Workplace], str | None]
    count: Callable[[Actor, Workplace], int | str | Counted | None] | None = None
    group: object | None = None
    badge: bool = False
    bottom: bool = False
    """One of the (at most four) destinations of the phone's bottom bar."""


@dataclass(frozen=True)
class Card:
    """A piece of somebody's first page. `place` is the page (`team`, `overview`, `sponsor`, ...).

    `draw(actor, thing)` returns markup or None; `column` is `main` or `rail`.
    """

    place: str
    order: int
    draw: Callable[[Actor, Any], object | None]
    column: str = "main"


@dataclass(frozen=True)
class Need:
    """One thing that waits for a person: the rows of "Needs you" and of the next step."""

    title: str
    detail: str
    url: str
    action: str
    icon: str = "info"
    tone: str = "info"
    due: Any = None


@dataclass(frozen=True)
class Part:
    """A piece that a submission freezes: `freeze(actor, team, now)` returns frozen data or None.

    `draw(data)` gives markup for whoever may read the submission. `kind` is the part's name.
    """

    kind: str
    title: object
    freeze: Callable[..., Mapping[str, Any] | None]
    draw: Callable[[Mapping[str, Any]], object]
    choices: Callable[[Actor, Any], Sequence[tuple[str, str]]] | None = None


@dataclass(frozen=True)
class Releasable:
    """A kind of item that can be released: what a team may offer, and how an audience sees it.

    `offers(actor, team)` lists (item public id, title, version label); `freeze(actor, team, item
    id)` returns (data, sha256) of exactly what would be shown; `draw(data)` gives markup.
    """

    kind: str
    title: object
    offers: Callable[[Actor, Any], Sequence[tuple[str, str, str]]]
    freeze: Callable[[Actor, Any, str, str], tuple[Mapping[str, Any], str]]
    draw: Callable[[Mapping[str, Any]], object]


@dataclass(frozen=True)
class Column:
    """One column of a programme lead's table of teams: metadata only, never content.

    Either `counted(team_id)` gives what the database finds for the team of that column, and the
    page asks for all such cells at once; or `draw(teams)` gives markup (or a plain value) by team
    id, in one go for all rows.
    """

    title: object
    order: int
    draw: Callable[[Sequence[Any]], Mapping[int, object]] | None = None
    number: bool = False
    counted: Callable[[ColumnElement[int]], Counted] | None = None

    def __post_init__(self) -> None:
        if (self.draw is None) is (self.counted is None):
            raise ValueError(f"column {self.title}: either draws its cells or has them counted")


@dataclass(frozen=True)
class Glyph:
    """A canvas at a glance: cells as the glyph macro takes them, and how much is tested."""

    cells: Sequence[Mapping[str, Any]]
    width: float
    height: float
    notes: int
    tested: int
    """Notes that are supported or refuted."""
    url: str = ""

    @property
    def share(self) -> int:
        """Per cent of the notes that are tested."""
        return round(100 * self.tested / self.notes) if self.notes else 0


@dataclass(frozen=True)
class System:
    """How one part of the installation is: what the administrator's system page lists.

    Features offer `system`: `() -> list of System`. `tone` is good, warn, bad or neutral; `words`
    is a sentence on how it is and, when it ails, what to do; `at` is what it speaks of (the last
    backup, the oldest letter that waits).
    """

    name: object
    tone: str
    words: object
    at: Any = None
    icon: str = "info"


@dataclass(frozen=True)
class SettingsPage:
    """One line of the side list in a person's settings.

    Features offer `settings_pages`: a list of them. The page extends `accounts/_settings.html`
    and is an own door (`own=True`) that takes no parameters.
    """

    endpoint: str
    label: object
    icon: str
    order: int


@dataclass(frozen=True)
class Hit:
    """One thing that a search found, as its feature shows it to this reader."""

    title: str
    url: str
    detail: str = ""
    body: str = ""
    """Text of the thing that the reader may read; an excerpt of it is shown."""
    tag: str = ""
    """Status of a note, if it has one."""


@dataclass(frozen=True)
class Documents:
    """One kind of thing that can be searched: what a feature offers as `documents` (a list).

    `words(row)` gives (title, text) for the index, or None for a row that is not in it. `seen`
    (actor) is a query for the rows of `model` whose words this person may read: it stands inside
    the search itself. `show(actor, row)` draws a hit. `keys` are the columns that name a row: a
    number, and perhaps a string. `fed` is the table whose rows feed the index, when it is another
    view of the same rows.
    """

    kind: str
    family: str
    """`teams`, `challenges`, `notes`, `work` or `people`."""
    icon: str
    model: Any
    words: Callable[[Any], tuple[str, str] | None]
    seen: Callable[[Actor], Any]
    show: Callable[[Actor, Any], Hit]
    keys: tuple[str, ...] = ("id",)
    changed: str = "created_at"
    fed: Any = None


@dataclass(frozen=True)
class Deed:
    """Something that a person may begin from the search.

    Features offer `deeds`: `(actor) -> list of Deed`, each only when she may do it.
    """

    title: str
    url: str
    icon: str = "plus"


@dataclass(frozen=True)
class Dated:
    """One date that is ahead: the rows of "Deadlines" and "Next dates"."""

    at: Any
    title: str
    note: str = ""
    url: str = ""
    key: str = ""
    """Names the date for ever, for calendars: of ids, e.g. `release:...`."""
    public: bool = False
    """The title alone (not the note) names nothing confidential."""


@dataclass(frozen=True)
class Feature:
    """What a package shows the house. Everything is optional but the name."""

    name: str
    doors: Sequence[Doors] = ()
    may: Mapping[tuple[str, type], Predicate] = field(default_factory=dict)
    visible: Mapping[type, Clause] = field(default_factory=dict)
    on: Mapping[type[Fact], Sequence[Listener]] = field(default_factory=dict)
    after: Mapping[type[Fact], Sequence[Listener]] = field(default_factory=dict)
    jobs: Mapping[str, Callable[[dict[str, Any]], None]] = field(default_factory=dict)
    every: Mapping[str, tuple[int, Callable[[], None]]] = field(default_factory=dict)
    """Periodic jobs: name -> (seconds, call)."""
    nav: Sequence[NavItem] = ()
    cards: Sequence[Card] = ()
    needs: Sequence[Callable[[Actor, str, Any], Sequence[Need]]] = ()
    """(actor, place, thing) -> what waits for the actor there."""
    columns: Sequence[Column] = ()
    dates: Sequence[Callable[[Actor, str, Any], Sequence[Dated]]] = ()
    """(actor, place, thing) -> dates ahead there. Besides the first pages, calendars ask: for the
    place `edition` and, with no thing, `person`."""
    parts: Sequence[Part] = ()
    releasables: Sequence[Releasable] = ()
    sockets: Sockets | None = None
    api: Sequence[Api] = ()
    """Its doors for programs."""
    file_owners: Mapping[str, Callable[[Actor, int], bool]] = field(default_factory=dict)
    offers: Mapping[str, Any] = field(default_factory=dict)
    """Named pieces that a spine page asks for: name -> callable; the asker knows the shape."""
    commands: Sequence[Any] = ()
    start: Callable[[Any], None] | None = None
    """Called with the application when it begins to serve."""
    stop: Callable[[Any], None] | None = None


class House:
    """All features of the running application, in the order in which they were given."""

    def __init__(self, features: Sequence[Feature]) -> None:
        self.features = tuple(features)
        names = [it.name for it in features]
        if len(set(names)) != len(names):
            raise ValueError("two features have the same name")

    def offered(self, name: str) -> list[Any]:
        """Every piece that features offer under `name`."""
        return [it.offers[name] for it in self.features if name in it.offers]

    def part(self, kind: str) -> Part | None:
        """The part with this name."""
        return next((p for it in self.features for p in it.parts if p.kind == kind), None)

    def releasable(self, kind: str) -> Releasable | None:
        """The releasable kind with this name."""
        return next((p for it in self.features for p in it.releasables if p.kind == kind), None)


def house() -> House:
    """The house of the current application."""
    from flask import current_app

    found: House = current_app.extensions["innocore.house"]
    return found
