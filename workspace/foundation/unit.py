"""One piece of work = one transaction; facts wait in it until the commit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

from flask import g
from sqlalchemy import exc

from workspace.foundation import facts
from workspace.foundation.db import WRITE, database, session
from workspace.foundation.errors import BadRequest, Stale, Unavailable
from workspace.foundation.text import lazy

log = logging.getLogger(__name__)


@dataclass
class Unit:
    """The work in hand: the facts so far, and whether it is to be thrown away."""

    facts: list[facts.Fact] = field(default_factory=list)
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    closing: list[tuple[str, Callable[[], None]]] = field(default_factory=list)
    """What is done last inside the transaction, in the order of the keys."""
    abandoned: bool = False


def current() -> Unit | None:
    """The unit that is open in this context, if any."""
    found: Unit | None = g.get("innocore_unit")
    return found


def abandon() -> None:
    """Throw the open unit's changes away at its end; a refused form does this."""
    unit = current()
    if unit is not None:
        unit.abandoned = True


def afterwards(call: Callable[[], None]) -> None:
    """Run `call` once the open unit is on disk; never when it is thrown away."""
    unit = current()
    if unit is None:
        raise RuntimeError("there is no unit of work to wait for")
    unit.afterwards.append(call)


def at_the_end(key: str, call: Callable[[], None]) -> None:
    """Run `call` inside the transaction just before it commits; never when it is thrown away.

    For rows that many units lock, such as the heads of the record: taken last and in the order of
    their keys they cannot stand across the locks of the work itself.
    """
    unit = current()
    if unit is None:
        raise RuntimeError("there is no unit of work to end")
    unit.closing.append((key, call))


@contextmanager
def write() -> Iterator[Unit]:
    """Open a transaction that may write, or join the open one.

    Commits at the end, rolls back on an exception or after `abandon()`. On SQLite one writer at a
    time; nothing inside may wait for the network, a mail server or another person's edit.
    Raises Stale when a constraint says that somebody was faster, Unavailable when the database
    cannot write.
    """
    unit = current()
    if unit is not None:
        yield unit
        return
    db = session()
    if db.in_transaction():
        db.commit()  # ends a read; on SQLite it could not become a write safely
    unit = Unit()
    house = database()
    with house.writer if house.is_sqlite else nullcontext():
        g.innocore_unit = unit
        g.pop("innocore_answers", None)
        try:
            db.connection(execution_options={WRITE: True})
            yield unit
            if unit.abandoned:
                db.rollback()
            else:
                for _key, call in sorted(unit.closing, key=lambda it: it[0]):
                    call()
                db.commit()
        except exc.IntegrityError as error:
            db.rollback()
            log.info("a constraint refused a change: %s", type(error.orig).__name__)
            raise Stale(
                lazy("Somebody changed this at the same moment. Reload the page and try again.")
            ) from error
        except exc.OperationalError as error:
            db.rollback()
            log.warning("the database could not write: %s", error.orig)
            raise Unavailable(
                lazy("The workspace cannot save right now. Nothing was changed; try again soon.")
            ) from error
        except exc.DataError as error:
            db.rollback()
            raise BadRequest from error  # a value that no column can hold
        except BaseException:
            db.rollback()
            raise
        finally:
            g.innocore_unit = None
    if not unit.abandoned:
        _speak(unit)


def _speak(unit: Unit) -> None:
    board = facts.board()
    calls: list[Callable[[], None]] = list(unit.afterwards)
    for fact in unit.facts:
        for listener in board.later(fact):
            calls.append(lambda listener=listener, fact=fact: listener(fact))  # type: ignore[misc]
    for call in calls:
        try:
            call()
        except Exception:
            # The change is on disk; a listener that fails must not make it look refused.
            log.exception("a listener failed after the commit")
            session().rollback()
