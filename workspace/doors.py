"""Lists every door with who may: `python -m workspace.doors [--json | --markdown]`."""

from __future__ import annotations

import json
import signal
import sys
import tempfile
from collections.abc import Sequence
from typing import Any

from flask import Flask

from workspace.foundation.features import house
from workspace.foundation.web import declared_doors


def all_doors(app: Flask) -> list[dict[str, Any]]:
    """Every page and socket door: methods, path or event, verb and kind of thing."""
    with app.app_context():
        found = [door.record() for door in declared_doors()]
        for feature in house().features:
            if feature.sockets is not None:
                found += [door.record() for door in feature.sockets.doors()]
    return found


def as_markdown(doors: Sequence[dict[str, Any]]) -> str:
    """The same as a page of the docs."""
    lines = [
        "# Doors",
        "",
        "Every address and socket event, and who may. Made by `python3 run.py doors`; do not edit.",
        "",
        "| door | verb | kind of thing | open to everybody because |",
        "|---|---|---|---|",
    ]
    for door in doors:
        if door["door"] != "socket":
            name = f"{' '.join(door['methods'])} `{door['path']}`"
        else:
            name = f"socket `{door['namespace']}` `{door['event']}`"
        lines.append(f"| {name} | {door['verb']} | {door['kind']} | {door['public'] or ''} |")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Print the list; 0 when every door is declared."""
    from workspace.foundation.settings import Settings
    from wsgi import create_app

    with tempfile.TemporaryDirectory() as folder:
        doors = all_doors(create_app(Settings(environment="testing", data_dir=folder, demo=True)))
    if "--json" in arguments:
        print(json.dumps(doors, indent=1))
    elif "--markdown" in arguments:
        print(as_markdown(doors), end="")
    else:
        for door in doors:
            where = door.get("path") or f"{door['namespace']} {door['event']}"
            methods = " ".join(door.get("methods", ["SOCKET"]))
            print(f"{methods:10} {where:60} {door['verb']:12} {door['kind']}")
    return 0


if __name__ == "__main__":
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `run.py doors | head` is no fault
    sys.exit(main(sys.argv[1:]))
