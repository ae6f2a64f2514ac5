"""gunicorn for the workspace: gunicorn -c gunicorn.conf.py 'wsgi:create_app()'.

Command-line options win over this file; the workspace's own settings are INNOCORE_* variables.
"""

from __future__ import annotations

import os
from typing import Any

bind = "127.0.0.1:8000"
# gevent-websocket is installed, so python-engineio uses it; with gunicorn's plain gevent worker
# every WebSocket would then answer 500. `on_starting` refuses that pair.
worker_class = "geventwebsocket.gunicorn.workers.GeventWebSocketWorker"
# More than one needs INNOCORE_REDIS_URL, through which workers tell each other what changed, and
# PostgreSQL, which several can write to at once.
workers = int(os.environ.get("INNOCORE_WORKERS") or 1)
worker_connections = 2000
timeout = 60
graceful_timeout = 20
keepalive = 20
errorlog = "-"
accesslog = None  # addresses of people are not kept by default
control_socket_disable = True  # two gunicorns of one user would share it, and nobody asks it
limit_request_line = 8190
limit_request_fields = 60


def on_starting(server: Any) -> None:
    """Refuse to start in a shape in which WebSockets fail or edits could be lost."""
    if server.cfg.worker_class_str != worker_class:
        raise SystemExit("gunicorn.conf.py: keep worker_class; others cannot carry WebSockets.")
    database = os.environ.get("INNOCORE_DATABASE_URL", "")
    if server.cfg.workers > 1 and not (
        os.environ.get("INNOCORE_REDIS_URL") and database.startswith("postgresql")
    ):
        raise SystemExit(
            "gunicorn.conf.py: several workers need INNOCORE_REDIS_URL and a PostgreSQL "
            "INNOCORE_DATABASE_URL; set both or use one worker."
        )


def post_worker_init(worker: Any) -> None:
    """Begin what a serving process does besides answering."""
    import signal

    from gevent import monkey, signal_handler

    from workspace.foundation import migrate, serving

    if not migrate.are_there(worker.wsgi.extensions["innocore.database"].engine):
        worker.log.error("There are no tables yet. Run first: flask --app wsgi db upgrade")
        raise SystemExit(3)  # gunicorn does not start a worker again that ends with this
    if not monkey.is_module_patched("socket"):
        worker.log.error("gevent does not look after sockets in this worker")
    serving.begin(worker.wsgi)

    def leave() -> None:
        # Stop taking connections, then say good-bye on open ones: left alone they would hold the
        # worker until `graceful_timeout`, and go on taking edits.
        worker.handle_exit(signal.SIGTERM, None)
        serving.end(worker.wsgi)

    signal_handler(signal.SIGTERM, leave)


def worker_exit(server: Any, worker: Any) -> None:
    """Finish what is in hand."""
    from workspace.foundation import serving

    if getattr(worker, "wsgi", None) is not None:
        serving.end(worker.wsgi)
