"""A page asks as often for many things as for few: nothing is asked anew for each row."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from canvases.boards.models import Canvas, NoteRow
from mentors.reviews import actions as reviews
from mentors.reviews import queries as panels
from tests import builders
from tests.cast import Cast
from tests.questions import MOST, counted
from tests.reviews.panels import Scene, panel_of, pitch, scene
from transfer.checklists import actions as checklists
from transfer.checklists import definitions
from workspace.accounts.models import Person
from workspace.challenges import actions as challenges
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.teams.models import Team

Enter = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def reviewed(it: Scene) -> None:
    """The panel's reviews are in and released; the team has promised something."""
    it.finished()
    lead, member = it.cast.actor("lead"), it.cast.person("member")
    first = panels.comments_of(it.panel)[0].key
    with write():
        reviews.release(builders.actor(it.lead), it.panel, now())
        reviews.answer(lead, it.panel, reviews.AnswerDraft(first, "will-do", "We ask.", member.id),
                       now())


def worked(cast: Cast, number: int) -> None:
    """One more of everything that a team's first page and the overview show."""
    lead = cast.person("lead")
    with write():
        canvas = Canvas(team_id=cast.team.id, template="business-model-canvas",
                        title=f"Model {number}", created_by_id=lead.id)
        session().add(canvas)
        session().flush()
        session().add(NoteRow(canvas_id=canvas.id, note_id="n", block="bmc-channels", order="a",
                              text="By post", status="untested", tier="team", author_id=lead.id))
        builders.team(cast.edition, cast.university, builders.person(f"Lead {number}"),
                      name=f"Team {number}")
        it = builders.challenge(cast.edition, cast.company, cast.person("sponsor"),
                                title=f"Challenge {number}")
        challenges.ask(cast.actor("lead"), it, f"Question {number}?", now())


def asked_by(app: Flask, enter: Enter, cast: Cast, review: str) -> dict[str, int]:
    """How often each page asks."""
    found = {}
    for seat, path in (
        ("lead", f"/teams/{cast.team.public_id}"),
        ("mentor", f"/teams/{cast.team.public_id}"),
        ("programme_lead", f"/editions/{cast.edition.public_id}"),
        ("programme_lead", f"/editions/{cast.edition.public_id}/reviews"),
        ("sponsor", f"/organisations/{cast.company.public_id}/sponsor"),
        ("reviewer", f"/reviews/{review}"),
        ("lead", "/inbox"),
    ):
        client = enter(cast.person(seat))
        client.get(path)
        with counted(app) as asked:
            assert client.get(path).status_code == 200, path
        found[f"{seat} {path}"] = len(asked)
    return found


def test_more_rows_are_not_more_questions(app: Flask, cast: Cast, enter: Enter) -> None:
    with app.app_context():
        first = scene(cast)
        reviewed(first)
        worked(cast, 1)
        review = first.reviews()[0].public_id
    few = asked_by(app, enter, cast, review)
    with app.app_context():
        for number in (2, 3, 4):
            with write():
                made = pitch(cast.team, cast.person("lead"), number)
            reviewed(Scene(cast, panel_of(made), first.first, first.second))
            worked(cast, number)
        for template in definitions.built_in().checklists:
            with write():
                checklists.start(cast.actor("lead"), template, now(), team=cast.team)
    many = asked_by(app, enter, cast, review)
    assert max(many.values()) <= MOST
    assert many == few


def test_a_table_of_members_asks_once_for_their_institutions(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    def asked() -> int:
        client, path = enter(cast.person("lead")), f"/teams/{cast.team.public_id}/members"
        client.get(path)
        with counted(app) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    few = asked()
    with app.app_context(), write():
        team = session().get_one(Team, cast.team.id)
        for number in range(3):
            home = builders.organisation(f"Institute {number}")
            builders.join(team, builders.person(f"Newcomer {number}"), home=home)
    assert asked() == few <= MOST
