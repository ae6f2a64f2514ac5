"""Restore drill: back the demo up while people work, restore it elsewhere, and sign in there."""

from __future__ import annotations

import http.cookiejar
import json
import re
import shutil
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from pathlib import Path

from tests import servers
from tests.servers import ROOT
from workspace.demo.people import PASSWORD

LEAD = "lead@demo.innocore.example"


class Person:
    """Somebody with a browser that keeps its cookies."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.open = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )

    def get(self, path: str) -> str:
        with self.open.open(self.url + path, timeout=60) as answer:
            return str(answer.read().decode())

    def sign_in(self) -> None:
        page = self.get("/sign-in")
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token is not None
        body = {"csrf_token": token[1], "email": LEAD, "password": PASSWORD}
        with self.open.open(
            self.url + "/sign-in", urllib.parse.urlencode(body).encode(), timeout=60
        ) as answer:
            assert not answer.url.endswith("/sign-in")


def canvases(page: str) -> list[str]:
    return sorted(set(re.findall(r"/canvases/[A-Za-z0-9_-]{22}", page)))


def run(*words: str) -> str:
    ended = subprocess.run(
        [sys.executable, "run.py", *words], cwd=ROOT, capture_output=True, text=True, timeout=180,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def words_of(page: str) -> list[str]:
    """What a person reads, without the tokens of the moment."""
    body = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", " ", page)
    return re.sub(r"<[^>]+>", " ", body).split()


def test_the_board_is_the_same_after_a_restore(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    ended = threading.Event()
    with servers.demonstration(first) as served:
        lead = Person(served.url)
        lead.sign_in()
        where = canvases(lead.get("/"))
        assert where
        list_view = f"{where[0]}/list"

        def work() -> None:
            other = Person(served.url)
            for _ in range(4):  # each writes a session and lines of the record
                other.sign_in()
                if ended.wait(0.5):
                    return

        worker = threading.Thread(target=work)
        worker.start()
        try:
            told = run("backup", "--data", str(first), "--to", str(tmp_path))
        finally:
            ended.set()
            worker.join(60)
        before = words_of(lead.get(list_view))
    assert "It was read back." in told
    archive = Path(told.splitlines()[0])
    second.mkdir()
    shutil.copy(first / "secret_key", second)
    told = run("restore", str(archive), "--data", str(second))
    assert "counts and checksums hold" in told
    assert "The record holds." in told
    (second / "seeded").write_text(json.dumps("restored"))
    with servers.demonstration(second) as served:
        lead = Person(served.url)
        lead.sign_in()
        assert words_of(lead.get(list_view)) == before
        assert len(before) > 50
