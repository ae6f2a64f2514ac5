#!/usr/bin/env python3
"""One door to the project: ``python3 run.py demo``, ``python3 run.py test``, ``... help``.

Only the standard library is used, so that an empty machine with Python 3.11 needs nothing else:
the script makes the environment (``.venv``) that the commands need, and makes it again only when
a lock file has changed. Whatever stops it is told in one sentence, with exit code 2.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  old Pythons must still parse this file
    sys.stderr.write(
        f"run.py: Python 3.11 or newer is needed, this is {sys.version_info[0]}."
        f"{sys.version_info[1]}. Start it with a newer one: python3.11 run.py demo\n"
    )
    sys.exit(2)

import argparse
import contextlib
import errno
import os
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # also with PYTHONSAFEPATH

from machine import (
    FRONTEND,
    PYTHON,
    ROOT,
    WINDOWS,
    Failed,
    Stop,
    ensure,
    ensure_browser,
    ensure_frontend,
    plain_environment,
    run,
    tell,
)

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def become(command: Sequence[object], **more: str) -> int:
    """Turn into the command, so that signals reach it directly and nothing of us stays behind."""
    env = plain_environment() | more
    words = [str(part) for part in command]
    os.chdir(ROOT)
    sys.stdout.flush()
    sys.stderr.flush()
    if not WINDOWS:
        os.execve(words[0], words, env)
    return subprocess.call(words, env=env)


def patiently(command: list[str], env: dict[str, str]) -> int:
    """Run a program; when we are stopped, let it end its servers before we go."""
    child = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        return child.wait()
    except KeyboardInterrupt:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(30)
        child.kill()
        raise


def is_free(port: int) -> bool:
    with socket.socket() as trial:
        if not WINDOWS:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose_port(asked: int | None) -> int:
    """The port asked for, which must be free; without one, the first free from 5000 on."""
    if asked is not None:
        if not 1 <= asked <= 65535:
            raise Stop(f"Port {asked} does not exist: choose one from 1 to 65535.")
        if not is_free(asked):
            raise Stop(f"Port {asked} is in use. Choose another with --port, or leave it out.")
        return asked
    for port in range(5000, 5100):
        if is_free(port):
            return port
    raise Stop("No port from 5000 to 5099 is free. Choose one with --port.")


def demo(words: list[str]) -> int:
    """Start the demonstration on this machine: a seeded programme in its tenth week."""
    parser = argparse.ArgumentParser(prog="run.py demo", description=demo.__doc__)
    parser.add_argument("--port", type=int, help="default: 5000, or the next free one")
    parser.add_argument("--data", type=Path, default=ROOT / "var" / "demo", help="where it lives")
    parser.add_argument("--fresh", action="store_true", help="throw the old demo data away first")
    parser.add_argument("--json", action="store_true", help="first line: url and personas as JSON")
    parser.add_argument("--host", default="127.0.0.1", help=argparse.SUPPRESS)
    asked = parser.parse_args(words)
    if asked.host not in LOOPBACK:
        raise Stop(
            "The demo answers on this machine only (127.0.0.1): its personas sign in with one "
            "click. To serve others, read docs/operate.md."
        )
    port = choose_port(asked.port)
    ensure("runtime")
    data = asked.data.absolute()
    command = [PYTHON, "-m", "workspace.demo", "serve", "--data", data, "--port", str(port)]
    command += ["--fresh"] if asked.fresh else []
    command += ["--json"] if asked.json else []
    return become(command)


def serve(words: list[str]) -> int:
    """Serve with gunicorn and the settings of the environment (docs/operate.md lists them)."""
    ensure("runtime")
    if WINDOWS:
        raise Stop("gunicorn does not run on Windows: use 'flask --app wsgi run' there.")
    config = ["-c", ROOT / "gunicorn.conf.py", *words]
    return become([PYTHON, "-m", "gunicorn", *config, "wsgi:create_app()"])


def flask(words: list[str], asked: argparse.Namespace) -> int:
    """Run a command of the workspace; ``--data`` names the data folder for it."""
    ensure("runtime")
    more = {"INNOCORE_DATA_DIR": str(asked.data.absolute())} if asked.data else {}
    return become([PYTHON, "-m", "flask", "--app", "wsgi", *words], **more)


def backup(words: list[str]) -> int:
    """Back up the database and the files, while people work."""
    parser = argparse.ArgumentParser(prog="run.py backup", description=backup.__doc__)
    parser.add_argument("--to", type=Path, help="a folder or a new file; default: data/backups")
    parser.add_argument("--data", type=Path, help="the data folder; default: INNOCORE_DATA_DIR")
    asked = parser.parse_args(words)
    if asked.data and not asked.data.is_dir():
        raise Stop(f"There is no data folder {asked.data}. Name the one of the workspace.")
    return flask(["backup", *(["--to", str(asked.to.absolute())] if asked.to else [])], asked)


def restore(words: list[str]) -> int:
    """Restore a backup into an empty database and data folder, and check it."""
    parser = argparse.ArgumentParser(prog="run.py restore", description=restore.__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--data", type=Path, help="the data folder; default: INNOCORE_DATA_DIR")
    parser.add_argument("--erased", type=Path, help="list of erased people; default: beside FILE")
    parser.add_argument("--trust-erased", action="store_true",
                        help="take that list as it is, whoever signed it")
    asked = parser.parse_args(words)
    more = ["--erased", str(asked.erased.absolute())] if asked.erased else []
    more += ["--trust-erased"] if asked.trust_erased else []
    return flask(["restore", str(asked.file.absolute()), *more], asked)


def administrator(words: list[str]) -> int:
    """Let somebody administrate an installation, the first one above all."""
    parser = argparse.ArgumentParser(prog="run.py administrator", description=administrator.__doc__)
    parser.add_argument("address", help="the person's mail address")
    parser.add_argument("--name", help="of a person who has no account yet")
    parser.add_argument("--data", type=Path, help="the data folder; default: INNOCORE_DATA_DIR")
    asked = parser.parse_args(words)
    more = ["--name", asked.name] if asked.name else []
    return flask(["administrator", *more, "--", asked.address], asked)


def module(name: str, words: list[str]) -> int:
    ensure("runtime")
    return become([PYTHON, "-m", name, *words])


def build(words: list[str]) -> int:
    """Make everything that is made: static/app, catalogues, and the generated pages of docs/."""
    binary = ensure_frontend()
    sys.stdout.write(run([binary, FRONTEND / "build.mjs", ROOT / "workspace/static/app"]))
    sys.stdout.write(run([PYTHON, "-m", "tests.house.catalogues", "write"]))
    pages = {"doors": ["workspace.doors", "--markdown"], "states": ["workspace.foundation.states"],
             "access": ["tests.matrix.table"]}
    for name, command in pages.items():
        (ROOT / "docs" / f"{name}.md").write_text(run([PYTHON, "-m", *command]), encoding="utf-8")
    return 0


def check(words: list[str]) -> int:
    """Everything that can be checked without a browser."""
    return become([PYTHON, "-m", "tests.house.checks", ensure_frontend(), "--house-tests"])


def test(words: list[str]) -> int:
    """Run everything; with arguments, pass them to pytest and run only that."""
    binary = ensure_frontend()
    browser = {"CHROMIUM": ensure_browser()}
    pytest = [str(PYTHON), "-m", "pytest"]
    if words:
        return become([*pytest, *words], **browser)
    env = plain_environment() | browser
    checks = [str(PYTHON), "-m", "tests.house.checks", str(binary)]
    checked = patiently(checks, env)
    tested = patiently([*pytest, "-n2"], env)
    if checked:
        tell("Not all well: a check failed before the tests, see FAILED above.")
    return tested or checked


def shot(words: list[str]) -> int:
    """Take pictures of the main pages of a fresh demo: run.py shot DIR."""
    if not words or words[0].startswith("-"):
        raise Stop("Say where the pictures go: python3 run.py shot DIR")
    ensure_frontend()
    folder = Path(words[0]).absolute()
    command = [PYTHON, "-m", "tests.journeys.shots", folder, *words[1:]]
    return become(command, CHROMIUM=ensure_browser())


def bench(words: list[str]) -> int:
    """Measure something: run.py bench NAME."""
    folder = ROOT / "benchmarks"
    names = sorted(p.stem for p in folder.glob("*.py") if not p.stem.startswith("_"))
    if not names:
        raise Stop("There are no benchmarks yet.")
    if not words or words[0] not in names:
        raise Stop("Name one of these benchmarks: " + ", ".join(names) + ".")
    ensure_frontend()
    command = [PYTHON, "-m", f"benchmarks.{words[0]}", *words[1:]]
    return become(command, CHROMIUM=ensure_browser())


def lock(words: list[str]) -> int:
    """Renew the hashed locks in requirements/ from pyproject.toml."""
    ensure("dev")
    common = ["--generate-hashes", "--universal", "--python-version", "3.11", "--no-header"]
    common += ["--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--quiet", *words]
    compile_ = [PYTHON, "-m", "uv", "pip", "compile", "pyproject.toml", *common]
    run([*compile_, "--all-extras", "-o", "requirements/dev.txt"])
    narrow = ["--extra", "pg", "--extra", "redis", "--extra", "s3", "-c", "requirements/dev.txt"]
    run([*compile_, *narrow, "-o", "requirements/runtime.txt"])
    return 0


def browser(words: list[str]) -> int:
    """Print the path of the Chromium that the tests use."""
    print(ensure_browser())
    return 0


def doors(words: list[str]) -> int:
    """List every page and socket door: --json for programs."""
    return module("workspace.doors", words)


def languages(words: list[str]) -> int:
    """Show how much of each language is translated, and which ones people can choose."""
    return module("workspace.foundation.languages", words)


def help_(words: list[str]) -> int:
    """Show this list."""
    print("python3 run.py COMMAND [options]\n")
    for name, command in COMMANDS.items():
        print(f"  {name:13} {(command.__doc__ or '').strip().splitlines()[0]}")
    print("\n'python3 run.py demo --help' shows the options of the demo; docs/start.md says more.")
    return 0


COMMANDS = {
    "demo": demo,
    "test": test,
    "check": check,
    "serve": serve,
    "administrator": administrator,
    "backup": backup,
    "restore": restore,
    "shot": shot,
    "doors": doors,
    "languages": languages,
    "build": build,
    "browser": browser,
    "lock": lock,
    "bench": bench,
    "help": help_,
}


def main(words: list[str]) -> int:
    name = words[0] if words else "help"
    command = COMMANDS.get({"-h": "help", "--help": "help"}.get(name, name))
    if command is None:
        raise Stop(f"There is no command '{name}'. 'python3 run.py help' lists them.")
    return command(words[1:])


if __name__ == "__main__":
    if not WINDOWS:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        tell(f"run.py: {stop}")
        sys.exit(2)
    except Failed as failure:
        tell(failure.output.rstrip())
        sys.exit(1)
    except OSError as problem:
        if problem.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        tell("run.py: The disk is full. Free some space and run the command again.")
        sys.exit(2)
    except KeyboardInterrupt:
        tell("\nstopped")
        sys.exit(130)
