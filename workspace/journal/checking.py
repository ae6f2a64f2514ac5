"""Checking the record: every chain by itself, and all of them against what was signed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from workspace.foundation.db import snapshot
from workspace.foundation.text import _
from workspace.journal import keys, statements
from workspace.journal.actions import entry_hash
from workspace.journal.facts import RecordSigned
from workspace.journal.models import JournalEntry, JournalHead, RecordKey, RecordStatement
from workspace.journal.rules import (
    NAME,
    START,
    Head,
    Link,
    Malformed,
    Points,
    Signed,
    Statement,
    digest,
)

STATEMENT, KEY, FILE = "statement", "key", "file"
"""What a fault may be in, besides a chain."""


@dataclass(frozen=True)
class Fault:
    """The first thing that does not hold in a chain, or among statements or keys."""

    chain: str
    """Name of a chain such as `team:12`, or `statement`, `key` or `file`."""
    seq: int
    why: str

    @property
    def place(self) -> str:
        """Where it is, for the command line."""
        return (f"{self.chain} {self.seq}" if self.chain in {STATEMENT, KEY, FILE}
                else f"{self.chain} line {self.seq}")


@dataclass
class Report:
    """What was looked at, and what does not hold."""

    faults: list[Fault] = field(default_factory=list)
    chains: int = 0
    lines: int = 0
    statements: int = 0
    last: str = ""
    """When the newest statement was made."""


def verify() -> list[Fault]:
    """Everything in the record that does not hold, the first fault of each chain."""
    return check().faults


def check(kept: Signed | None = None, trusted: str = "") -> Report:
    """Look through chains, keys and statements, as they are at one instant.

    `kept` is a statement from elsewhere that must fit as well. `trusted` is the public key to
    believe, as hex; by default the one whose private half is on this machine.
    """
    report = Report()
    points = Points()
    with snapshot() as connection, Session(connection) as db:
        known = _keys(db, trusted, report)
        names = _statements(db, known, points, report)
        _kept_here(db, points, report)
        if kept is not None:
            _from_elsewhere(db, kept, known, points, report)
        _chains(db, points, names, report)
    return report


# --- keys -----------------------------------------------------------------------------------


def _keys(db: Session, trusted: str, report: Report) -> frozenset[str]:
    """The keys whose signatures count."""
    known = [
        Link(it.number, it.public_key, it.previous, it.proof, it.leave)
        for it in db.scalars(select(RecordKey).order_by(RecordKey.number))
    ]
    why = ""
    anchor = trusted
    if not anchor:
        try:
            mine = keys.own()
            anchor = "" if mine is None else mine.public
        except keys.KeyAway:
            why = _("The file with the private key of this machine cannot be read.")
    if not known:
        if why or db.scalar(select(RecordStatement.id).limit(1)) is not None:
            report.faults.append(Fault(KEY, 1, why or _("The public keys are gone.")))
        return frozenset({anchor} if anchor else ())
    newest = known[-1]
    if not anchor:
        why = why or _("This machine does not have the key that signs the record. Name the public "
                       "key with --key.")
    elif newest.key != anchor:
        why = _("The key that signs now is not the one that you trust.") if trusted else _(
            "The key that signs now is not the one of this machine.")
    found, bad = keys.vouched(known, anchor) if anchor else (frozenset[str](), None)
    if why or bad is not None:
        report.faults.append(
            Fault(KEY, newest.number if why or bad is None else bad.number,
                  why or _("Nothing that you trust says that this key is the house's."))
        )
    return found


# --- statements -----------------------------------------------------------------------------


def _statements(
    db: Session, known: frozenset[str], points: Points, report: Report
) -> Mapping[str, str]:
    """Check each statement and the one before it; returns the names of the chains they know.

    What a statement says counts when it is signed, also when another one is missing.
    """
    told = _told(db)
    names: dict[str, str] = {}
    number, previous = 0, START
    fault: Fault | None = None
    rows = db.execute(
        select(RecordStatement.number, RecordStatement.body, RecordStatement.signature,
               RecordStatement.names)
        .order_by(RecordStatement.number).execution_options(yield_per=20)
    )
    for row_number, body, signature, fresh in rows:
        names.update(fresh)
        why = ""
        if row_number != number + 1:
            why, at = _("This statement is gone."), number + 1
        else:
            at = row_number
        made = _signed(body, signature, known)
        if isinstance(made, str):
            why = why or made
        else:
            points.add(_("statement %(number)s", number=row_number), made.heads)
            report.last = made.made_at
            if made.number != row_number:
                why = why or _("This is another statement, put in its place.")
            elif not why and made.previous != previous:
                why = _("The statement before it is another one than when this was signed.")
        if not why and told.get(row_number) != digest(body):
            why = _("The record itself does not tell of this statement.")
        if why and fault is None:
            fault = Fault(STATEMENT, at, why)
        number, previous = row_number, digest(body)
        report.statements += 1
    if fault is None and any(it > number for it in told):
        fault = Fault(STATEMENT, number + 1, _("This statement is gone."))
    if fault is None and not number and db.scalar(select(RecordKey.id).limit(1)) is not None:
        fault = Fault(STATEMENT, 1, _("This statement is gone."))
    if fault is not None:
        report.faults.append(fault)
    return names


def _signed(body: str, signature: str, known: frozenset[str]) -> Statement | str:
    """The statement, or what is wrong with it."""
    try:
        made = Statement.read(body)
    except Malformed:
        return _("This statement was changed.")
    if made.key not in known:
        return _("It is signed with a key that is not the house's.")
    if not keys.holds(made.key, body, signature):
        return _("This statement was changed after it was signed.")
    return made


def _told(db: Session) -> dict[int, str]:
    """What the record itself says of statements: number -> digest."""
    lines = db.scalars(
        select(JournalEntry.detail).where(
            JournalEntry.chain == "platform:0", JournalEntry.event == RecordSigned.word()
        ).order_by(JournalEntry.seq)
    )
    return {
        number: str(it.get("statement"))
        for it in lines if isinstance(number := it.get("number"), int)
    }


def _kept_here(db: Session, points: Points, report: Report) -> None:
    try:
        kept = statements.kept_here()
    except Malformed:
        report.faults.append(Fault(FILE, 1, _(
            "%(file)s in the data folder cannot be read.", file=statements.KEPT)))
        return
    if kept is not None:
        _compare(db, kept, points, report, _("the statement that this machine kept"))


def _from_elsewhere(
    db: Session, kept: Signed, known: frozenset[str], points: Points, report: Report
) -> None:
    made = _signed(kept.body, kept.signature, known)
    if isinstance(made, str):
        report.faults.append(Fault(FILE, kept.statement.number, made))
        return
    _compare(db, kept, points, report, _("the statement that was kept elsewhere"))


def _compare(db: Session, kept: Signed, points: Points, report: Report, source: str) -> None:
    number = kept.statement.number
    body = db.scalar(select(RecordStatement.body).where(RecordStatement.number == number))
    blamed = any(it.chain == STATEMENT and it.seq == number for it in report.faults)
    if body != kept.body and not blamed:
        report.faults.append(Fault(STATEMENT, number, (
            _("It is gone; a copy outside the database has it.") if body is None
            else _("It is another one than the copy outside the database.")
        )))
    points.add(source, kept.statement.heads)


# --- chains ---------------------------------------------------------------------------------


def _chains(db: Session, points: Points, names: Mapping[str, str], report: Report) -> None:
    """Follow every chain from its first line."""
    heads = {chain: (seq, line) for chain, seq, line in db.execute(
        select(JournalHead.chain, JournalHead.seq, JournalHead.hash))}
    seen: set[str] = set()
    there: set[str] = set()
    rows = db.scalars(
        select(JournalEntry).order_by(JournalEntry.chain, JournalEntry.seq).execution_options(
            yield_per=500
        )
    )
    for chain, lines in _grouped(rows, report):
        there.add(chain)
        last, began, fault = _follow(chain, lines, points)
        if began:
            seen.add(began)
        head = heads.get(chain)
        if fault is None and head is None:
            fault = Fault(chain, last.seq, _("The head is missing."))
        elif fault is None and head != (last.seq, last.hash):
            fault = Fault(chain, last.seq + 1, _("Lines are missing at the end."))
        if fault is not None:
            report.faults.append(fault)
    report.chains = len(there)
    blamed = {it.chain for it in report.faults}
    for chain in sorted(heads.keys() - there):
        report.faults.append(Fault(chain, 1, _("The whole chain is gone.")))
        blamed.add(chain)
    for began in points.chains():
        chain = names.get(began, began)
        if began in seen or chain in blamed:
            continue
        source = points.of(began)[0][2]
        report.faults.append(Fault(chain, 1, (
            _("The chain was written anew from its first line; %(source)s has another.",
              source=source) if chain in there
            else _("The whole chain is gone; %(source)s has it.", source=source)
        )))


def _grouped(
    rows: Iterable[JournalEntry], report: Report
) -> Iterator[tuple[str, Iterator[JournalEntry]]]:
    """The lines of one chain after the other; each must be read to its end."""
    def counted() -> Iterator[JournalEntry]:
        for row in rows:
            report.lines += 1
            yield row

    yield from groupby(counted(), key=lambda it: it.chain)


def _follow(
    chain: str, lines: Iterator[JournalEntry], points: Points
) -> tuple[Head, str, Fault | None]:
    """The last good line of a chain, the name of the chain, and its first fault."""
    began, fault = "", None
    last = Head("", 0, START)
    signed: deque[tuple[int, str, str]] = deque()
    good = 0  # the last line that a statement is known to have been signed over
    for entry in lines:
        if fault is not None:
            continue
        why = ""
        if entry.seq != last.seq + 1:
            why = _("Line %(seq)s is missing.", seq=last.seq + 1)
        elif entry.previous != last.hash:
            why = _("The line before it was changed.")
        elif entry_hash(entry) != entry.hash:
            why = _("The line was changed.")
        if why:
            fault = Fault(chain, entry.seq, why)
        if entry.seq == 1:
            began = entry.hash[:NAME]
            signed = deque(points.of(began))
        if why:
            continue
        last = Head(began, entry.seq, entry.hash)
        while signed and signed[0][0] <= entry.seq:
            seq, wanted, source = signed.popleft()
            if seq == entry.seq and wanted != entry.hash:
                fault = Fault(chain, good + 1, _(
                    "Lines %(first)s to %(last)s were written anew; %(source)s has others.",
                    first=good + 1, last=seq, source=source))
                break
            good = seq
    if fault is None and signed:
        fault = Fault(chain, last.seq + 1, _(
            "Lines are missing at the end; %(source)s has %(seq)s.", source=signed[0][2],
            seq=signed[0][0]))
    return last, began, fault
