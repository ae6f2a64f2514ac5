"""Serving processes that are copies of one: it has imported the house, which takes seconds.

python -m tests.nest FD

The nest patches with gevent, imports, and waits. For every server it copies itself twice: the
first copy stays to tell how the second ended, the second serves. Nothing runs in the nest that a
copy could inherit half done: no thread, no greenlet, no application.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parent.parent
CAN = sys.platform == "linux"
"""Whether copies are made here; elsewhere every server is a program of its own."""
MOST = 65536
"""Bytes of the longest order."""

_LIBC = ctypes.CDLL(None) if CAN else None
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>


def end_with_parent() -> None:
    """Have Linux end this process when whoever started it is killed."""
    if _LIBC is not None:
        _LIBC.prctl(_DEATH_SIGNAL, signal.SIGTERM)


class Copy:
    """A process that the nest has made, used like `subprocess.Popen`."""

    stdin: IO[str] | None = None
    stdout: IO[str] | None = None

    def __init__(self, told: int) -> None:
        self._told = told
        self.returncode: int | None = None
        self.pid = int(self._line())

    def _line(self) -> bytes:
        read = b""
        while not read.endswith(b"\n"):
            more = os.read(self._told, 1)
            if not more:
                raise RuntimeError("the nest has gone")
            read += more
        return read

    def poll(self) -> int | None:
        """The exit code, the negative signal, or None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """The same when it has ended; raises `subprocess.TimeoutExpired`."""
        ended = self._ended(timeout)
        if ended is None:
            raise subprocess.TimeoutExpired("a copy of the nest", timeout or 0)
        return ended

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], timeout)[0]:
            self.returncode = os.waitstatus_to_exitcode(int(self._line()))
            os.close(self._told)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class Nest:
    """The process that is copied; it ends when this is closed, or with us."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.nest", str(theirs.fileno())], cwd=ROOT,
                env=os.environ | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], preexec_fn=end_with_parent,
            )

    def copy(
        self, module: str, words: Sequence[str], environment: dict[str, str],
        streams: tuple[int, int, int],
    ) -> Copy:
        """A process that runs `main(words)` of a module; `streams` are its files 0, 1 and 2."""
        ours, told = os.pipe()
        try:
            order = json.dumps([module, list(words), environment]).encode()
            socket.send_fds(self._line, [order], [*streams, told])
        finally:
            os.close(told)
        return Copy(ours)

    def close(self) -> None:
        """End the nest."""
        self._line.close()
        self._process.wait(20)


def _keep(orders: int) -> tuple[str, list[str]]:
    """Copy ourselves for every order. Comes back in the copy, with what is to be run."""
    import _socket

    from gevent import monkey, reinit

    # The real ones: those of gevent would begin its loop, and leave closing to it.
    fork, wait, close = (monkey.get_original("os", it) for it in ("fork", "waitpid", "close"))
    line = _socket.socket(fileno=orders)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever watches a server is not waited for
    space = _socket.CMSG_SPACE(4 * array("i").itemsize)
    while True:
        order, extras, _flags, _address = line.recvmsg(MOST, space)
        if not order:
            os._exit(0)
        *streams, told = array("i", extras[0][2])
        if fork():
            for left in (*streams, told):
                close(left)
            continue
        end_with_parent()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        serving = fork()
        if serving:
            for left in streams:
                close(left)
            os.write(told, b"%d\n" % serving)
            _pid, status = wait(serving, 0)
            os.write(told, b"%d\n" % status)
            os._exit(0)
        end_with_parent()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number, it in enumerate(streams):
            os.dup2(it, number)
        for left in (*streams, told):
            close(left)
        line.close()
        module, words, environment = json.loads(order)
        os.environ.clear()
        os.environ.update(environment)
        reinit()
        return module, words


if __name__ == "__main__":
    from gevent import monkey

    monkey.patch_all()

    from importlib import import_module

    import wsgi  # noqa: F401
    from workspace.foundation import serving  # noqa: F401

    _module, _words = _keep(int(sys.argv[1]))
    import_module(_module).main(_words)
