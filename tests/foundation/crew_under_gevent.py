"""The crew as the web server runs it: python -m tests.foundation.crew_under_gevent FOLDER."""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

import gevent  # noqa: E402
from gevent.event import Event  # noqa: E402

from tests.servers import SECRET, make_tables  # noqa: E402
from workspace.foundation import jobs  # noqa: E402
from workspace.foundation.settings import Settings  # noqa: E402
from workspace.foundation.unit import write  # noqa: E402
from wsgi import create_app  # noqa: E402


def main(folder: Path, count: int = 100) -> None:
    """Do `count` jobs, then say in JSON how many came and the longest stop of the others (s)."""
    url = f"sqlite:///{folder / 'crew.db'}"
    make_tables(url)
    app = create_app(
        Settings(environment="testing", data_dir=str(folder), database_url=url,
                 secret_key=SECRET, mail="memory")
    )
    given: list[int] = []
    enough = Event()

    def note(payload: dict[str, int]) -> None:
        given.append(payload["n"])
        if len(given) >= count:
            enough.set()

    jobs.register(app, "note", note)
    longest = 0.0

    def beat() -> None:
        nonlocal longest
        while True:
            before = time.monotonic()
            gevent.sleep(0.005)
            longest = max(longest, time.monotonic() - before)

    heart = gevent.spawn(beat)
    jobs.start(app)
    for number in range(count):
        with app.app_context(), write():
            jobs.later("note", {"n": number})
        gevent.sleep(0)
    enough.wait(30)
    jobs.stop(app)
    heart.kill()
    sys.stdout.write(json.dumps({"given": sorted(given), "longest": longest}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
