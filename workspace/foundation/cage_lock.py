"""First program in the cage: shuts the doors, then runs the one named on its command line.

Run by path with `python -I`, so it imports the standard library only.
"""

from __future__ import annotations

import ctypes
import json
import os
import runpy
import sys

NEW_USER, NEW_NET = 0x10000000, 0x40000000
MEGABYTE = 1024 * 1024


def shut(seconds: int, memory: int, output: int) -> None:
    """Limit this process for good. `memory` and `output` are MB."""
    try:
        import resource
    except ImportError:  # not a Unix: the parent's time limit still holds
        return
    limits = (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory * MEGABYTE),
        (resource.RLIMIT_FSIZE, output * MEGABYTE),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, most in limits:
        resource.setrlimit(kind, (most, most))


def unplug() -> None:
    """Leave the network where the system lets us; our programs open no connection anyway."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        flags = NEW_NET if os.geteuid() == 0 else NEW_NET | NEW_USER
        libc.unshare(flags)
    except (OSError, AttributeError):
        return


def main() -> None:
    """Read the limits (first line of standard input), then run the program."""
    head = json.loads(sys.stdin.buffer.readline())
    unplug()
    shut(head["seconds"], head["memory"], head["output"])
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
