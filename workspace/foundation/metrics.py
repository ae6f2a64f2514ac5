"""Figures for Prometheus: how many requests, how long, and what features say of themselves.

Every worker has a port of its own on the loopback: the first free one from `metrics_port` on. So
nothing has to be shared, and a worker that dies takes only its own counters along, which
Prometheus understands. Labels are names of doors, never addresses, ids or words of people.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Response, g, request
from gevent.pywsgi import WSGIServer
from prometheus_client import CollectorRegistry, Counter, Histogram, make_wsgi_app
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from workspace.foundation.features import House

log = logging.getLogger(__name__)
HOST = "127.0.0.1"
PORTS = 64
STEPS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Figure:
    """One number that a feature tells: it offers `metrics`, `() -> list of Figure`.

    `name` is `innocore_...` in lower case; `what` says what is counted. `of` tells several numbers
    of one name apart, by a word that the program knows (never by an id).
    """

    name: str
    what: str
    value: float
    of: str = ""


class _Told:
    """Asks the features when Prometheus asks us."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def collect(self) -> Iterator[Metric]:
        """Everything that features offer; one that fails does not hide the others."""
        house: House = self._app.extensions["innocore.house"]
        families: dict[str, GaugeMetricFamily] = {}
        with self._app.app_context():
            for offer in house.offered("metrics"):
                for figure in _safely(offer):
                    family = families.setdefault(
                        figure.name, GaugeMetricFamily(figure.name, figure.what, labels=("of",))
                    )
                    family.add_metric([figure.of], figure.value)
        yield from families.values()


def _safely(offer: Callable[[], list[Figure]]) -> list[Figure]:
    try:
        return offer()
    except Exception as failure:
        log.warning("figures are missing: %s", type(failure).__name__)
        return []


class _Faults(logging.Handler):
    """Counts what is written at level ERROR or above, by the room that wrote it."""

    def __init__(self, counter: Counter) -> None:
        super().__init__(logging.ERROR)
        self._counter = counter

    def emit(self, record: logging.LogRecord) -> None:
        """Count one."""
        self._counter.labels(record.name[:80]).inc()


class _Alone(WSGIServer):
    """Takes a port only when no other worker has it."""

    reuse_addr = 0


class Metrics:
    """The figures of one worker."""

    def __init__(self, app: Flask) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        self.requests = Counter(
            "innocore_requests", "Requests by door and answer.", ("door", "method", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "innocore_request_seconds", "How long a door takes to answer.", ("door",),
            buckets=STEPS, registry=self.registry,
        )
        faults = Counter(
            "innocore_faults", "Lines of level ERROR in the log.", ("room",),
            registry=self.registry,
        )
        self.faults = _Faults(faults)
        self.registry.register(_Told(app))
        self._server: Any = None

    def measure(self, response: Response) -> None:
        """Count the answer in hand."""
        door = request.endpoint or "none"
        method = request.method if request.method in METHODS else "other"
        self.requests.labels(door, method, str(response.status_code)).inc()
        began = g.get("innocore_began")
        if began is not None:
            self.seconds.labels(door).observe(time.perf_counter() - began)

    def serve(self, port: int) -> int | None:
        """Answer Prometheus on the first free port from `port` on; returns it, None if all are
        taken. Needs gevent."""
        tell = make_wsgi_app(self.registry)

        def answer(environ: WSGIEnvironment, start: StartResponse) -> Any:
            if environ.get("PATH_INFO") != "/metrics":
                start("404 Not Found", [("Content-Type", "text/plain")])
                return [b"Figures are at /metrics.\n"]
            return tell(environ, start)

        for number in range(port, port + PORTS):
            server = _Alone((HOST, number), answer, log=None, error_log=None)
            try:
                server.start()
            except OSError:
                continue
            self._server = server
            logging.getLogger().addHandler(self.faults)
            return number
        log.warning("no port for figures is free from %s on", port)
        return None

    def stop(self) -> None:
        """Close the port."""
        logging.getLogger().removeHandler(self.faults)
        if self._server is not None:
            self._server.stop(timeout=1)
            self._server = None


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def install(app: Flask) -> None:
    """Count every request of `app`."""
    kept = Metrics(app)
    app.extensions["innocore.metrics"] = kept

    def measured(response: Response) -> Response:
        kept.measure(response)
        return response

    app.after_request(measured)


def start(app: Flask, port: int) -> None:
    """Open the port of this worker, when the settings name one."""
    if port:
        kept: Metrics = app.extensions["innocore.metrics"]
        kept.serve(port)


def stop(app: Flask) -> None:
    """Close it."""
    kept: Metrics = app.extensions["innocore.metrics"]
    kept.stop()
