"""The socket door: every event declares its verb; the live features bring the handlers."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

log = logging.getLogger(__name__)
Handler = Callable[..., Any]
TEXT_FRAME = re.compile(r"[0-6]")
"""Engine.IO: a text frame begins with the number of its kind. Without one, or with a kind beyond
the last, the library raises where nobody catches it, and the server writes a traceback."""


def refuse_odd_frames(server: Any) -> None:
    """Have the server hang up on text frames that are none; at most one line of log a second."""
    plain = server.eio._async["websocket"]
    told = [0.0]

    class Strict(plain):  # type: ignore[valid-type, misc]
        """The library's wrapper round one WebSocket; None ends the connection."""

        def wait(self) -> Any:
            """The next frame."""
            frame = super().wait()
            if isinstance(frame, str) and TEXT_FRAME.match(frame) is None:
                if time.monotonic() - told[0] > 1:
                    told[0] = time.monotonic()
                    log.warning("a connection was ended: a text frame of no kind")
                return None
            return frame

    server.eio._async = {**server.eio._async, "websocket": Strict}


@dataclass(frozen=True)
class SocketDoor:
    """What one event declares."""

    namespace: str
    event: str
    verb: str
    kind: str

    def record(self) -> dict[str, Any]:
        """For `run.py doors`."""
        return {"door": "socket", "namespace": self.namespace, "event": self.event,
                "verb": self.verb, "kind": self.kind, "public": None}


@dataclass
class Sockets:
    """The events of one namespace. Handlers are registered on the bare Socket.IO server.

    Flask's context per event costs half as much again, so a handler opens what it needs itself.
    `install(app, server)` is called once by the factory.
    """

    namespace: str
    handlers: dict[str, tuple[Handler, str, str]] = field(default_factory=dict)
    install: Callable[[Any, Any], None] | None = None

    def event(self, name: str, *, verb: str, kind: type | str) -> Callable[[Handler], Handler]:
        """Declare a handler for `name`; it is asked `verb` of a `kind`."""

        def declare(handler: Handler) -> Handler:
            word = kind if isinstance(kind, str) else kind.__name__
            self.handlers[name] = (handler, verb, word)
            return handler

        return declare

    def doors(self) -> list[SocketDoor]:
        """What an auditor reads."""
        return [SocketDoor(self.namespace, name, verb, kind)
                for name, (_handler, verb, kind) in sorted(self.handlers.items())]

    def check(self, server: Any) -> None:
        """Raise when the server answers an event of this namespace that declares no verb."""
        for name in server.handlers.get(self.namespace, {}):
            if name not in self.handlers:
                raise RuntimeError(f"{self.namespace} {name} declares no verb")
