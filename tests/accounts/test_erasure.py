"""Whoever is erased is found in no table any more, and no key of hers opens anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import inspect, select, text

from tests import builders
from tests.accounts.factors import give_app
from tests.cast import Cast
from workspace.accounts import own_data
from workspace.accounts.models import EmailChange, Identity, OneTimeLink, Passkey, Person, SignIn
from workspace.foundation import clock, jobs, replays
from workspace.foundation.db import Base, session
from workspace.foundation.jobs import Job
from workspace.foundation.mail import letter
from workspace.foundation.text import lazy
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.inbox.models import Notice
from workspace.journal.checking import verify
from workspace.teams.models import Contribution
from workspace.tokens import actions as tokens
from workspace.tokens.rules import Place, Scope, Verb

STAYS = frozenset({"sign_in"})
"""Tables that keep rows with a spent secret: the hash of a cookie whose session has ended."""
SECRET = ("_hash", "secret", "public_key", "credential_id")


@dataclass
class Planted:
    """Words that belong to one person alone, and the key of a program of hers."""

    words: list[str]
    key: str


def plant(cast: Cast, seat: str = "member") -> Planted:
    """Give somebody everything that an account can have; call it inside a unit of work."""
    at = clock.now()
    db = session()
    who = db.get_one(Person, cast.person(seat).id)
    who.headline, who.about = "Quillwort keeper", "Grew up beside the Zyxomma marsh"
    who.skills, who.interests = ["Bryozoology"], ["Campanology"]
    later = at + timedelta(days=1)
    mine = {"person_id": who.id}
    db.add_all([
        SignIn(**mine, token_hash="a1" * 32, seen_at=at, fresh_at=at, address="203.0.113.0",
               agent="Vellichor Browser 7"),
        OneTimeLink(**mine, purpose="magic", token_hash="b2" * 32, email=who.email,
                    expires_at=later),
        Passkey(**mine, name="Ormolu key", credential_id="Y3JlZGVudGlhbA", public_key="cHVibGlj"),
        Identity(**mine, issuer="https://id.example", subject="subject-of-hers-77",
                 label="kral@campus.example"),
        EmailChange(**mine, old_email=who.email, new_email="kral.elsewhere@example.net",
                    old_hash="c3" * 32, new_hash="d4" * 32, expires_at=later),
        Notice(**mine, kind="joined", url="/of-hers-alone"),
        Contribution(team_id=cast.team.id, person_id=who.id, text="The work stays."),
    ])  # fmt: skip
    actor = builders.actor(who)
    scope = Scope(Verb.READ, Place.EVERYTHING)
    token, key = tokens.make(actor, tokens.TokenDraft("Cron of hers", (scope,), later), at)
    replays.begin(who.id, "a-key-of-hers", "f6" * 32)
    replays.finish(who.id, "a-key-of-hers", 201, {"name": who.name})
    lead = builders.actor(cast.person("lead"))
    grants.invite(
        lead, "team-member", "team", cast.team.id, at, email=who.email
    )
    letter(who, template="mail/export_ready", subject=lazy("Your data is ready"))
    db.add(Job(name="mail.send", due_at=at, failed_at=at,
               payload={"person": None, "address": "x@example.org",
                        "context": {"inviter": who.name}}))  # fmt: skip
    db.flush()
    return Planted(
        [
            who.name, who.email, who.headline, "Zyxomma", "Bryozoology", "Campanology",
            "Vellichor", "203.0.113.0", "Ormolu", "subject-of-hers-77", "kral@campus.example",
            "kral.elsewhere@example.net", "Cron of hers",
            token.prefix, token.token_hash, "a-key-of-hers", "of-hers-alone", "b2" * 32,
            "Y3JlZGVudGlhbA",
        ],
        key,
    )  # fmt: skip


def found(words: list[str]) -> set[tuple[str, str]]:
    """Which words stand in which tables, of the house and of the index, in any letter case."""
    db = session()
    hits = set()
    for table in inspect(db.connection()).get_table_names():
        for row in db.execute(text(f'SELECT * FROM "{table}"')):  # noqa: S608 - our own names
            whole = " ".join(_said(it) for it in row).casefold()
            hits |= {(table, it) for it in words if it.casefold() in whole}
    return hits


def _said(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def secrets_of(person_id: int) -> set[str]:
    """Tables that hold something secret of a person: also those that are made one day."""
    held = set()
    for table in Base.metadata.sorted_tables:
        owner = table.c.get("person_id")
        if owner is not None and any(it.name.endswith(SECRET) for it in table.c):
            rows = session().execute(select(table).where(owner == person_id).limit(1)).all()
            held |= {table.name} if rows else set()
    return held


def opens(app: Flask, planted: Planted) -> int:
    """What a program with the person's key is told."""
    asking = {"Authorization": f"Bearer {planted.key}"}
    return app.test_client().get("/api/v1/account", headers=asking).status_code


def test_nothing_of_the_person_is_left_in_any_table(app: Flask, cast: Cast) -> None:
    person = cast.person("member")
    with app.app_context(), write():
        planted = plant(cast)
    give_app(app, person)
    assert opens(app, planted) == 200
    with app.app_context():
        there = found(planted.words)
        assert {it for _table, it in there} == set(planted.words)
        assert {table for table, _word in there} >= {"person", "search_document", "job", "replay"}
        assert secrets_of(person.id) >= {"access_token", "passkey", "authenticator_app"}
        session().rollback()
        with write():
            own_data.erase(cast.actor("member"), session().get_one(Person, person.id), clock.now())
        assert {table for table, _word in found(planted.words)} == {"job"}, "the last letter waits"
        session().rollback()
    jobs.run_due(app)
    assert opens(app, planted) == 401
    with app.app_context():
        assert found(planted.words) == set()
        assert secrets_of(person.id) == STAYS
        assert "The work stays." in session().scalars(select(Contribution.text)).all()
        assert verify() == []


def test_erasing_after_a_restore_leaves_as_little(app: Flask, cast: Cast) -> None:
    person = cast.person("member")
    with app.app_context(), write():
        planted = plant(cast)
    with app.app_context():
        for after in app.extensions["innocore.house"].offered("after_restore"):
            after([person.public_id])
        assert found(planted.words) == set()
        assert secrets_of(person.id) == STAYS
        assert own_data.erased_keys() == [person.public_id]
        assert verify() == []
    assert opens(app, planted) == 401


def test_a_namesake_keeps_everything(app: Flask, cast: Cast) -> None:
    """Also somebody whose address ends like hers."""
    with app.app_context():
        with write():
            plant(cast)
            other = builders.person(cast.person("member").name, f"x{cast.email('member')}")
            letter(other, template="mail/export_ready", subject=lazy("Your data is ready"))
        with write():
            own_data.erase_again([cast.person("member").public_id], clock.now())
        session().refresh(other)
        assert other.name == cast.person("member").name and other.erased_at is None
        waiting = session().scalars(select(Job).where(Job.name == "mail.send")).all()
        assert [it.payload["address"] for it in waiting] == [other.email]
