"""Fills a demonstration up to a whole network: rows put in directly; a story would take hours.

The people of the demonstration stay who they are; round them come other programmes, teams and
canvases, and more teams in their own edition.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import func, insert, select

from canvases.boards.models import Canvas, NoteRow
from workspace.accounts.models import Person
from workspace.challenges.models import Challenge
from workspace.foundation.clock import now
from workspace.foundation.db import Base, session
from workspace.grants.models import Grant
from workspace.inbox.models import Notice
from workspace.organisations.models import Organisation
from workspace.programmes.models import Edition, Phase, Programme
from workspace.submissions.models import Entry
from workspace.teams.models import Member, Team

BATCH = 2_000
BLOCKS = (
    "bmc-key-partners", "bmc-key-activities", "bmc-value-propositions", "bmc-channels",
    "bmc-customer-segments", "bmc-customer-relationships", "bmc-key-resources",
    "bmc-cost-structure", "bmc-revenue-streams",
)
STATES = ("untested", "testing", "supported", "refuted", "parked")
WORDS = (
    "nurse", "clinic", "sensor", "gel", "reader", "hospital", "lab", "sample", "battery", "enzyme",
    "licence", "price", "pilot", "trial", "subscription", "partner", "channel", "budget", "import",
    "margin", "patent", "culture", "optics", "fibre",
)


def put(table: type[Base], rows: Iterator[dict[str, Any]]) -> None:
    """Insert many rows, some thousand at a time."""
    waiting: list[dict[str, Any]] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) >= BATCH:
            session().execute(insert(table), waiting)
            waiting = []
    if waiting:
        session().execute(insert(table), waiting)


def first_free(table: Any) -> int:
    """The number after the last one."""
    return int(session().scalar(select(func.max(table.id))) or 0) + 1


def fill(programmes: int = 50, teams: int = 2_000, notes: int = 100_000) -> None:
    """Add this many of each; call it inside a unit of work on a seeded demonstration."""
    dice = random.Random(7)
    at = now() - timedelta(days=30)

    def phrase(words: int) -> str:
        return " ".join(dice.choice(WORDS) for _ in range(words))

    lead = session().scalars(select(Person).where(Person.email.like("programme-lead@%"))).one()
    ours = session().scalars(select(Edition).order_by(Edition.id)).first()
    assert ours is not None
    schools = list(session().scalars(select(Organisation).where(Organisation.kind == "university")))
    firms = list(session().scalars(select(Organisation).where(Organisation.kind == "company")))
    school_ids = [it.id for it in schools]
    made = first_free(Organisation)
    put(Organisation, (
        {"id": made + n, "name": f"University {n} of {phrase(1)}", "kind": "university"}
        for n in range(30)
    ))
    school_ids += range(made, made + 30)
    programme, edition = first_free(Programme), first_free(Edition)
    put(Programme, (
        {"id": programme + n, "title": f"Programme {n} {phrase(2)}",
         "organisation_id": dice.choice(school_ids), "created_by_id": lead.id}
        for n in range(programmes)
    ))
    put(Edition, (
        {"id": edition + n, "programme_id": programme + n, "title": f"Edition {n}",
         "state": "open", "template": ours.template, "starts_on": ours.starts_on,
         "ends_on": ours.ends_on, "zone": ours.zone}
        for n in range(programmes)
    ))
    put(Phase, (
        {"edition_id": edition + n, "position": it.position, "key": it.key, "title": it.title,
         "starts_at": it.starts_at, "ends_at": it.ends_at, "gate": it.gate,
         "gate_title": it.gate_title, "demand": it.demand}
        for n in range(programmes) for it in ours.phases
    ))
    editions = [ours.id, *range(edition, edition + programmes)]
    challenge = first_free(Challenge)
    put(Challenge, (
        {"id": challenge + n, "edition_id": editions[n % len(editions)],
         "organisation_id": dice.choice(firms).id, "created_by_id": lead.id, "state": "published",
         "title": f"Challenge {phrase(4)}", "problem": phrase(60), "published_at": at}
        for n in range(4 * len(editions))
    ))
    person, team, canvas = first_free(Person), first_free(Team), first_free(Canvas)
    people = 4 * teams
    put(Person, (
        {"id": person + n, "email": f"crowd-{n}@demo.innocore.example",
         "name": f"{phrase(1).title()} {n}", "confirmed_at": at,
         "fs_uniquifier": secrets.token_hex(16)}
        for n in range(people)
    ))
    put(Team, (
        {"id": team + n, "edition_id": editions[n % len(editions)],
         "home_organisation_id": school_ids[n % len(school_ids)], "name": f"Team {phrase(1)} {n}",
         "title": phrase(6), "state": "forming", "created_by_id": person + 4 * n}
        for n in range(teams)
    ))
    put(Member, (
        {"team_id": team + n // 4, "person_id": person + n,
         "role": "member" if n % 4 else "lead"}
        for n in range(people)
    ))
    put(Grant, (
        {"person_id": person + n, "role": role, "scope_kind": kind, "scope_id": scope,
         "starts_at": at, "basis": "membership"}
        for n in range(people)
        for role, kind, scope in (
            ("team-member" if n % 4 else "team-lead", "team", team + n // 4),
            ("participant", "edition", editions[(n // 4) % len(editions)]),
            ("member", "organisation", school_ids[(n // 4) % len(school_ids)]),
        )
    ))
    put(Entry, (
        {"team_id": team + n, "challenge_id": challenge + n % (4 * len(editions)),
         "state": "submitted", "created_by_id": person + 4 * n, "submitted_at": at}
        for n in range(teams) if n % len(editions) == (n % (4 * len(editions))) % len(editions)
    ))
    put(Canvas, (
        {"id": canvas + n, "team_id": team + n, "template": "business-model-canvas",
         "title": "Business model", "created_by_id": person + 4 * n, "edited_at": at}
        for n in range(teams)
    ))
    order = count()
    put(NoteRow, (
        {"canvas_id": canvas + n % teams, "note_id": f"n{n}", "block": BLOCKS[n % len(BLOCKS)],
         "order": f"a{next(order):07d}", "text": phrase(9), "status": dice.choice(STATES),
         "tier": "team", "weight": 1 + n % 5, "author_id": person + 4 * (n % teams)}
        for n in range(notes)
    ))
    known = list(session().scalars(select(Person.id).where(Person.id < person)))
    put(Notice, (
        {"person_id": who, "kind": "team-joined", "group": "news", "about_kind": "team",
         "about_id": secrets.token_urlsafe(16), "url": "/", "details": {}}
        for who in known for _ in range(200)
    ))
