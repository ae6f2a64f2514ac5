"""Databases for tests: each test has one of its own, which is a copy of a model.

A model has all tables and holds `nothing`, the `cast`, or the `planted` world with its files. It is
made once for each process and kind of database. Copying a file of SQLite costs next to nothing.
PostgreSQL takes a fifth of a second to copy a database, so that one that has been given back is
emptied and filled again under another name, unless somebody changed more than its rows.
"""

from __future__ import annotations

import contextlib
import pickle
import shutil
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from workspace.foundation import migrate
from workspace.foundation.db import Base, Database
from workspace.foundation.settings import Settings

SECRET = "only-for-tests-" + "x" * 40
TEMPLATE = "innocore_template"
Holding = Literal["nothing", "cast", "planted"]


def make_tables(url: str) -> None:
    """Bring an empty database to the newest tables, by the migrations."""
    house = Database(url)
    try:
        if any(migrate.MIGRATIONS.glob("versions/*.py")):
            migrate.upgrade(house.engine)
        else:
            migrate.metadata()
            Base.metadata.create_all(house.engine)
    finally:
        house.close()


@contextlib.contextmanager
def _house(url: str, data: Path) -> Iterator[Any]:
    from wsgi import create_app

    app = create_app(
        Settings(
            environment="testing", data_dir=str(data), database_url=url,
            secret_key=SECRET, mail="memory", jobs_in_process=False, pseudo_language=True,
        )
    )
    try:
        yield app
    finally:
        for feature in app.extensions["innocore.house"].features:
            if feature.stop is not None:
                feature.stop(app)
        app.extensions["innocore.database"].close()


def move_in(url: str, data: Path) -> None:
    """Put the cast into a database that has its tables."""
    from tests.cast import assemble
    from workspace.foundation.unit import write

    with _house(url, data / "peopled") as app, app.app_context(), write():
        assemble()


def plant(url: str, data: Path) -> Any:
    """Let the cast of a database do everything; gives the world and the letters that went out."""
    from tests.cast import gathered
    from tests.leaks import planting
    from tests.leaks.keys import plant_tokens
    from workspace.foundation import mail

    with _house(url, data) as app:
        with app.app_context():
            everybody = gathered()
        with app.test_request_context():
            world = planting.plant(app, everybody)
            plant_tokens(world)
            letters = mail.sent()
        planting.settle(app)
    return world, letters


class Models:
    """Makes the models at first need and keeps what comes with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: dict[Holding, bytes] = {}

    def told(self, holding: Holding) -> Any:
        """What the making of a model gave, a copy each time; see `plant`."""
        self.make(holding)
        return pickle.loads(self._made[holding])  # noqa: S301 - our own

    def make(self, holding: Holding) -> None:
        """Have this model."""
        if holding in self._made:
            return
        told: Any = None
        if holding == "nothing":
            self._begin(holding, None)
            make_tables(self._url_of(holding))
        elif holding == "cast":
            self.make("nothing")
            self._begin(holding, "nothing")
            move_in(self._url_of(holding), self.folder)
        else:
            self.make("cast")
            self._begin(holding, "cast")
            told = plant(self._url_of(holding), self.files(holding))
        self._made[holding] = pickle.dumps(told)

    def files(self, holding: Holding) -> Path:
        """The folder with the files that a model speaks of."""
        return self.folder / f"{holding}-files"

    def bring_files(self, holding: Holding, data: Path | None) -> None:
        """Put copies of these files into a data folder."""
        if data is not None and self.files(holding).is_dir():
            shutil.copytree(self.files(holding), data)

    def _begin(self, holding: Holding, like: Holding | None) -> None:
        raise NotImplementedError

    def _url_of(self, holding: Holding) -> str:
        raise NotImplementedError


class SqliteDatabases(Models):
    """Fresh SQLite databases: copies of a file."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.make("nothing")

    def model(self, holding: Holding) -> Path:
        """The file that is copied."""
        self.make(holding)
        return self._path(holding)

    def _path(self, holding: Holding) -> Path:
        return self.folder / f"{holding}.db"

    def _url_of(self, holding: Holding) -> str:
        return f"sqlite:///{self._path(holding)}"

    def _begin(self, holding: Holding, like: Holding | None) -> None:
        if like is not None:
            shutil.copyfile(self._path(like), self._path(holding))

    @contextlib.contextmanager
    def fresh(
        self, *, cast: bool = False, holding: Holding = "nothing", data: Path | None = None
    ) -> Iterator[str]:
        """URL of a database; files that its rows speak of are put into ``data``."""
        holding = "cast" if cast else holding
        path = self.folder / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(self.model(holding), path)
        self.bring_files(holding, data)
        yield f"sqlite:///{path}"
        for left in self.folder.glob(f"{path.name}*"):
            left.unlink()


@dataclass(frozen=True)
class Content:
    """What a PostgreSQL database holds, and in what shape."""

    rows: dict[str, bytes]
    """By table, as COPY writes them; tables without rows are left out."""
    sequences: dict[str, tuple[int, bool]]
    shape: str
    """A checksum over all tables, columns, indexes, rules and functions."""


SHAPE = """
SELECT md5(string_agg(line, ' ' ORDER BY line)) FROM (
    SELECT format('%s %s %s %s %s', oid, relname, relkind, relnatts, relhastriggers) AS line
    FROM pg_class WHERE oid >= 16384 AND relnamespace = 'public'::regnamespace
    UNION ALL SELECT format('%s %s %s', attrelid, attnum, xmin) FROM pg_attribute
    WHERE attrelid >= 16384
    UNION ALL SELECT format('c%s %s', oid, xmin) FROM pg_constraint WHERE oid >= 16384
    UNION ALL SELECT format('d%s %s', oid, xmin) FROM pg_attrdef
    UNION ALL SELECT format('i%s %s', indexrelid, indisvalid) FROM pg_index
    WHERE indexrelid >= 16384
    UNION ALL SELECT format('t%s %s', oid, tgenabled) FROM pg_trigger
    UNION ALL SELECT format('p%s %s', oid, xmin) FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT format('y%s', oid) FROM pg_type WHERE oid >= 16384
    UNION ALL SELECT format('n%s', oid) FROM pg_namespace WHERE oid >= 16384
        AND nspname !~ '^pg_(temp|toast_temp)_'
    UNION ALL SELECT format('e%s', oid) FROM pg_extension
    UNION ALL SELECT format('l%s', oid) FROM pg_largeobject_metadata
) AS lines
"""
TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = %s
"""


class PostgresDatabases(Models):
    """Fresh PostgreSQL databases: copies of a model, used again when they are given back."""

    def __init__(self, server_url: str) -> None:
        super().__init__(Path(tempfile.mkdtemp(prefix="innocore-models-")))
        self.server = make_url(server_url)
        self.admin = create_engine(self.server, isolation_level="AUTOCOMMIT")
        self._prefix = f"{TEMPLATE}_{uuid.uuid4().hex[:12]}"
        self._contents: dict[Holding, Content] = {}
        self._free: dict[Holding, list[str]] = defaultdict(list)
        self.make("nothing")

    def _run(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.execute(text(statement))

    def _url(self, name: str) -> str:
        url: URL = self.server.set(database=name)
        return url.render_as_string(hide_password=False)

    def _name(self, holding: Holding) -> str:
        return f"{self._prefix}_{holding}"

    def _url_of(self, holding: Holding) -> str:
        return self._url(self._name(holding))

    def _begin(self, holding: Holding, like: Holding | None) -> None:
        self._create(self._name(holding), self._name(like) if like else "template1")

    def _create(self, name: str, model: str) -> None:
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{model}"')

    def _drop(self, name: str) -> None:
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    @contextlib.contextmanager
    def fresh(
        self, *, tables: bool = True, cast: bool = False, holding: Holding = "nothing",
        data: Path | None = None,
    ) -> Iterator[str]:
        """URL of a database, without ``tables`` an empty one; its files are put into ``data``."""
        holding = "cast" if cast else holding
        name = _new_name()
        if not tables:
            self._create(name, "template0")
            give_back = partial(self._drop, name)
        else:
            self.make(holding)
            self.bring_files(holding, data)
            if self._free[holding]:
                name = self._free[holding].pop()
            else:
                self._create(name, self._name(holding))
            give_back = partial(self._give_back, name, holding)
        try:
            yield self._url(name)
        finally:
            give_back()

    def _give_back(self, name: str, holding: Holding) -> None:
        """Bring a database to what its model holds, for the next test; else throw it away."""
        if holding not in self._contents:
            with self._connect(self._name(holding)) as model:
                self._contents[holding] = content_of(model)
        with self.admin.connect() as connection:
            connection.execute(
                text("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                     " WHERE datname = :name"), {"name": name},
            )
        # Whatever runs on behind the test does not find it again.
        renamed = _new_name()
        try:
            self._run(f'ALTER DATABASE "{name}" RENAME TO "{renamed}"')
        except DBAPIError:  # somebody was quicker
            self._drop(name)
            return
        try:
            with self._connect(renamed) as connection:
                restored = _restore(connection, self._contents[holding])
        except psycopg.Error:  # for example on a server on which we are not the superuser
            restored = False
        if restored:
            self._free[holding].append(renamed)
        else:
            self._drop(renamed)

    def _connect(self, name: str) -> psycopg.Connection[Any]:
        url = self.server.set(database=name, drivername="postgresql")
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

    def close(self) -> None:
        """Drop all that is left."""
        for names in self._free.values():
            for name in names:
                self._drop(name)
        for holding in self._made:
            self._drop(self._name(holding))
        self.admin.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)


def _new_name() -> str:
    return f"innocore_test_{uuid.uuid4().hex}"


def _names(connection: psycopg.Connection[Any], kind: str, *, used: bool = False) -> list[str]:
    query = TABLES + " AND pg_relation_size(oid) > 0" if used else TABLES
    return [row[0] for row in connection.execute(query, (kind,))]


def _shape(connection: psycopg.Connection[Any]) -> str:
    row = connection.execute(SHAPE).fetchone()
    assert row is not None
    return str(row[0])


def content_of(connection: psycopg.Connection[Any]) -> Content:
    """Everything in a database."""
    rows, sequences = {}, {}
    for table in _names(connection, "r"):
        reading = SQL("COPY {} TO STDOUT").format(Identifier(table))
        with connection.cursor().copy(reading) as copy:
            found = b"".join(copy)
        if found:
            rows[table] = found
    for name in _names(connection, "S"):
        asking = SQL("SELECT last_value, is_called FROM {}").format(Identifier(name))
        row = connection.execute(asking).fetchone()
        assert row is not None
        sequences[name] = (int(row[0]), bool(row[1]))
    return Content(rows, sequences, _shape(connection))


def _restore(connection: psycopg.Connection[Any], content: Content) -> bool:
    """Put a model's rows in place of all others; False when the tables are not the same."""
    if _shape(connection) != content.shape:
        return False
    used = [Identifier(it) for it in _names(connection, "r", used=True)]
    with connection.transaction():
        # References are not looked at: the rows that come have fitted together before.
        connection.execute("SET LOCAL session_replication_role = replica")
        for table in used:
            connection.execute(SQL("DELETE FROM {}").format(table))
    if used:  # new rows go where they would have gone in a new table
        connection.execute(SQL("VACUUM {}").format(SQL(", ").join(used)))
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for name, rows in content.rows.items():
            writing = SQL("COPY {} FROM STDIN").format(Identifier(name))
            with connection.cursor().copy(writing) as copy:
                copy.write(rows)
        set_back = [
            SQL("setval({}, {}, {})").format(Identifier(name).as_string(connection), last, called)
            for name, (last, called) in content.sequences.items()
        ]
        connection.execute(SQL("SELECT {}").format(SQL(", ").join(set_back)))
    return True
