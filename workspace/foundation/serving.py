"""Serving: what begins and ends with a process that answers people, and a gevent server.

gunicorn has its own server and calls `begin` and `end` (gunicorn.conf.py); the demonstration and
the tests use `serve`. The caller patches with gevent before it imports anything else.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable

from flask import Flask
from gevent import monkey, signal_handler
from gevent.event import Event
from gevent.pywsgi import WSGIServer
from geventwebsocket.handler import WebSocketHandler

from workspace.foundation import jobs, logs, metrics, wake
from workspace.foundation.features import House
from workspace.foundation.settings import Settings

BACKLOG = 512


def begin(app: Flask) -> None:
    """Start what features do besides answering, and the jobs; after any fork."""
    house: House = app.extensions["innocore.house"]
    settings: Settings = app.config["INNOCORE"]
    logs.begin(settings)
    wake.look(app.extensions["innocore.database"], settings)
    for feature in house.features:
        if feature.start is not None:
            feature.start(app)
    if settings.jobs_in_process:
        jobs.start(app)
    metrics.start(app, settings.metrics_port)


def end(app: Flask) -> None:
    """Finish what is in hand: the jobs, then the features, the last first."""
    house: House = app.extensions["innocore.house"]
    settings: Settings = app.config["INNOCORE"]
    app.extensions["innocore.leaving"] = True
    jobs.stop(app)
    for feature in reversed(house.features):
        if feature.stop is not None:
            feature.stop(app)
    metrics.stop(app)
    wake.sleep(app.extensions["innocore.database"], settings)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket whose connections send small frames at once. Raises OSError if taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener


def serve(
    app: Flask, host: str, port: int, *, ready: Callable[[], None] = lambda: None
) -> None:
    """Answer until SIGINT or SIGTERM; `ready` is called when the port is open.

    Raises RuntimeError when gevent does not look after sockets, OSError when the port is taken.
    """
    if not monkey.is_module_patched("socket"):
        raise RuntimeError("patch with gevent.monkey before anything else is imported")
    listener = listen(host, port)
    server = WSGIServer(listener, app, handler_class=WebSocketHandler, log=None)
    asked_to_stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal_handler(number, asked_to_stop.set)
    begin(app)
    try:
        server.start()
        ready()
        asked_to_stop.wait()
    finally:
        server.stop(timeout=2)
        end(app)
