"""The stage of the journeys: a served house with the cast in it, windows, and pictures."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Error, Page

from tests import browsers, builders, servers
from tests.cast import Cast, assemble
from tests.journeys.shots import sign_in
from tests.leaks.planting.story import Story
from tests.leaks.world import HOME, Crew, Planted
from workspace.challenges.models import Challenge
from workspace.foundation.db import session
from workspace.foundation.unit import write

Visit = Callable[..., browsers.Visit]
PICTURES = servers.ROOT / "screenshots"


def look(page: Page, name: str, *, tested: bool = True) -> None:
    """Keep a picture of the page; what axe finds fails the journey."""
    PICTURES.mkdir(exist_ok=True)
    picture(page, name)
    if tested:
        faults = browsers.accessibility_faults(page)
        assert not faults, f"{name}: {faults}"


def picture(page: Page, name: str) -> None:
    """Keep a picture. A busy machine may refuse one frame, which says nothing about the page."""
    for turn in range(3):
        try:
            page.screenshot(path=PICTURES / f"{name}.png")
            return
        except Error:
            if turn == 2:
                raise
            page.wait_for_timeout(500)


class Stage:
    """A served house with the cast in it."""

    def __init__(self, app: Flask, server: servers.Server, visit: Visit) -> None:
        self.app, self.server, self.visit = app, server, visit
        with app.test_request_context():
            with write():
                self.cast: Cast = assemble()
                challenge = session().get_one(Challenge, self.cast.challenge.id)
                challenge.team_min = 1
            self.emails = {seat: person.email for seat, person in self.cast.people.items()}
            self.world = Planted(self.cast)
            for seat in ("applicant",):
                with write():
                    self.world.people[seat] = builders.person("Anna Apply")
                    builders.give(
                        self.world.people[seat], "participant", "edition", self.cast.edition.id
                    )
            crew = Crew(
                HOME, self.cast.team, self.cast.person("lead"), self.cast.person("member"),
                self.cast.person("mentor"), self.cast.person("officer"), self.cast.person("pi"), (),
            )  # fmt: skip
            self.story = Story(app, self.world, crew)

    def enter(self, seat: str, **options: object) -> browsers.Visit:
        """Somebody of the cast signs in, in a window of her own."""
        window = self.visit(self.server.url, **options)
        sign_in(window.page, {"email": self.emails[seat], "password": builders.PASSWORD})
        return window
