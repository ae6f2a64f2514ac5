"""The face of readiness."""

from __future__ import annotations

from flask import url_for

from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.features import Feature, NavItem, Workplace
from workspace.foundation.paths import path_to
from workspace.foundation.text import lazy
from workspace.grants.queries import holders
from workspace.inbox.actions import tell
from workspace.inbox.rules import Topic
from workspace.readiness import access, facts, own_data
from workspace.readiness.api import API
from workspace.readiness.models import ReadinessClaim
from workspace.readiness.views import doors
from workspace.teams.models import Team

SENTENCES = {
    "level-claimed": lazy("A team that you advise claims a readiness level."),
    "level-answered": lazy("A readiness level of your team was answered."),
}


def _claimed(fact: facts.LevelClaimed) -> None:
    if isinstance(fact, facts.LevelAnswered):
        return
    claim = session().get_one(ReadinessClaim, fact.claim_id)
    mentors = holders(("mentor",), "team", fact.team_id, now())
    tell((it.id for it in mentors), "level-claimed", "answer", claim,
         path_to("readiness.of_team", team=claim.team.public_id))


def _answered(fact: facts.LevelAnswered) -> None:
    claim = session().get_one(ReadinessClaim, fact.claim_id)
    tell((it.person_id for it in claim.team.present), "level-answered", "news", claim,
         path_to("readiness.of_team", team=claim.team.public_id))


def _of_team(_actor: Actor, place: Workplace) -> str | None:
    return url_for("readiness.of_team", team=place.public_id) if place.kind == "team" else None


FEATURE = Feature(
    name="readiness",
    api=[API],
    doors=[doors],
    may={("claim-level", Team): access.may_claim, ("answer", ReadinessClaim): access.may_answer},
    visible={ReadinessClaim: access.claim_clause},
    on={facts.LevelClaimed: [_claimed], facts.LevelAnswered: [_answered]},
    nav=[
        NavItem(("team-lead", "team-member", "mentor", "pi"), lazy("Readiness"), "radar", 45,
                _of_team),
    ],
    offers={
        "topics": [Topic("readiness", lazy("Readiness levels"), frozenset(SENTENCES), 55)],
        "sentences": SENTENCES, "records": own_data.records,
    },
)
