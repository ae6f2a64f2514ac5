"""Work that would hold up greenlets, done in a native thread beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Pool(Protocol):
    """`gevent.threadpool.ThreadPool`, as far as it is needed."""

    def apply(self, func: Callable[[], object]) -> object:
        """Do it in one of the threads and wait for its answer."""


def beside(pool: Pool, work: Callable[[], T]) -> T:
    """The answer of `work`, made in a thread of the pool; what it raises is raised here.

    The failure travels as a value: gevent writes the traceback of whatever leaves a thread to
    standard error, past the log's shape and the rule that no content gets there.
    """
    found: list[T] = []
    failed: list[BaseException] = []

    def careful() -> None:
        try:
            found.append(work())
        except BaseException as error:
            failed.append(error)

    pool.apply(careful)
    if failed:
        raise failed[0]
    return found[0]
