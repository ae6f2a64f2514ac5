"""All settings, read once from the environment and refused at start when wrong."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workspace.foundation import providers

PREFIX = "INNOCORE_"
LANGUAGES = ("en", "it", "es", "pt", "cs")
PSEUDO_LANGUAGE = "en_XA"
ADDRESS = re.compile(r"[^\s@,;<>()]{1,64}@[^\s@,;<>()]{1,185}")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class WrongSetting(ValueError):
    """A setting that the house cannot start with; the message begins with its name."""


@dataclass(frozen=True)
class Settings:
    """Every setting with its default. The environment name is `INNOCORE_` + the upper-case field.

    `docs/operate.md` has the same table; a test compares both.
    """

    environment: str = "production"
    """`production`, `development` (style page, template reload) or `testing`."""
    demo: bool = False
    """Show personas that sign in with one click; refused unless the house is on loopback."""
    data_dir: str = "var/data"
    """Folder for the SQLite file, uploaded files, jobs and the generated secret."""
    database_url: str = ""
    """`sqlite:///...` or `postgresql://...`; empty means `innocore.db` in the data folder."""
    secret_key: str = ""
    """At least 32 characters; empty means a generated one kept in the data folder."""
    base_url: str = "http://localhost:5000"
    """Address that people use; links in mail come from it."""
    trusted_hosts: str = ""
    """Comma-separated host names that are answered besides the one of `base_url`."""
    proxies: int = 0
    """How many reverse proxies in front set `X-Forwarded-*` headers."""
    mail: str = "console"
    """`console`, `file`, `memory` or `smtp`."""
    mail_sender: str = "InnoCore workspace <no-reply@localhost>"
    """From-address of every mail."""
    smtp_host: str = "localhost"
    """Mail server, with `mail=smtp`."""
    smtp_port: int = 25
    """Its port."""
    smtp_user: str = ""
    """Its account, if it asks for one."""
    smtp_password: str = ""
    """The account's password."""
    smtp_tls: bool = False
    """Use STARTTLS."""
    language: str = "en"
    """Language of people who have not chosen one."""
    language_share: int = 95
    """Offer a language when at least this many per cent of its sentences are translated."""
    zone: str = "Europe/Rome"
    """Time zone of people who have not chosen one."""
    pseudo_language: bool = False
    """Offer the pseudo-language that shows which sentences are not translated."""
    session_idle_hours: int = 12
    """A session ends after this long without a request."""
    session_days: int = 14
    """A session ends after this long in any case."""
    second_factor: str = ""
    """Must administrators, transfer officers and signers show a second factor: `required` or
    `optional`; empty means required, but optional in a demonstration and in tests."""
    sign_in_providers: str = ""
    """OpenID Connect providers: a JSON list of objects with the fields of `providers.Provider`."""
    redis_url: str = ""
    """`redis://...` or `rediss://...` of a Redis or Valkey server through which several workers
    tell each other what changed; empty means one worker."""
    workers: int = 1
    """Worker processes of one gunicorn; more than one needs PostgreSQL and `redis_url`."""
    jobs_in_process: bool = True
    """Run jobs in a thread of the web process."""
    jobs_store: str = ""
    """What wakes workers for jobs: `sqlite` (a file in the data folder), `redis` or `postgresql`;
    empty means `redis` when `redis_url` is set, else `sqlite`."""
    files: str = ""
    """`s3://bucket/prefix` for uploaded files; empty means the folder `files` in the data
    folder."""
    s3_endpoint: str = ""
    """Address of the S3 service; empty means the one of its region at Amazon."""
    s3_region: str = "us-east-1"
    """Region of the bucket."""
    s3_access_key: str = ""
    """Name of the access key; empty means what the machine's own role gives."""
    s3_secret_key: str = ""
    """The secret of the access key."""
    metrics_port: int = 0
    """Port on 127.0.0.1 where the first worker tells Prometheus its figures, the next ones on the
    ports after it; 0 means none."""
    record_key_file: str = ""
    """File with the private key that signs the record; empty means `record_key` in the data
    folder. Made when a house signs for the first time; machines that share a database share it."""
    record_mail: str = ""
    """Address that gets the signed head of the record every day; empty means nobody."""
    logs: str = ""
    """`json` or `plain`; empty means JSON lines in production and plain ones elsewhere."""

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read `INNOCORE_*` from `env` (the process's own by default).

        Raises WrongSetting with the name of the first setting that is wrong or unknown.
        """
        env = os.environ if env is None else env
        known = {PREFIX + f.name.upper(): f for f in fields(cls)}
        values: dict[str, object] = {}
        for name, text in env.items():
            if not name.startswith(PREFIX):
                continue
            if name not in known:
                raise WrongSetting(f"{name}: there is no such setting")
            values[known[name].name] = _read(name, text, type(known[name].default))
        settings = cls(**values)  # type: ignore[arg-type]
        settings.check()
        return settings

    def check(self) -> None:
        """Raise WrongSetting when values do not fit each other."""
        if self.environment not in {"production", "development", "testing"}:
            raise WrongSetting(
                "INNOCORE_ENVIRONMENT: must be production, development or testing"
            )
        if self.database_url and urlsplit(self.database_url).scheme.split("+")[0] not in {
            "sqlite",
            "postgresql",
        }:
            raise WrongSetting(
                "INNOCORE_DATABASE_URL: must begin with sqlite:/// or postgresql://"
            )
        if self.redis_url and urlsplit(self.redis_url).scheme not in {"redis", "rediss", "unix"}:
            raise WrongSetting("INNOCORE_REDIS_URL: must begin with redis:// or rediss://")
        self._check_running()
        if self.secret_key and len(self.secret_key) < 32:
            raise WrongSetting("INNOCORE_SECRET_KEY: must have at least 32 characters")
        address = urlsplit(self.base_url)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise WrongSetting("INNOCORE_BASE_URL: must be an http or https address")
        if self.demo and address.hostname not in LOOPBACK:
            raise WrongSetting("INNOCORE_DEMO: the demonstration runs on this machine only")
        if self.mail not in {"console", "file", "memory", "smtp"}:
            raise WrongSetting("INNOCORE_MAIL: must be console, file, memory or smtp")
        if self.language not in LANGUAGES:
            raise WrongSetting(f"INNOCORE_LANGUAGE: must be one of {', '.join(LANGUAGES)}")
        if not 0 <= self.language_share <= 100:
            raise WrongSetting("INNOCORE_LANGUAGE_SHARE: must be from 0 to 100")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise WrongSetting("INNOCORE_ZONE: must be a time zone such as Europe/Rome") from None
        for name in ("smtp_port", "session_idle_hours", "session_days"):
            if getattr(self, name) < 1:
                raise WrongSetting(f"{PREFIX}{name.upper()}: must be 1 or more")
        if self.second_factor not in {"", "required", "optional"}:
            raise WrongSetting("INNOCORE_SECOND_FACTOR: must be required, optional or empty")
        try:
            _known = self.providers
        except ValueError as wrong:
            raise WrongSetting(f"INNOCORE_SIGN_IN_PROVIDERS: {wrong}") from None
        if self.record_mail and not ADDRESS.fullmatch(self.record_mail):
            raise WrongSetting("INNOCORE_RECORD_MAIL: must be one mail address or empty")
        if self.proxies < 0:
            raise WrongSetting("INNOCORE_PROXIES: must be 0 or more")

    def _check_running(self) -> None:
        """The settings of several workers, of jobs, files, metrics and logs."""
        postgres = self.database.startswith("postgresql")
        if not 1 <= self.workers <= 64:
            raise WrongSetting("INNOCORE_WORKERS: must be 1 to 64")
        if self.workers > 1 and not (postgres and self.redis_url):
            raise WrongSetting(
                "INNOCORE_WORKERS: several workers need a PostgreSQL INNOCORE_DATABASE_URL and "
                "INNOCORE_REDIS_URL"
            )
        if self.jobs_store not in {"", "sqlite", "redis", "postgresql"}:
            raise WrongSetting("INNOCORE_JOBS_STORE: must be sqlite, redis, postgresql or empty")
        if self.jobs_store == "redis" and not self.redis_url:
            raise WrongSetting("INNOCORE_JOBS_STORE: redis needs INNOCORE_REDIS_URL")
        if self.jobs_store == "postgresql" and not postgres:
            raise WrongSetting(
                "INNOCORE_JOBS_STORE: postgresql needs a PostgreSQL INNOCORE_DATABASE_URL"
            )
        bucket = urlsplit(self.files)
        if self.files and (bucket.scheme != "s3" or not bucket.netloc or bucket.query):
            raise WrongSetting("INNOCORE_FILES: must be s3://bucket or s3://bucket/prefix")
        if self.s3_endpoint and urlsplit(self.s3_endpoint).scheme not in {"http", "https"}:
            raise WrongSetting("INNOCORE_S3_ENDPOINT: must be an http or https address")
        if not 0 <= self.metrics_port <= 65_471:
            raise WrongSetting("INNOCORE_METRICS_PORT: must be 0 to 65471")
        if self.logs not in {"", "json", "plain"}:
            raise WrongSetting("INNOCORE_LOGS: must be json, plain or empty")

    @property
    def store_of_jobs(self) -> str:
        """The store in force that wakes workers for jobs."""
        return self.jobs_store or ("redis" if self.redis_url else "sqlite")

    @property
    def logs_json(self) -> bool:
        """Whether log lines are JSON."""
        return self.logs == "json" or (not self.logs and self.environment == "production")

    @property
    def data(self) -> Path:
        """The data folder, absolute."""
        return Path(self.data_dir).absolute()

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.data / 'innocore.db'}"

    @property
    def record_key(self) -> Path:
        """The file with the private key that signs the record."""
        return Path(self.record_key_file or self.data / "record_key").absolute()

    @property
    def needs_second_factor(self) -> bool:
        """Whether strong roles hold only in a session that has shown a second factor."""
        if self.second_factor:
            return self.second_factor == "required"
        return not self.demo and self.environment != "testing"

    @property
    def providers(self) -> tuple[providers.Provider, ...]:
        """Identity providers in force. Raises ValueError when the setting cannot be read."""
        return providers.read(self.sign_in_providers, plain_hosts=LOOPBACK)

    @property
    def secure(self) -> bool:
        """Whether people reach the house over TLS."""
        return self.base_url.startswith("https://")

    def secret(self) -> str:
        """The secret key; makes and keeps one in the data folder when none is set."""
        if self.secret_key:
            return self.secret_key
        path = self.data / "secret_key"
        self.data.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text(encoding="ascii").strip()
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        return path.read_text(encoding="ascii").strip()


def _read(name: str, text: str, kind: type) -> object:
    if kind is bool:
        word = text.strip().lower()
        if word in {"1", "true", "yes", "on"}:
            return True
        if word in {"0", "false", "no", "off", ""}:
            return False
        raise WrongSetting(f"{name}: must be yes or no")
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise WrongSetting(f"{name}: must be a whole number") from None
    return text
