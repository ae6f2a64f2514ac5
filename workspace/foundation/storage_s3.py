"""Bytes in a bucket of an S3 service, behind the same four methods as the local folder.

obstore talks to the service in threads of its own and would hold up every greenlet while we wait,
so under gevent each call is made in gevent's pool of threads.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, BinaryIO, TypeVar, cast
from urllib.parse import urlsplit

from workspace.foundation.errors import TooLarge, Unavailable
from workspace.foundation.settings import Settings
from workspace.foundation.storage import CHUNK, Stored, checked
from workspace.foundation.text import lazy
from workspace.foundation.threads import beside

log = logging.getLogger(__name__)
T = TypeVar("T")
IN_MEMORY = 2 * 1024 * 1024
"""Bytes of one file that are held in memory; what is larger goes through a temporary file."""
LISTED = 500


class BucketStorage:
    """Files as objects of one bucket, under one prefix."""

    def __init__(self, settings: Settings) -> None:
        try:
            import obstore
            from obstore import exceptions
            from obstore.store import S3Store
        except ImportError as error:
            raise RuntimeError("INNOCORE_FILES needs the package obstore: install it") from error
        where = urlsplit(settings.files)
        options: Any = {
            "region": settings.s3_region, "virtual_hosted_style_request": False,
        }
        if settings.s3_endpoint:
            options["endpoint"] = settings.s3_endpoint
        if settings.s3_access_key:
            options["access_key_id"] = settings.s3_access_key
            options["secret_access_key"] = settings.s3_secret_key
        client: Any = {
            "allow_http": settings.s3_endpoint.startswith("http://"), "timeout": "60s",
            "connect_timeout": "5s",
        }
        self.prefix = where.path.strip("/")
        self._obstore = obstore
        self._absent: tuple[type[Exception], ...] = (
            exceptions.NotFoundError, FileNotFoundError,
        )
        self._taken: tuple[type[Exception], ...] = (
            exceptions.AlreadyExistsError, exceptions.PreconditionError, FileExistsError,
        )
        self._failed = exceptions.BaseError
        self._store = S3Store(
            where.netloc, config=options, client_options=client,
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
        )

    def _path(self, key: str) -> str:
        name = checked(key)
        return f"{self.prefix}/k{name[:2]}/k{name}" if self.prefix else f"k{name[:2]}/k{name}"

    def _call(self, work: Callable[[], T]) -> T:
        """Do `work` without holding up greenlets. Raises Unavailable when the service fails."""
        try:
            return _outside(work)
        except (*self._absent, *self._taken):
            raise
        except (self._failed, OSError) as error:
            log.warning("the file store failed: %s", type(error).__name__)
            raise Unavailable(
                lazy("Files cannot be reached right now. Nothing was changed; try again soon.")
            ) from error

    def put(self, key: str, data: bytes | BinaryIO, limit: int | None = None) -> Stored:
        """See `Storage.put`."""
        path = self._path(key)
        digest, size = hashlib.sha256(), 0
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
            for piece in _pieces(data):
                size += len(piece)
                if limit is not None and size > limit:
                    raise TooLarge(lazy("This file is larger than the limit."))
                digest.update(piece)
                spool.write(piece)
            spool.seek(0)
            body = spool.read() if size <= IN_MEMORY else cast(Any, spool)
            if self.exists(key):
                raise FileExistsError(key)
            # Conditional writes hold against two at once; a multipart upload cannot promise that,
            # so a large body goes in one request as well.
            try:
                self._call(lambda: self._obstore.put(
                    self._store, path, body, mode="create", use_multipart=False))
            except self._taken as error:
                raise FileExistsError(key) from error
        return Stored(key, size, digest.hexdigest())

    def open(self, key: str) -> BinaryIO:
        """See `Storage.open`. What is large waits in a temporary file."""
        path = self._path(key)

        def fetch() -> BinaryIO:
            spool = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
            try:
                for piece in self._obstore.get(self._store, path).stream(min_chunk_size=CHUNK):
                    spool.write(bytes(piece))
            except BaseException:
                spool.close()
                raise
            spool.seek(0)
            return cast(BinaryIO, spool)

        try:
            return self._call(fetch)
        except self._absent as error:
            raise FileNotFoundError(key) from error

    def delete(self, key: str) -> bool:
        """See `Storage.delete`."""
        path = self._path(key)
        if not self.exists(key):
            return False
        try:
            self._call(lambda: self._obstore.delete(self._store, path))
        except self._absent:
            return False
        return True

    def exists(self, key: str) -> bool:
        """See `Storage.exists`."""
        path = self._path(key)
        try:
            self._call(lambda: self._obstore.head(self._store, path))
        except self._absent:
            return False
        return True

    def older_than(self, instant: datetime) -> Iterator[str]:
        """See `Storage.older_than`."""
        pages = iter(self._obstore.list(self._store, self.prefix or None, chunk_size=LISTED))
        while found := self._call(lambda: next(pages, None)):
            for one in found:
                name = str(one["path"]).rsplit("/", 1)[-1]
                if name.startswith("k") and one["last_modified"] < instant:
                    yield name[1:]

    def check(self) -> None:
        """See `Storage.check`."""
        self._call(lambda: next(iter(self._obstore.list(
            self._store, self.prefix or None, chunk_size=1)), None))


def _pieces(data: bytes | BinaryIO) -> Iterator[bytes]:
    if isinstance(data, bytes):
        yield data
        return
    while piece := data.read(CHUNK):
        yield piece


def _outside(work: Callable[[], T]) -> T:
    """The answer of `work`, made in a real thread when this process runs on greenlets."""
    from gevent import get_hub, monkey

    if not monkey.is_module_patched("socket"):
        return work()
    return beside(get_hub().threadpool, work)
