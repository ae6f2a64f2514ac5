"""How the installation is: what probes, Prometheus and the administrator's page are told."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import and_, exc, func, select, text

from workspace.foundation import mail, migrate
from workspace.foundation.clock import now
from workspace.foundation.db import engine, session
from workspace.foundation.errors import HouseError
from workspace.foundation.features import System
from workspace.foundation.jobs import Job
from workspace.foundation.metrics import Figure
from workspace.foundation.settings import Settings
from workspace.foundation.storage import storage
from workspace.foundation.text import lazy, ngettext
from workspace.operations.models import Backup, ServingWorker
from workspace.operations.release import VERSION

LATE = timedelta(minutes=5)
"""Work that waits longer than this has nobody who does it."""
BEAT = 30
SILENT = timedelta(seconds=4 * BEAT)
"""A worker that said nothing for so long is gone."""
STALE_BACKUP = timedelta(hours=26)
LITTLE = 1_000_000_000
"""Bytes of free space below which an administrator should act."""


def _settings() -> Settings:
    found: Settings = current_app.config["INNOCORE"]
    return found


# --- probes ---------------------------------------------------------------------------------


def _database() -> bool:
    with engine().connect() as connection:
        return bool(connection.scalar(text("SELECT 1")))


def _tables() -> bool:
    return migrate.present(engine()) == migrate.newest()


def _files() -> bool:
    storage().check()
    return True


def _redis() -> bool:
    url = _settings().redis_url
    if not url:
        return True
    import redis

    with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as line:
        return bool(line.ping())


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database, "tables": _tables, "files": _files, "redis": _redis,
}


def holds(name: str) -> bool:
    """Whether one of CHECKS holds now; a failure is a no."""
    try:
        return CHECKS[name]()
    except (exc.SQLAlchemyError, HouseError, OSError, ValueError, RuntimeError):
        return False
    except Exception as failure:
        if type(failure).__module__.startswith("redis"):
            return False
        raise


def lacking() -> list[str]:
    """Names of what is not there; empty when the house is ready."""
    if current_app.extensions.get("innocore.leaving"):
        return ["stopping"]
    return [name for name in CHECKS if not holds(name)]


# --- figures --------------------------------------------------------------------------------


def waiting(at: datetime) -> tuple[int, int, datetime | None, int]:
    """(jobs that are due, letters among them, the oldest instant, jobs that were given up)."""
    db = session()
    due = and_(Job.done_at.is_(None), Job.failed_at.is_(None), Job.due_at <= at)
    count, oldest = db.execute(select(func.count(), func.min(Job.due_at)).where(due)).one()
    letters = db.scalar(select(func.count()).where(due, Job.name == mail.SEND)) or 0
    failed = db.scalar(select(func.count()).where(Job.failed_at.is_not(None))) or 0
    return count, letters, oldest, failed


def workers(at: datetime) -> list[ServingWorker]:
    """Those that said lately that they serve."""
    return list(session().scalars(
        select(ServingWorker).where(ServingWorker.seen_at > at - SILENT)
        .order_by(ServingWorker.id)
    ))


def figures() -> list[Figure]:
    """What the ground tells Prometheus."""
    at = now()
    count, letters, oldest, failed = waiting(at)
    last = session().scalar(
        select(func.max(Backup.ended_at)).where(Backup.result == "made")
    )
    free = shutil.disk_usage(_settings().data).free
    late = 0.0 if oldest is None else max(0.0, (at - oldest).total_seconds())
    return [
        Figure("innocore_jobs_waiting", "Jobs that are due and not done.", count),
        Figure("innocore_letters_waiting", "Letters that are due and not sent.", letters),
        Figure("innocore_jobs_late_seconds", "How long the oldest due job waits.", late),
        Figure("innocore_jobs_given_up", "Jobs that failed for good.", failed),
        Figure("innocore_workers", "Processes that serve.", len(workers(at))),
        Figure("innocore_backup_seconds", "When the last backup ended, since 1970.",
               last.timestamp() if last else 0.0),
        Figure("innocore_disk_free_bytes", "Room in the data folder.", free),
    ]


# --- the administrator's page -----------------------------------------------------------------


def system() -> list[System]:
    """Every part of the installation, what ails first said in words."""
    at = now()
    return [_database_state(), _files_state(), _disk_state(), *_jobs_states(at),
            _workers_state(at), _backup_state(at), _version_state()]


def _database_state() -> System:
    good = holds("database") and holds("tables")
    kind = "PostgreSQL" if engine().dialect.name == "postgresql" else "SQLite"
    words = (
        lazy("%(kind)s answers, and its tables are up to date.", kind=kind) if good
        else lazy("%(kind)s does not answer, or its tables are not up to date. See the guide for "
                  "operators.", kind=kind)
    )
    return System(lazy("Database"), "good" if good else "bad", words, icon="server")


def _files_state() -> System:
    where = lazy("in a bucket") if _settings().files else lazy("in the data folder")
    if holds("files"):
        return System(lazy("Files"), "good", lazy("Files are kept %(where)s.", where=where),
                      icon="file-text")
    return System(
        lazy("Files"), "bad",
        lazy("Files cannot be kept %(where)s. Look at the room there and at its address.",
             where=where), icon="file-text",
    )


def _disk_state() -> System:
    free = shutil.disk_usage(_settings().data).free
    words = lazy("%(free)s GB are free in the data folder.", free=round(free / 1e9, 1))
    return System(lazy("Disk"), "good" if free > LITTLE else "bad", words, icon="server")


def _jobs_states(at: datetime) -> list[System]:
    count, letters, oldest, failed = waiting(at)
    late = oldest is not None and oldest < at - LATE
    if late:
        words = lazy("%(count)s jobs wait, and nobody does them. Start the workers again.",
                     count=count)
    elif failed:
        words = lazy("%(failed)s jobs failed for good lately. The log says which.", failed=failed)
    else:
        words = lazy("%(count)s jobs wait.", count=count)
    tone = "bad" if late else "warn" if failed else "good"
    way = _settings().mail
    post = (
        lazy("%(count)s letters wait.", count=letters) if way == "smtp"
        else lazy("Letters are not sent from here: the setting for mail is %(way)s.", way=way)
    )
    return [
        System(lazy("Jobs"), tone, words, oldest, icon="clock"),
        System(lazy("Mail"), "neutral" if way != "smtp" else "bad" if letters and late else "good",
               post, icon="mail"),
    ]


def _workers_state(at: datetime) -> System:
    there = workers(at)
    if not there:
        return System(lazy("Workers"), "neutral", lazy("No worker has said yet that it serves."),
                      icon="users")
    words = ngettext("%(num)s worker serves.", "%(num)s workers serve.", len(there))
    return System(lazy("Workers"), "good", words, max(it.seen_at for it in there), icon="users")


def _backup_state(at: datetime) -> System:
    last = session().scalar(
        select(Backup).where(Backup.result != "begun").order_by(Backup.id.desc()).limit(1)
    )
    name = lazy("Last backup")
    if last is None:
        return System(name, "warn", lazy("There is no backup yet. Run: python3 run.py backup"),
                      icon="history")
    if last.result == "failed":
        return System(name, "bad", lazy("The last backup failed. Look at the disk and try again."),
                      last.ended_at, icon="history")
    size = round(last.size / 1e6, 1)
    if last.missing:
        return System(
            name, "warn",
            lazy("%(size)s MB. %(count)s files were missing in the store.", size=size,
                 count=last.missing), last.ended_at, icon="history")
    fresh = last.ended_at is not None and last.ended_at > at - STALE_BACKUP
    words = (
        lazy("%(size)s MB, read back after it was written.", size=size) if fresh
        else lazy("%(size)s MB. It is older than a day.", size=size)
    )
    return System(name, "good" if fresh else "warn", words, last.ended_at, icon="history")


def _version_state() -> System:
    return System(
        lazy("Version"), "good",
        lazy("Release %(version)s, tables of revision %(revision)s.", version=VERSION,
             revision=migrate.newest()), icon="info",
    )
