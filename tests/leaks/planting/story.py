"""One team's way through the house: what each step finds there, and leaves for the next."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from canvases.boards.models import Canvas
from mentors.reviews.models import Panel
from tests.leaks.world import Crew, Planted
from workspace.accounts.models import Person
from workspace.accounts.sessions import actor_for
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.teams.models import Team


class Story:
    """A team, the words of its texts, and what it has made so far."""

    canvas: Canvas
    notes: dict[str, str]
    """Ids of the notes of its canvas, by circle."""
    submission_id: int

    def __init__(self, app: Flask, world: Planted, crew: Crew) -> None:
        self.app, self.world, self.crew = app, world, crew

    def w(self, kind: str) -> str:
        """The word of this team for a kind of text."""
        return self.world.word(kind, self.crew.side)

    @staticmethod
    def a(person: Person) -> Actor:
        """A person with the rights of now."""
        return actor_for(session().get_one(Person, person.id), now())

    @property
    def team(self) -> Team:
        """The team as it is on disk."""
        return session().get_one(Team, self.crew.team.id, populate_existing=True)

    def panel(self) -> Panel:
        """Who judges what it has handed in."""
        return (
            session()
            .scalars(
                select(Panel)
                .where(Panel.submission_id == self.submission_id)
                .execution_options(populate_existing=True)
            )
            .one()
        )
