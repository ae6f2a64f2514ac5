"""A process that does jobs: python -m tests.operations.drainer DATA URL OUT WAY [REDIS [STORE]].

`drain` does what is due; `slow` waits inside its first job until it is killed; `clock` stands for
election and writes who won; `crew` works until it is told to stop.
"""

if __name__ == "__main__":
    from gevent import monkey

    monkey.patch_all()

import sys
from pathlib import Path
from typing import Any

import gevent
from gevent.event import Event

from tests.databases import SECRET
from workspace.foundation import jobs
from workspace.foundation.election import Election
from workspace.foundation.settings import Settings
from wsgi import create_app


def main(words: list[str]) -> None:
    """Do everything that is due, writing one line a job; then wait until standard input ends."""
    data, url, done, way, redis, store, *_ = (*words, "", "")
    out = Path(done)
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
    main(sys.argv[1:])
