"""Two teams that have done everything, with a word of its own in every text.

`plant` leads both teams of the cast through the whole house with the product's own actions. Each
text carries one random word, under the name of its kind and team: `words["note.team", "home"]`.
The steps of a team stand in the modules of this package, by what they plant.
"""

from __future__ import annotations

from flask import Flask

from canvases.boards import live
from tests import builders
from tests.cast import Cast
from tests.leaks.planting import boards, checklists, pitches, releases, teams
from tests.leaks.planting.story import Story
from tests.leaks.world import BRIEF, HOME, RIVAL, Crew, Planted
from workspace.accounts.sessions import actor_for
from workspace.administration import actions as administration
from workspace.challenges import actions as challenges
from workspace.challenges.models import Challenge
from workspace.foundation import jobs
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.teams import agreements
from workspace.teams.models import Team

STEPS = (
    teams.about, boards.board, boards.evidence, boards.advice, checklists.lists, checklists.levels,
    pitches.entry, pitches.pitch, pitches.judged, pitches.answered, releases.shown,
)
"""Everything, in an order in which it may happen; each in units of work of its own."""


def plant(app: Flask, cast: Cast) -> Planted:
    """Lead both teams through everything; the application's context is open."""
    world = Planted(cast)
    with write():
        for seat, name in (
            ("second_reviewer", "Sofia Second"),
            ("third_reviewer", "Timo Third"),
            ("fourth_reviewer", "Fay Fourth"),
            ("applicant", "Anna Apply"),
            ("asked_mentor", "Mona Asked"),
            ("asker", world.word("asker.name", BRIEF)),
        ):
            email = f"{world.word('applicant.email', HOME)}@example.org"
            world.people[seat] = builders.person(name, email if seat == "applicant" else None)
        for seat in ("applicant", "asker"):
            builders.give(world.people[seat], "participant", "edition", cast.edition.id)
        rivals = session().get_one(Team, cast.rival_team.id)
        rivals.home_organisation_id = cast.second_university.id
    with write():
        _brief(world)
    crews = (
        Crew(
            HOME,
            cast.team,
            cast.person("lead"),
            cast.person("member"),
            cast.person("mentor"),
            cast.person("officer"),
            cast.person("pi"),
            (cast.person("reviewer"), world.people["second_reviewer"]),
        ),
        Crew(
            RIVAL,
            cast.rival_team,
            cast.person("rival_lead"),
            cast.person("rival"),
            cast.person("conflicted"),
            cast.person("other_officer"),
            None,
            (world.people["third_reviewer"], world.people["fourth_reviewer"]),
        ),
    )
    for crew in crews:
        _tell(Story(app, world, crew))
    with write():
        agreements.ask_mentor(
            actor_for(cast.person("programme_lead"), now()),
            session().get_one(Team, cast.team.id),
            world.people["asked_mentor"],
            now(),
        )
    with write():
        desk = actor_for(cast.person("administrator"), now())
        glass = administration.break_glass(
            desk, cast.team.public_id, f"We look for {world.word('glass.reason', HOME)} in it.",
            now(),
        )
        administration.end_glass(desk, glass, now())
    jobs.run_due(app)
    for person in world.people.values():
        session().refresh(person)  # tests look at them when this session is over
    return world


def _tell(story: Story) -> None:
    """Lead one team through every step."""
    for step in STEPS:
        step(story)
        session().commit()
        jobs.run_due(story.app)


def _brief(world: Planted) -> None:
    """What the sponsor keeps back, a draft of hers and of another sponsor, a question."""
    cast = world.cast
    challenge = session().get_one(Challenge, cast.challenge.id)
    challenge.team_min = 1
    challenge.annex = world.word("annex", BRIEF)
    for sponsor, company, kind in (
        ("sponsor", cast.company, "draft"),
        ("other_sponsor", cast.other_company, "other.draft"),
    ):
        word = world.word(kind, BRIEF)
        builders.challenge(
            cast.edition,
            company,
            cast.person(sponsor),
            title=f"Draft {word}",
            state="draft",
            problem=word,
            background=word,
            annex=word,
        )
    challenges.ask(
        actor_for(world.people["asker"], now()),
        challenge,
        f"May I ask {world.word('question', BRIEF)}?",
        now(),
    )


def settle(app: Flask) -> None:
    """Let the live boards put down what they hold, so that nothing runs on behind a test."""
    live.stop(app)
