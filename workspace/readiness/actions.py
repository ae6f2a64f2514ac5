"""Claiming a level, confirming it, sending it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from workspace.foundation import checks
from workspace.foundation.access import Actor
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.history import record_step
from workspace.foundation.text import lazy
from workspace.readiness import definitions, facts, queries, rules
from workspace.readiness.models import ReadinessClaim
from workspace.teams.models import Team


@dataclass(frozen=True)
class ClaimDraft:
    """What the team claims, and what shows it."""

    scale: str
    level: int
    evidence: str
    link: str


def claim(actor: Actor, team: Team, draft: ClaimDraft, now: datetime) -> ReadinessClaim:
    """Claim a level with evidence for it and every level below."""
    assert actor.person_id is not None
    # The team's row is locked, so that a form posted twice claims once.
    session().execute(select(Team.id).where(Team.id == team.id).with_for_update())
    scale = next((it for it in definitions.built_in().scales if it.id == draft.scale), None)
    earlier = [it for it in queries.claims_of(team) if it.scale == draft.scale]
    if earlier and earlier[-1].state == rules.ClaimState.CLAIMED and (
        earlier[-1].level, earlier[-1].evidence, earlier[-1].link
    ) == (draft.level, draft.evidence, draft.link):
        return earlier[-1]
    standing = next((it for it in queries.standings(team) if it.scale == draft.scale),
                    rules.Standing(draft.scale))
    covered = [it.level for it in earlier if it.state != rules.ClaimState.RETURNED]
    # The words of one claim may give the evidence for the levels below it as well.
    covered += range(1, draft.level) if len(draft.evidence.split()) >= 5 else ()
    checks.refuse(
        rules.check_claim(scale, draft.level, draft.evidence, covered=covered,
                          confirmed=standing.confirmed)
    )
    if draft.link and not checks.is_web(draft.link):
        raise Refused(lazy("A link begins with http:// or https://."), field="link")
    made = ReadinessClaim(
        team_id=team.id, scale=draft.scale, level=draft.level, evidence=draft.evidence,
        link=draft.link, claimed_by_id=actor.person_id,
    )
    session().add(made)
    session().flush()
    announce(
        facts.LevelClaimed(actor.person_id, team.id, made.id, made.scale, made.level)
    )
    return made


def answer(actor: Actor, made: ReadinessClaim, step: str, remark: str, now: datetime) -> None:
    """Confirm, or send back with a remark; `step` is `confirm` or `return`."""
    locked = session().scalars(
        select(ReadinessClaim).where(ReadinessClaim.id == made.id)
        .with_for_update(of=ReadinessClaim).execution_options(populate_existing=True)
    ).one()
    newest = session().scalar(
        select(func.max(ReadinessClaim.id)).where(
            ReadinessClaim.team_id == locked.team_id, ReadinessClaim.scale == locked.scale
        )
    )
    source = locked.state
    target = rules.CLAIM.step(
        source, step,
        rules.ClaimFacts(
            actor_id=actor.person_id, claimed_by_id=locked.claimed_by_id,
            team_member_ids=frozenset(it.person_id for it in locked.team.present),
            is_newest=newest == locked.id, remark=remark,
        ),
    )
    locked.state, locked.remark = target, remark
    locked.answered_by_id, locked.answered_at = actor.person_id, now
    record_step("readiness-claim", locked.id, step, source, target, actor.person_id, now, remark)
    announce(
        facts.LevelAnswered(
            actor.person_id, locked.team_id, locked.id, locked.scale, locked.level, target
        )
    )
