"""Nobody decides about her own team, whatever other role she holds."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import builders
from tests.cast import Cast
from workspace.foundation.access import can
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.submissions.models import Entry

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_lead_of_the_programme_does_not_select_her_own_team(context: Flask, cast: Cast) -> None:
    lead = cast.person("programme_lead")
    entry = Entry(
        team_id=cast.team.id, challenge_id=cast.challenge.id, created_by_id=lead.id,
        motivation="We know the field.", state="submitted",
    )
    with write():
        session().add(entry)
    assert can(builders.actor(lead), "select", entry)
    assert can(builders.actor(lead), "allow-late", cast.team)
    with write():
        builders.give(lead, "team-member", "team", cast.team.id)
    assert not can(builders.actor(lead), "select", entry)
    assert not can(builders.actor(lead), "allow-late", cast.team)
