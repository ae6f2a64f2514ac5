"""The edge between two workers in one test: a bus that can be cut, and loses what is said then."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

Hear = Callable[[bytes], None]


@dataclass
class Hub:
    """What a Redis server is to workers, without one."""

    seats: list[Seat] = field(default_factory=list)

    def seat(self) -> Seat:
        """The line of one more worker."""
        made = Seat(self)
        self.seats.append(made)
        return made


class Seat:
    """`ports.Bus` of one worker. `up` is taken away and given back by the test."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.up = True
        self.on_return: list[Callable[[], None]] = []
        self.deaf = 0
        """Messages that this worker is not going to hear, though its line is up."""
        self._ears: dict[int, Hear] = {}
        self._lock = threading.Lock()

    def enter(self, number: int, hear: Hear) -> None:
        with self._lock:
            self._ears[number] = hear

    def leave(self, number: int, hear: Hear) -> None:
        with self._lock:
            if self._ears.get(number) == hear:
                del self._ears[number]

    def tell(self, number: int, body: bytes) -> None:
        if self.up:
            for seat in self.hub.seats:
                seat._heard(number, body)

    def stop(self) -> None:
        self.up = False

    def cut(self) -> None:
        """From now on nothing is heard or said."""
        self.up = False

    def mend(self) -> None:
        """From now on it is again."""
        self.up = True
        for call in self.on_return:
            call()

    def _heard(self, number: int, body: bytes) -> None:
        with self._lock:
            hear = self._ears.get(number)
            if hear is None or not self.up:
                return
            if self.deaf > 0:
                self.deaf -= 1
                return
        hear(body)
