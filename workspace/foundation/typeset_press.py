"""Runs in the cage: one typst document from one JSON request (see `typeset.py`)."""

from __future__ import annotations

import json
import struct
import sys

import typst


def main() -> None:
    """Read the request, write the pages, each with its length (8 bytes, big-endian) before it."""
    ask = json.loads(sys.stdin.buffer.read())
    options = {}
    if ask["format"] == "pdf" and ask["standard"]:
        options["pdf_standards"] = ask["standard"]
    made = typst.compile(
        ask["template"],
        root=ask["root"],
        font_paths=ask["fonts"],
        ignore_system_fonts=True,
        format=ask["format"],
        ppi=ask["ppi"],
        sys_inputs={"data": ask["data"]},
        **options,
    )
    pages = made if isinstance(made, list) else [made]
    for page in pages:
        sys.stdout.buffer.write(struct.pack(">Q", len(page)))
        sys.stdout.buffer.write(page)


if __name__ == "__main__":
    main()
