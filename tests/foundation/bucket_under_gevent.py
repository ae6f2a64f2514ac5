"""A bucket beside greenlets: python -m tests.foundation.bucket_under_gevent FOLDER URL BUCKET."""

from gevent import monkey

monkey.patch_all()

import contextlib  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

import gevent  # noqa: E402

from tests.services import Bucket  # noqa: E402
from workspace.foundation.errors import Unavailable  # noqa: E402
from workspace.foundation.storage import new_key  # noqa: E402
from workspace.foundation.storage_s3 import BucketStorage  # noqa: E402


def main(folder: Path, endpoint: str, name: str) -> None:
    """Put and read 20 MB five times; print the longest time in which no other greenlet ran."""
    store = BucketStorage(Bucket(endpoint, name).settings(folder, "gevent"))
    longest = 0.0

    def beat() -> None:
        nonlocal longest
        while True:
            before = time.monotonic()
            gevent.sleep(0.005)
            longest = max(longest, time.monotonic() - before)

    heart = gevent.spawn(beat)
    data = os.urandom(20_000_000)
    for _ in range(3):
        key = new_key()
        assert store.put(key, data).size == len(data)
        with store.open(key) as file:
            assert len(file.read()) == len(data)
    heart.kill()
    missing = BucketStorage(Bucket(endpoint, "not-there").settings(folder, "gevent"))
    with contextlib.suppress(Unavailable):
        missing.check()
        raise AssertionError("a bucket that is not there was found")
    sys.stdout.write(str(longest))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
