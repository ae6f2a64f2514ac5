"""An S3 service for tests, in a process of its own: python -m tests.services PORT."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.keeper import free_port
from workspace.foundation.settings import Settings

ROOT = Path(__file__).parent.parent
KEY, SECRET_KEY = "testing", "testing-secret"


@dataclass(frozen=True)
class Bucket:
    """A bucket that is there."""

    endpoint: str
    name: str

    def settings(self, folder: Path, prefix: str) -> Settings:
        """Settings of a house that keeps its files here."""
        return Settings(
            environment="testing", data_dir=str(folder), files=f"s3://{self.name}/{prefix}",
            s3_endpoint=self.endpoint, s3_access_key=KEY, s3_secret_key=SECRET_KEY,
        )


@contextlib.contextmanager
def s3() -> Iterator[str]:
    """Address of an S3 service with the bucket `innocore`: TEST_S3_URL, else a simulated one."""
    given = os.environ.get("TEST_S3_URL")
    if given:
        yield given
        return
    port = free_port()
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.services", str(port)], cwd=ROOT, stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/moto-api/data.json")
        yield f"http://127.0.0.1:{port}"
    finally:
        assert started.stdin is not None
        started.stdin.close()
        started.terminate()
        started.wait(20)


def _wait(url: str) -> None:
    pause, until = threading.Event(), time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError, urllib.error.URLError):
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310
            return
        pause.wait(0.1)
    raise RuntimeError("the S3 service did not start")


def make_bucket(endpoint: str, name: str) -> Bucket:
    """A bucket; nothing happens when it is there."""
    import boto3

    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=KEY,
        aws_secret_access_key=SECRET_KEY,
    )
    client.create_bucket(Bucket=name)
    return Bucket(endpoint, name)


def main(port: int) -> None:
    """Serve until the one who started us closes our standard input."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]))
