"""run.py: one sentence and exit code 2 for whatever a person has to put right."""

from __future__ import annotations

import ast
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT

RUN, MACHINE = ROOT / "run.py", ROOT / "machine.py"


def start(
    *words: str, script: Path = RUN, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in environment}
    env.update({name: value for name, value in environment.items() if value})
    return subprocess.run(
        [sys.executable, str(script), *words], cwd=cwd or ROOT, env=env, capture_output=True,
        text=True, timeout=120, check=False,
    )


def assert_one_sentence(ended: subprocess.CompletedProcess[str], words: str) -> None:
    assert ended.returncode == 2, ended.stderr
    last = ended.stderr.strip().splitlines()[-1]
    assert last.startswith("run.py: ")
    assert words in last
    assert "Traceback" not in ended.stderr


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A copy of what a fresh checkout needs to install itself, in a folder with a space."""
    home = tmp_path / "my copy"
    home.mkdir()
    shutil.copy(RUN, home)
    shutil.copy(MACHINE, home)
    shutil.copytree(ROOT / "requirements", home / "requirements")
    shutil.copy(ROOT / "pyproject.toml", home)
    yield home


def test_an_old_python_can_read_the_file() -> None:
    ast.parse(RUN.read_text(encoding="utf-8"), feature_version=(3, 7))


def test_only_the_standard_library_is_imported() -> None:
    names = {
        it.split(".")[0]
        for file in (RUN, MACHINE)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for it in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
    }
    assert names <= sys.stdlib_module_names | {MACHINE.stem}


def test_what_a_shell_has_set_does_not_matter(tmp_path: Path) -> None:
    ended = start("help", cwd=tmp_path, PYTHONSAFEPATH="1", PYTHONPATH=str(tmp_path))
    assert ended.returncode == 0


def test_help_names_every_command() -> None:
    ended = start("help")
    assert ended.returncode == 0
    for name in ("demo", "test", "check", "serve", "administrator", "backup", "restore", "shot",
                 "doors", "build", "bench"):
        assert f"  {name} " in ended.stdout


def test_an_unknown_command_is_named() -> None:
    assert_one_sentence(start("dmo"), "There is no command 'dmo'")


def test_a_busy_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert_one_sentence(start("demo", "--port", str(port)), f"Port {port} is in use")


def test_a_port_that_does_not_exist_is_refused() -> None:
    assert_one_sentence(start("demo", "--port", "70000"), "Port 70000 does not exist")


def test_the_demo_stays_on_this_machine() -> None:
    assert_one_sentence(start("demo", "--host", "0.0.0.0"), "on this machine only")  # noqa: S104


def test_a_data_folder_that_is_not_there_is_no_workspace(tmp_path: Path) -> None:
    missing = tmp_path / "mistyped"
    assert_one_sentence(start("backup", "--data", str(missing)), "no data folder")
    assert not missing.exists()


@pytest.mark.parametrize(("command", "options"), [
    ("backup", {"--to"}), ("restore", {"--erased", "--trust-erased"}),
    ("administrator", {"--name"}),
])
def test_a_command_of_the_workspace_takes_its_options(command: str, options: set[str]) -> None:
    told = start(command, "--help").stdout
    assert {it for it in options if it not in told} == set()


def test_who_reads_a_list_may_leave_before_its_end() -> None:
    with subprocess.Popen(
        [sys.executable, str(RUN), "doors", "--json"], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as listing:
        assert listing.stdout is not None and listing.stderr is not None
        listing.stdout.close()
        assert "Traceback" not in listing.stderr.read()


def test_a_missing_venv_module_is_explained(elsewhere: Path) -> None:
    bare = tempfile.mkdtemp(dir=elsewhere)
    Path(bare, "sitecustomize.py").write_text(
        "import importlib.util as u\n"
        "found = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'ensurepip' else found(name, *a)\n"
    )
    ended = start("demo", script=elsewhere / "run.py", PYTHONPATH=bare)
    assert_one_sentence(ended, "apt install python3-venv")


def test_a_missing_network_is_explained(elsewhere: Path) -> None:
    nowhere = "http://127.0.0.1:9/"
    ended = start(
        "demo", script=elsewhere / "run.py", cwd=elsewhere.parent, HOME=str(elsewhere / "home"),
        PIP_INDEX_URL=nowhere, PIP_CONFIG_FILE=os.devnull, PIP_RETRIES="0", PIP_FIND_LINKS="",
        PIP_EXTRA_INDEX_URL="", UV_INDEX_URL=nowhere, UV_DEFAULT_INDEX=nowhere,
        UV_FIND_LINKS="", UV_EXTRA_INDEX_URL="", UV_INDEX="", UV_NO_CONFIG="1",
    )
    assert_one_sentence(ended, "The network did not answer")


def test_a_full_disk_is_explained(elsewhere: Path) -> None:
    small = tempfile.mkdtemp(dir=elsewhere)
    Path(small, "sitecustomize.py").write_text(
        "import shutil\n"
        "shutil.disk_usage = lambda path: type(shutil.disk_usage('/'))(1, 1, 0)\n".replace(
            "type(shutil.disk_usage('/'))", "shutil._ntuple_diskusage"
        )
    )
    ended = start("demo", script=elsewhere / "run.py", PYTHONPATH=small)
    assert_one_sentence(ended, "The disk is too full")


def test_a_benchmark_that_does_not_exist_is_refused() -> None:
    ended = start("bench", "nothing")
    assert ended.returncode == 2


def test_a_browser_that_does_not_exist_is_named() -> None:
    assert_one_sentence(start("browser", CHROMIUM="/no/such/program"), "/no/such/program")


def test_the_browser_is_found_from_anywhere(tmp_path: Path) -> None:
    ended = start("browser", cwd=tmp_path, HOME="")
    assert ended.returncode == 0
    assert Path(ended.stdout.strip()).exists()
