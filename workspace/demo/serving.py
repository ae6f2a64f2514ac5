"""Makes the demonstration's data when it is not there, says who is who, and serves."""

from __future__ import annotations

import argparse
import gc
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event

from workspace.demo import people
from workspace.foundation import jobs, migrate
from workspace.foundation.clock import today
from workspace.foundation.db import Base, Database, engine
from workspace.foundation.serving import serve
from workspace.foundation.settings import Settings

HOST = "127.0.0.1"
MARK = "seeded"


def settings_for(data: Path, port: int) -> Settings:
    """A demonstration in a folder, on this machine only."""
    return Settings(
        environment="development", demo=True, data_dir=str(data), mail="file",
        base_url=f"http://{HOST}:{port}", pseudo_language=True,
    )


def personas() -> list[dict[str, str]]:
    """Everybody to look around as, as `--json` prints them."""
    return [
        {"role": it.role, "name": it.name, "email": it.email, "password": people.PASSWORD}
        for it in people.PERSONAS
    ]


def offer_personas(app: Flask) -> None:
    """Put them on the sign-in page and into the account menu."""
    app.extensions["innocore.personas"] = [
        {"role": it.role, "title": it.role, "name": it.name, "email": it.email, "note": it.note}
        for it in people.PERSONAS
    ]


def prepare(data: Path, fresh: bool) -> bool:
    """Make the folder ready; returns whether the story must be told. What was cut off goes."""
    if data.exists() and (fresh or not (data / MARK).exists()):
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True)
    return not (data / MARK).exists()


def tell(app: Flask) -> None:
    """Tables and story, with everything that waits done."""
    with careless(app.extensions["innocore.database"]):
        _tell(app)


@contextmanager
def careless(house: Database) -> Iterator[None]:
    """Let a file that is thrown away when this fails be written without waiting for the disk.

    At the end everything is on the disk, and whoever writes next waits for it again.
    """
    def hurry(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.close()

    if not house.is_sqlite:
        yield
        return
    house.engine.dispose()
    event.listen(house.engine, "connect", hurry)
    try:
        yield
    finally:
        event.remove(house.engine, "connect", hurry)
        house.engine.dispose()
    with house.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")  # a checkpoint stands in no transaction
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")


def _tell(app: Flask) -> None:
    from workspace.demo.seed import Seed

    with app.app_context():
        if any((migrate.MIGRATIONS / "versions").glob("*.py")):
            migrate.upgrade(engine())
        else:
            migrate.metadata()
            Base.metadata.create_all(engine())
    with app.test_request_context(base_url=app.config["INNOCORE"].base_url):
        Seed(today("Europe/Rome")).tell()
    with app.app_context():
        jobs.run_due(app)


def main(arguments: Sequence[str]) -> int:
    """Run the demonstration until it is stopped."""
    parser = argparse.ArgumentParser(prog="demo")
    parser.add_argument("command", choices=("serve", "seed"))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=5000)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    data = chosen.data.absolute()
    new = prepare(data, chosen.fresh)
    from wsgi import create_app

    app = create_app(settings_for(data, chosen.port))
    gc.freeze()
    gc.enable()
    offer_personas(app)
    if new:
        print("Telling the story of the demonstration; this takes a moment.", file=sys.stderr,
              flush=True)
        tell(app)
        (data / MARK).write_text("The story is told.\n", encoding="utf-8")
    if chosen.command == "seed":
        return 0

    def ready() -> None:
        url = f"http://{HOST}:{chosen.port}"
        if chosen.json:
            print(json.dumps({"url": url, "personas": personas()}), flush=True)
            return
        print(f"InnoCore workspace: {url}", flush=True)
        print(f"Everybody signs in with the password {people.PASSWORD}", flush=True)
        for it in people.PERSONAS:
            print(f"  {it.role:30} {it.name:20} {it.email}", flush=True)
        print("Stop with Ctrl C.", flush=True)

    serve(app, HOST, chosen.port, ready=ready)
    return 0


