"""A process that does jobs: python -m tests.operations.drainer DATA URL OUT WAY [REDIS [STORE]].

`drain` does what is due; `slow` waits inside its first job until it is killed; `clock` stands for
election and writes who won; `crew` works until it is told to stop.
"""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gevent.event import Event  # noqa: E402

from tests.servers import SECRET  # noqa: E402
from workspace.foundation import jobs  # noqa: E402
from workspace.foundation.election import Election  # noqa: E402
from workspace.foundation.settings import Settings  # noqa: E402
from wsgi import create_app  # noqa: E402


def main(data: str, url: str, out: Path, way: str, redis: str = "", store: str = "") -> None:
    """Do everything that is due, writing one line a job; then wait until standard input ends."""
    settings = Settings(environment="testing", data_dir=data, database_url=url, redis_url=redis,
                        secret_key=SECRET, mail="memory", jobs_store=store)
    app = create_app(settings)

    def note(payload: dict[str, Any]) -> None:
        with out.open("a", encoding="ascii") as file:
            file.write(f"{payload['n']}\n")
        if way == "slow":
            sys.stdout.write("held\n")
            sys.stdout.flush()
            Event().wait(60)

    jobs.register(app, "note", note)
    if way == "clock":
        election = Election(app.extensions["innocore.database"], settings)
        for _line in sys.stdin:
            sys.stdout.write(f"{'mine' if election.is_mine() else 'not'}\n")
            sys.stdout.flush()
        return
    if way == "crew":
        jobs.start(app)
        sys.stdout.write("started\n")
        sys.stdout.flush()
        gevent.get_hub().threadpool.apply(sys.stdin.readline)  # greenlets go on meanwhile
        jobs.stop(app)
        return
    jobs.run_due(app)
    sys.stdout.write("done\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), *sys.argv[4:])
