"""compose.yaml and the Containerfile: their form, pinned versions, and settings that exist."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import pytest
import yaml

from tests.servers import ROOT
from workspace.foundation.settings import PREFIX, Settings

PINNED = re.compile(r"[a-z0-9./-]+:\d+\.\d+(\.\d+)?(-[a-z0-9]+)*")
IN_BRACES = re.compile(r"\$\{([A-Z_]+)(:\?|:-[^}]*)?\}")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return found


def test_every_image_is_pinned(compose: dict[str, Any]) -> None:
    images = {it["image"] for it in compose["services"].values()}
    base = re.findall(r"^FROM (\S+)", (ROOT / "Containerfile").read_text(), re.M)
    assert len(base) == 2
    for image in (*images, *base):
        assert PINNED.fullmatch(image), image


def test_its_settings_make_a_house_of_several_workers(compose: dict[str, Any]) -> None:
    given = {
        "BASE_URL": "https://workspace.example.org", "SECRET_KEY": "k" * 40,
        "DATABASE_PASSWORD": "secret", "STORE_PASSWORD": "secret",
    }

    def fill(value: str) -> str:
        return IN_BRACES.sub(
            lambda it: given.get(it[1], (it[2] or "").removeprefix(":-")), value)

    for name in ("tables", "workspace"):
        env = {key: fill(it) for key, it in compose["services"][name]["environment"].items()}
        settings = Settings.from_environment(env)
        assert settings.workers > 1
        assert settings.files.startswith("s3://")
        assert settings.store_of_jobs == "redis"


def test_what_is_mounted_and_waited_for_is_there(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        for volume in service.get("volumes", ()):
            assert volume.split(":")[0] in compose["volumes"]
    for service in services.values():
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:")


def test_the_image_has_what_the_house_needs_and_runs_as_nobody_special() -> None:
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()
    copied = {
        part for line in lines if line.startswith("COPY ") and "--from" not in line
        for part in line.split()[1:-1]
    }
    assert all((ROOT / it).exists() for it in copied)
    assert {"workspace", "canvases", "mentors", "transfer", "sponsors", "templates", "migrations",
            "translations", "wsgi.py", "gunicorn.conf.py", "pyproject.toml"} <= copied
    assert "USER 10001" in lines
    assert any("--require-hashes" in line for line in lines)
    kept = (ROOT / ".containerignore").read_text(encoding="utf-8").splitlines()
    assert copied == {it[1:] for it in kept if it.startswith("!")}


def test_settings_named_in_the_guide_exist() -> None:
    known = {PREFIX + it.name.upper() for it in fields(Settings)}
    for name in ("compose.yaml", "Containerfile", "docs/operate.md", "gunicorn.conf.py"):
        named = set(re.findall(r"INNOCORE_[A-Z0-9_]*[A-Z0-9]\b", (ROOT / name).read_text()))
        assert named - {"INNOCORE_S3"} <= known, name
