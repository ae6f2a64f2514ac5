"""Who hears of entries and submissions."""

from __future__ import annotations

from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.paths import path_to
from workspace.foundation.text import lazy
from workspace.grants.queries import holders
from workspace.inbox.actions import tell
from workspace.submissions import facts
from workspace.submissions.models import Entry, Submission
from workspace.teams.models import Team

SENTENCES = {
    "submission-made": lazy("Your team has handed in a version."),
    "submission-waits": lazy("A team has handed in a pitch. Assign reviewers."),
    "entry-changed": lazy("There is news about your application to a challenge."),
    "entry-made": lazy("A team has applied to a challenge."),
    "late-allowed": lazy("Your team may hand in late."),
}


def made(fact: facts.SubmissionMade) -> None:
    """The other members, and the lead of the programme."""
    submission = session().get_one(Submission, fact.submission_id)
    url = path_to("submissions.show", submission=submission.public_id)
    tell((it.person_id for it in submission.team.present if it.person_id != fact.who),
         "submission-made", "news", submission, url)
    leads = holders(("programme-lead",), "programme", submission.team.edition.programme_id, now())
    tell((it.id for it in leads), "submission-waits", "answer", submission.team,
         path_to("home.overview", edition=submission.team.edition.public_id))


def entry(fact: facts.EntryStepped) -> None:
    """The team hears of decisions, the lead of the programme of applications."""
    found = session().get_one(Entry, fact.entry_id)
    if fact.step == "submit":
        leads = holders(("programme-lead",), "programme", found.team.edition.programme_id, now())
        tell((it.id for it in leads), "entry-made", "answer", found,
             path_to("submissions.entries", challenge=found.challenge.public_id))
        return
    tell((it.person_id for it in found.team.present if it.person_id != fact.who), "entry-changed",
         "news", found, path_to("submissions.of_team", team=found.team.public_id), mail=True)


def late(fact: facts.LateAllowed) -> None:
    """The team."""
    team = session().get_one(Team, fact.team_id)
    tell((it.person_id for it in team.present), "late-allowed", "news", team,
         path_to("submissions.of_team", team=team.public_id), mail=True)
