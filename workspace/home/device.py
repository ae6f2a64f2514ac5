"""What a browser needs to keep the house on a device: the worker, the manifest, the last page.

What is kept there, for whom and how long is told in `docs/offline.md`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, cast

from flask import Response, current_app, url_for
from flask_babel import get_locale

from workspace.foundation.access import Actor
from workspace.foundation.text import _
from workspace.foundation.web import Doors, page

doors = Doors("device")
FILES: Final = (
    "app/core.css",
    "app/board.css",
    "app/canvas.css",
    "app/htmx.js",
    "app/shell.js",
    "app/board.js",
    "icons/sprite.svg",
    "icons/favicon.svg",
)
"""The frame of a board, of its list and of the page without a network."""
FONT: Final = "fonts/inter-latin.woff2"
"""Style sheets name fonts without a mark."""
ICONS: Final = (("icons/app-192.png", "192x192", "any"), ("icons/app-512.png", "512x512", "any"),
                ("icons/app-maskable.png", "512x512", "maskable"))  # fmt: skip


def static(path: str) -> str:
    """Address of a file of ours with its mark."""
    marked = cast("Callable[[str], str]", current_app.jinja_env.globals["static"])
    return marked(path)


@doors.page("/service-worker.js", public="a script of the house, the same for everybody")
def service_worker(actor: Actor) -> Any:
    """The service worker, with the names of the files that it keeps: new files, new worker."""
    files = [static(name) for name in FILES] + [url_for("static", filename=FONT)]
    script = Path(current_app.static_folder or "", "app", "worker.js").read_text(encoding="utf-8")
    version = sha256("\n".join([*files, script]).encode()).hexdigest()[:12]
    house = {"version": version, "files": files, "offline": url_for(".offline")}
    return Response(f"const HOUSE = {json.dumps(house)};\n{script}", mimetype="text/javascript")


@doors.page("/manifest.webmanifest", public="the name and the icons of the house")
def manifest(actor: Actor) -> Any:
    """So that the house can be installed like an application."""
    said = {
        "id": "/",
        "name": _("InnoCore workspace"),
        "short_name": "InnoCore",
        "start_url": url_for("home.index"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#F6F6F3",
        "theme_color": "#0B6656",
        "icons": [
            {"src": static(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in ICONS
        ],
    }
    return Response(json.dumps(said), mimetype="application/manifest+json")


@doors.page("/offline", public="says that there is no network; holds nothing of anybody")
def offline(actor: Actor) -> Any:
    """What the worker shows instead of a page that needs the network."""
    locale = get_locale()
    return page("home/offline.html", lang=locale.language if locale else "en")
