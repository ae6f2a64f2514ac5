"""The same canvas in other workers: what they said, what of it is on disk, who is there.

A room applies what it hears before it is stored. So it keeps account: its own edits may lean on
what it heard, and are stored only after it; what nobody stores in time, because the worker that
said it died, it stores itself. Where the log stands is known from row numbers alone: every voice
says which rows are its own, and a hole between them is read from the database.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from canvases.boards.crossing import Done, Said
from canvases.boards.ports import LogRow

ADOPT = 1.5
"""Seconds after which a room stores what another worker said and did not store."""
STUCK = 10.0
"""Seconds that a message waits for what it leans on; the log has it sooner."""
PATIENCE = 0.05
"""Seconds that a hole in the row numbers may last before the database is asked."""
FADE = 30.0
"""Seconds after which people are gone of whom their worker no longer tells."""
MOST_STUCK = 1000


@dataclass(slots=True)
class Unsure:
    """Rows that are in the document and not known to be on disk."""

    rows: list[LogRow]
    notes: frozenset[str]
    title: bool
    at: float


class Elsewhere:
    """One room's account of the others. Belongs to the room's thread."""

    def __init__(self) -> None:
        self.voice = secrets.randbelow((1 << 62) - 1) + 1
        self.number = 0
        self.row = 0
        """Every row of the log up to here is in the document."""
        self.wanted = 0
        """The log is known to reach up to here."""
        self.lacking_since: float | None = None
        self.stuck: list[tuple[Said, float]] = []
        self.unsure: dict[tuple[int, int], Unsure] = {}
        self._spans: dict[int, tuple[int, int]] = {}
        self._sure: dict[int, int] = {}
        self._links: dict[int, int] = {}
        self._touched: dict[str, int] = {}
        self._everything = 0
        self._checks: list[tuple[int, int, frozenset[str]]] = []
        self._shown: dict[int, tuple[dict[str, Any], int, float]] = {}

    # -- what is said and stored

    def say(self, rows: list[LogRow], others: list[dict[str, Any]]) -> Said:
        """The next message of this room."""
        if rows:
            self.number += 1
        return Said(self.voice, self.number, list(rows), others)

    def took(self, said: Said, notes: Iterable[str], title: bool, age: int) -> None:
        """A message was applied."""
        first, last = self._spans.get(said.voice, (said.number, said.number - 1))
        if said.number == last + 1:
            self._spans[said.voice] = first, said.number
        elif said.number > last:
            self._spans[said.voice] = said.number, said.number
        if said.number > self._sure.get(said.voice, 0):
            at = time.monotonic()
            kept = Unsure(said.rows, frozenset(notes), title, at)
            self.unsure[said.voice, said.number] = kept
        self.touch(notes, title, age)

    def done(self, word: Done) -> None:
        """Another worker stored everything up to a number."""
        self._sure[word.voice] = max(word.number, self._sure.get(word.voice, 0))
        for key in [it for it in self.unsure if it[0] == word.voice and it[1] <= word.number]:
            del self.unsure[key]
        first, last = self._spans.get(word.voice, (0, -1))
        if first <= word.number <= last and word.before <= word.row:
            self.link(word.before, word.row)
        else:
            self.want(word.row)

    def needs(self) -> dict[int, int]:
        """What an edit made now may lean on: voice -> number."""
        found: dict[int, int] = {}
        for voice, number in self.unsure:
            found[voice] = max(number, found.get(voice, 0))
        return found

    def is_sure(self, needs: dict[int, int]) -> bool:
        """Whether all of it is on disk."""
        return not any(
            key[0] in needs and key[1] <= needs[key[0]] for key in self.unsure
        )

    def adopt(self) -> tuple[list[LogRow], set[str], bool]:
        """Take over what nobody has stored: the rows, the notes they touch, whether the title."""
        kept = list(self.unsure.values())
        self.unsure.clear()
        notes = {note for each in kept for note in each.notes}
        return [row for each in kept for row in each.rows], notes, any(it.title for it in kept)

    def oldest(self) -> float | None:
        """When the oldest message came that is not known to be on disk."""
        return min((it.at for it in self.unsure.values()), default=None)

    def stored(self, data: set[bytes]) -> None:
        """These updates were found in the log."""
        for key, kept in list(self.unsure.items()):
            if all(row.data in data for row in kept.rows):
                del self.unsure[key]

    # -- where the log stands

    def link(self, before: int, row: int) -> None:
        """Rows after `before`, up to `row`, are in the document."""
        if row > self.row:
            self._links[before] = max(row, self._links.get(before, 0))
        self._settle()

    def want(self, row: int) -> None:
        """The log reaches up to `row`."""
        self.wanted = max(self.wanted, row)
        self._settle()

    def read_up_to(self, row: int) -> None:
        """Everything up to a row was read from the log."""
        self.row = max(self.row, row)
        self._settle()

    def forget_links(self) -> None:
        """The log has nothing after our row: what is known beyond it is not there."""
        self._links.clear()
        self._settle()

    def _settle(self) -> None:
        moved = True
        while moved:
            moved = False
            for before, row in list(self._links.items()):
                if before <= self.row:
                    del self._links[before]
                    self.row = max(self.row, row)
                    moved = True
        if self.row >= self.wanted and not self._links:
            self.lacking_since = None
        elif self.lacking_since is None:
            self.lacking_since = time.monotonic()

    def is_lacking(self) -> bool:
        """Whether rows are missing for long enough to ask the database."""
        since = self.lacking_since
        return since is not None and time.monotonic() - since >= PATIENCE

    # -- projections that crossed

    def touch(self, notes: Iterable[str], title: bool, age: int) -> None:
        """Others changed these notes, and the title, after our flight number `age`."""
        for note in notes:
            self._touched[note] = age
        if title:
            self._touched[""] = age

    def touch_everything(self, age: int) -> None:
        """The document was opened anew: anything may have changed."""
        self._everything = age

    def landed(self, before: int, age: int, notes: Iterable[str], title: bool) -> None:
        """Our flight wrote the projection of these notes, `before` being the row ahead of it."""
        touched = frozenset(notes) | ({""} if title else frozenset())
        if touched:
            self._checks.append((before, age, touched))

    def crossed(self) -> set[str]:
        """Notes ("" is the title) whose projection misses what others stored ahead of it."""
        found: set[str] = set()
        rest = []
        for check in self._checks:
            before, age, notes = check
            if before > self.row:
                rest.append(check)
                continue
            if self._everything > age:
                found |= notes
            else:
                found |= {it for it in notes if self._touched.get(it, 0) > age}
        self._checks = rest
        return found

    def forget_touches(self) -> None:
        """Nothing of ours is on its way: older touches no longer matter."""
        if not self._checks:
            self._touched.clear()

    # -- who is there

    def show(self, entry: dict[str, Any], voice: int) -> None:
        """Somebody is, moved or went in another worker."""
        if entry.get("gone"):
            self._shown.pop(entry["session"], None)
        else:
            self._shown[entry["session"]] = entry, voice, time.monotonic()

    def shown(self) -> list[dict[str, Any]]:
        """Everybody in other workers."""
        return [entry for entry, _, _ in self._shown.values()]

    def fade(self) -> Iterator[dict[str, Any]]:
        """Forget whom nobody tells of any more; gives what to tell our members."""
        before = time.monotonic() - FADE
        for number, (_, _, at) in list(self._shown.items()):
            if at < before:
                del self._shown[number]
                yield {"session": number, "gone": True}
