"""Sample teams: there in one click, gone in one click, and nobody else's row with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import builders
from tests.accounts.pages import send
from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.demo import samples
from workspace.files.models import File
from workspace.foundation.clock import now
from workspace.foundation.db import Base, session
from workspace.foundation.errors import Refused
from workspace.foundation.storage import storage
from workspace.foundation.unit import write
from workspace.programmes import actions
from workspace.programmes.models import Edition
from workspace.teams.models import Team

Enter = Callable[[Person], FlaskClient]
KEPT = {"journal_entry", "journal_head", "person", "job"}
"""The record stays, the people are lent again, letters are forgotten by their own clock."""


def rows() -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: session().scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables if table.name not in KEPT
    }


def test_they_come_and_go_without_a_trace(context: Flask, cast: Cast) -> None:
    lead, edition = cast.actor("programme_lead"), cast.edition
    before = rows()
    samples.add(lead, edition, now())
    samples.add(lead, edition, now())
    made = session().scalars(select(Team).where(Team.is_sample)).all()
    assert len(made) == 5
    with_notes = rows()
    for table in ("canvas", "note", "evidence", "canvas_version", "file", "submission", "panel"):
        assert with_notes[table] > before[table], table
    keys = [it.storage_key for it in session().scalars(select(File))]
    highest = max(it.id for it in made)
    session().commit()
    samples.remove(lead, edition, now())
    samples.remove(lead, edition, now())
    assert {name: number for name, number in rows().items() if number != before[name]} == {}
    assert not any(storage().exists(key) for key in keys)
    with write():
        later = builders.team(edition, cast.university, builders.person("New Lead"), name="Later")
    assert later.id > highest, "a number that the record knows is never given again"
    samples.add(lead, edition, now())
    assert rows()["team"] == before["team"] + 6
    people = session().scalars(select(Person).where(Person.email.like("%@samples.invalid"))).all()
    assert not any(it.active or it.password for it in people)


def test_real_people_in_a_sample_team_keep_their_own(context: Flask, cast: Cast) -> None:
    lead = cast.actor("programme_lead")
    samples.add(lead, cast.edition, now())
    sample = session().scalars(select(Team).where(Team.is_sample)).first()
    assert sample is not None
    with write():
        builders.give(cast.person("mentor"), "mentor", "team", sample.id, basis="assignment")
    session().commit()
    samples.remove(lead, cast.edition, now())
    assert cast.actor("mentor").scopes("mentor", "team") == {cast.team.id}
    assert cast.actor("lead").has("participant", "edition", cast.edition.id)


def test_a_draft_may_have_them_a_closed_edition_not(context: Flask, cast: Cast) -> None:
    lead = cast.actor("programme_lead")
    with write():
        edition = actions.create_programme(
            lead, cast.university, actions.NameDraft("New", "", ("en",), "Europe/Rome"), now())
    lead = cast.actor("programme_lead")
    samples.add(lead, edition, now())
    assert session().scalar(select(func.count()).where(Team.edition_id == edition.id)) == 5
    with write():
        actions.close_edition(lead, session().get_one(Edition, cast.edition.id), 0, now())
    with pytest.raises(Refused):
        samples.add(lead, cast.edition, now())


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_one_click(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("programme_lead"))
    path = f"/editions/{cast.edition.public_id}"

    def click(**fields: Any) -> str:
        assert send(client, f"{path}/samples", on=f"{path}/set-up", **fields).status_code == 303
        return str(client.get(f"{path}/set-up").text)

    assert "5 sample teams are in this edition" in click()
    assert client.get(path).status_code == 200
    assert "Add sample teams" in click(remove="1")
