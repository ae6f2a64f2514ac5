"""Locks: every package by its hash, no addresses, and nothing that pyproject does not know."""

from __future__ import annotations

import json
import re
import tomllib

from tests.house.tree import ROOT

PINNED = re.compile(r"^([a-z0-9-]+)==[^ ]+", re.M)


def test_python_locks_hold_hashes_and_no_addresses() -> None:
    for name in ("runtime.txt", "dev.txt"):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        assert "://" not in text
        for block in re.split(r"\n(?=\S)", text.strip()):
            assert "--hash=sha256:" in block, block


def test_the_development_lock_contains_the_other() -> None:
    held = [
        set(re.findall(r"^(\S+==\S+)", (ROOT / "requirements" / name).read_text(), re.M))
        for name in ("runtime.txt", "dev.txt")
    ]
    assert held[0] <= held[1]


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name, wanted in (
        ("runtime.txt", project["dependencies"]),
        ("dev.txt", project["optional-dependencies"]["dev"]),
    ):
        locked = set(PINNED.findall((ROOT / "requirements" / name).read_text()))
        names = {re.split(r"[\[<>=;~! ]", it)[0].lower() for it in wanted}
        assert names <= locked


def test_the_browser_lock_holds_hashes_and_no_addresses() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    for name, package in lock["packages"].items():
        assert "resolved" not in package, name
        assert not name or "integrity" in package, name


def test_browser_packages_are_pinned_exactly() -> None:
    wanted = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))
    for version in wanted["dependencies"].values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
