"""Everything that is checked without running the product: python -m tests.house.checks NODE.

NODE is the program to use. Two checks run at a time; each is told as it ends, with its output when
it fails. With ``--house-tests`` the tests of this folder run as well. Exit code 1 when one fails.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "workspace" / "static" / "app"
PACKAGES = ("workspace", "canvases", "mentors", "transfer", "sponsors", "tests")
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as go; go()"


class Fault(Exception):
    """A check found something; the text says what."""


def run(*command: object) -> None:
    """Run a program; raise Fault with its output when it is not content."""
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )
    if done.returncode:
        raise Fault(done.stdout.decode("utf-8", "replace").rstrip())


def python(*words: object) -> Callable[[], None]:
    """A check that is a Python module or program."""
    return lambda: run(sys.executable, *words)


def different_files(built: Path, kept: Path) -> list[str]:
    """Names of files whose bytes differ between two folders, or that one of them lacks."""
    names = {it.relative_to(top) for top in (built, kept) for it in top.rglob("*") if it.is_file()}
    return sorted(
        str(name)
        for name in names
        if not (built / name).exists()
        or not (kept / name).exists()
        or (built / name).read_bytes() != (kept / name).read_bytes()
    )


def built_front_end(node: str) -> None:
    """The committed scripts and styles are what their sources give, byte for byte."""
    with tempfile.TemporaryDirectory() as folder:
        run(node, FRONTEND / "build.mjs", folder)
        different = different_files(Path(folder), BUILT)
    if different:
        raise Fault(
            f"workspace/static/app is not what frontend/ builds: {', '.join(different)}\n"
            "Run 'python3 run.py build' and commit the result."
        )


def front_end_tests(node: str) -> None:
    """The TypeScript tests pass under Node; they find examples as if they stood in `src`."""
    with tempfile.TemporaryDirectory(dir=FRONTEND, prefix=".tests-") as folder:
        run(node, FRONTEND / "build.mjs", "--tests", folder)
        tests = sorted(Path(folder).rglob("*.test.*js"))
        if not tests:
            raise Fault("no TypeScript test was found")
        run(node, "--test", "--test-reporter=dot", *tests)


def main(words: list[str]) -> int:
    """Run all checks and tell; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("node")
    parser.add_argument("--house-tests", action="store_true")
    asked = parser.parse_args(words)
    node = asked.node
    tsc = FRONTEND / "node_modules" / "typescript" / "bin" / "tsc"
    checks: dict[str, Callable[[], None]] = {
        "types (mypy)": python("-m", "mypy", "run.py", "machine.py", "wsgi.py", *PACKAGES),
        "style (ruff)": python("-m", "ruff", "check", "--quiet", "."),
        "import directions": python("-c", LINT_IMPORTS),
        "templates (djlint)": python("-m", "djlint", "templates", "--lint", "--quiet"),
        "translations": python("-m", "tests.house.catalogues", "check"),
        "types of the front end": lambda: run(node, tsc, "--noEmit", "-p", FRONTEND),
        "tests of the front end": lambda: front_end_tests(node),
        "built front end": lambda: built_front_end(node),
    }
    if asked.house_tests:
        checks["the house"] = python("-m", "pytest", "tests/house")
    failed = []

    def one(name: str) -> None:
        began = time.monotonic()
        try:
            checks[name]()
        except Fault as fault:
            failed.append(name)
            print(f"  FAILED  {name}\n{fault}\n", flush=True)
        else:
            print(f"  ok      {name}, {time.monotonic() - began:.1f} s", flush=True)

    with ThreadPoolExecutor(2) as two:
        list(two.map(one, checks))
    print("check: all well" if not failed else f"check: failed: {', '.join(sorted(failed))}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
