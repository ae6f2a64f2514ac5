"""Runs one small program of our own on hostile input: own process, limited memory and time.

The parent sends one JSON request on standard input and gets the program's standard output. The
limits are set by the child before it reads anything: a hook between fork and exec is not safe in
a process with threads or greenlets.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCK = Path(__file__).with_name("cage_lock.py")


class Caged(Exception):
    """The program was stopped or failed. `why` is `time`, `memory` or `failed`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Limits:
    """What a program may use: processor and wall seconds, address space and output in MB."""

    seconds: int = 20
    memory: int = 512
    output: int = 64


def run(program: Path, request: dict[str, Any], limits: Limits, folder: Path) -> bytes:
    """Run `program` in `folder` with `request`; its standard output comes back.

    Raises Caged. The environment of the parent, which may hold secrets, is not handed on.
    """
    head = {"seconds": limits.seconds, "memory": limits.memory, "output": limits.output}
    process = subprocess.Popen(
        [sys.executable, "-I", str(LOCK), str(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "TMPDIR": str(folder),
             "RAYON_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        close_fds=True,
        start_new_session=True,
    )
    message = json.dumps(head).encode() + b"\n" + json.dumps(request).encode()
    try:
        output, complaint = process.communicate(message, timeout=limits.seconds + 5)
    except subprocess.TimeoutExpired:
        raise Caged("time") from None
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
    if process.returncode == 0:
        return output
    raise Caged(_why(process.returncode, complaint))


def _why(code: int, complaint: bytes) -> str:
    if code in (-24, -9):  # SIGXCPU, then SIGKILL at the hard limit
        return "time"
    if b"MemoryError" in complaint or b"memory allocation" in complaint or code == -6:
        return "memory"
    return "failed"
