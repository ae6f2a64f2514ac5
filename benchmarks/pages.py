"""Server time and queries of the main pages: demo data and a whole network, on both databases.

Pages are asked of the application itself, as a server would, one after the other in one process:
what is measured is the work of the house, not a network. Goals: p95 of each page at most 150 ms,
no page over 15 queries, page and script bytes as `tests/house/test_budgets.py` has them.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
import time
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from benchmarks import _crowd
from benchmarks._report import Report
from canvases.boards.models import Canvas
from mentors.reviews.models import Review
from tests import servers
from tests.questions import MOST, counted
from workspace.accounts import sessions
from workspace.accounts.models import Person
from workspace.challenges.models import Challenge
from workspace.demo import serving
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.settings import Settings
from workspace.foundation.unit import write
from workspace.grants.models import Grant
from workspace.organisations.models import Organisation
from workspace.programmes.models import Edition
from workspace.search import feeding
from workspace.teams.models import Member, Team
from wsgi import create_app

ROUNDS = 40
WARM = 3
MOST_MS = 150
MOST_HTML = 20 * 1024


def visits(app: Flask) -> dict[str, tuple[str, str]]:
    """Name of a page -> (who looks: key of the persona or empty, path)."""
    with app.app_context():
        def one(email: str) -> Person:
            found = session().scalars(select(Person).where(Person.email.like(f"{email}@demo.%")))
            return found.one()

        student = one("student")
        team = session().scalars(
            select(Team).join(Member)
            .where(Member.person_id == student.id, Member.left_at.is_(None))
        ).first()
        assert team is not None
        canvas = session().scalars(
            select(Canvas).where(Canvas.team_id == team.id).order_by(Canvas.id)
        ).first()
        edition = session().scalars(select(Edition).order_by(Edition.id)).first()
        challenge = session().scalars(select(Challenge).order_by(Challenge.id)).first()
        review = session().scalars(
            select(Review).where(Review.reviewer_id == one("reviewer").id).order_by(Review.id)
        ).first()
        company = session().scalars(
            select(Organisation).where(Organisation.id.in_(
                select(Grant.scope_id).where(
                    Grant.person_id == one("sponsor").id, Grant.role == "sponsor")))
        ).first()
        assert canvas is not None and edition is not None and challenge is not None
        assert review is not None and company is not None
        return {
            "sign-in": ("", "/sign-in"),
            "overview": ("programme-lead", f"/editions/{edition.public_id}"),
            "table of teams": ("programme-lead", "/teams"),
            "challenges": ("student", "/challenges"),
            "challenge": ("student", f"/challenges/{challenge.public_id}"),
            "team home": ("student", f"/teams/{team.public_id}"),
            "board": ("student", f"/canvases/{canvas.public_id}"),
            "list": ("student", f"/canvases/{canvas.public_id}/list"),
            "officer's queue": ("officer", "/queue"),
            "review": ("reviewer", f"/reviews/{review.public_id}"),
            "sponsor": ("sponsor", f"/organisations/{company.public_id}/sponsor"),
            "inbox": ("student", "/inbox"),
            "search": ("student", "/search?q=sensor"),
        }


def browser(app: Flask, persona: str) -> FlaskClient:
    """The browser of somebody who has signed in."""
    made = app.test_client()
    if not persona:
        return made
    with app.test_request_context():
        with write():
            person = session().scalars(
                select(Person).where(Person.email.like(f"{persona}@demo.%"))
            ).one()
            sessions.begin(person, now())
        from flask import session as cookie

        held = dict(cookie)
    with made.session_transaction() as theirs:
        theirs.update(held)
    return made


def measure(app: Flask, report: Report, label: str) -> None:
    """Ask for each page some dozens of times."""
    app.extensions["innocore.limits"].storage.reset()  # nobody searches as often as this does
    for name, (persona, path) in visits(app).items():
        client = browser(app, persona)
        for _ in range(WARM):
            answer = client.get(path)
            if answer.status_code != 200:
                report.exactly(f"{label}: {name} answers", answer.status_code, 200)
                break
        else:
            took = []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                answer = client.get(path)
                took.append(1000 * (time.perf_counter() - began))
            with counted(app) as statements:
                answer = client.get(path)
            took.sort()
            report.at_most(f"{label}: {name} p95", took[int(0.95 * ROUNDS) - 1], MOST_MS, "ms")
            report.at_most(f"{label}: {name} queries", len(statements), MOST, "")
            size = len(gzip.compress(answer.data, 6))
            report.at_most(f"{label}: {name} HTML", size, MOST_HTML, "bytes")


def run(report: Report, label: str, url: str, folder: Path) -> None:
    """Demo data, then the crowd, on one database."""
    app = create_app(
        Settings(
            environment="development", demo=True, data_dir=str(folder), database_url=url,
            mail="file", base_url="http://127.0.0.1:5000", jobs_in_process=False,
        )
    )
    try:
        report.say(f"{label}: the story of the demonstration")
        serving.tell(app)
        measure(app, report, f"{label}, demo")
        report.say(f"{label}: 50 programmes, 2 000 teams, 100 000 notes")
        with app.app_context(), write():
            _crowd.fill()
        with app.app_context():
            feeding.rebuild()
            with write():
                session().execute(text("ANALYZE"))
        measure(app, report, f"{label}, network")
    finally:
        for feature in app.extensions["innocore.house"].features:
            if feature.stop is not None:
                feature.stop(app)
        app.extensions["innocore.database"].close()


def main() -> int:
    """Both databases."""
    argparse.ArgumentParser(prog="bench pages").parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        run(report, "SQLite", f"sqlite:///{place / 'pages.db'}", place / "sqlite")
        with servers.postgres() as url:
            made = servers.PostgresDatabases(url)
            with made.fresh(tables=False) as fresh:
                run(report, "PostgreSQL", fresh, place / "postgresql")
            made.close()
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
