"""Houses that are backed up, and empty ones that a backup is put into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from flask import Flask

from tests import servers
from workspace.foundation.settings import Settings

House = Callable[..., Flask]


@contextmanager
def running(settings: Settings) -> Iterator[Flask]:
    """An application that serves nobody, ended with its features."""
    from wsgi import create_app

    made = create_app(settings)
    try:
        yield made
    finally:
        made.extensions["innocore.database"].close()


@pytest.fixture
def empty_house(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[str], Flask]]:
    """`empty_house(kind)`: a house on a `sqlite` or `postgresql` database without tables."""
    with ExitStack() as stack:

        def make(kind: str) -> Flask:
            folder = tmp_path / f"empty-{kind}-{len(list(tmp_path.iterdir()))}"
            url = f"sqlite:///{folder / 'restored.db'}"
            if kind == "postgresql":
                made = request.getfixturevalue("postgres_databases")
                url = stack.enter_context(made.fresh(tables=False))
            folder.mkdir()
            return stack.enter_context(running(Settings(
                environment="testing", data_dir=str(folder), database_url=url,
                secret_key=servers.SECRET, mail="memory", jobs_in_process=False,
            )))

        yield make
