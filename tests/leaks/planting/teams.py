"""The team itself: what it says of itself, its charter, and who wants to join."""

from __future__ import annotations

from tests.leaks.planting.story import Story
from workspace.calendars import actions as calendars
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.teams import actions as teams
from workspace.teams import agreements
from workspace.teams.models import Opening

CHARTER = "We find out together whether somebody needs %s. Everybody is heard; what we make stays."


def about(story: Story) -> None:
    """The team itself: title, charter, log, a wish to join, a way in, a closed thing."""
    lead, team = story.a(story.crew.lead), story.team
    with write():
        team = story.team
        team.name = f"{team.name} {story.w('team.name')}"
        team.title, team.pitch = story.w("team.title"), story.w("team.pitch")
        team.keywords = [story.w("team.keyword")]
        team.open_to_members, team.looking_for = True, [story.w("team.skill")]
        team.looking_text = story.w("team.looking")
    with write():
        calendars.make(lead, "Phone", titles=False)
        agreements.write_charter(
            lead, story.team, CHARTER % story.w("charter.old"), now(), seen=0
        )
    with write():
        agreements.write_charter(lead, story.team, CHARTER % story.w("charter"), now(), seen=1)
        agreements.log_contribution(story.a(story.crew.member), story.team, story.w("log"), now())
        teams.invite(lead, story.team, now(), email=f"{story.w('invitation.email')}@example.org")
    with write():
        opening = session().get_one(Opening, team.id)
        applicant = story.a(story.world.people["applicant"])
        agreements.ask_to_join(applicant, opening, story.w("join.message"), now())
