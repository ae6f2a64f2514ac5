"""The socket door: every event declares its verb; the live features bring the handlers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Handler = Callable[..., Any]


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
