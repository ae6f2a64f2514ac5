"""The page door of probes: is the process alive, and can it serve."""

from __future__ import annotations

from flask import Response, jsonify

from workspace.foundation.access import Actor
from workspace.foundation.web import Doors
from workspace.operations.state import lacking

doors = Doors("operations")
PROBE = "load balancers ask whether to send people here; says nothing about anybody"


@doors.page("/healthz", public=PROBE)
def alive(actor: Actor) -> Response:
    """The process answers. Asks nobody else, so that a slow database ends no worker."""
    return jsonify(alive=True)


@doors.page("/readyz", public=PROBE)
def ready(actor: Actor) -> Response:
    """Whether people can be served now; names in words what is not there."""
    missing = lacking()
    answer = jsonify(ready=not missing, missing=missing)
    if missing:
        answer.status_code = 503
        answer.headers["Retry-After"] = "5"
    return answer
