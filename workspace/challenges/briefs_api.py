"""API door: the brief of a challenge and its course. The same actions and checks as the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as fields_of
from dataclasses import replace
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf, Range

from workspace.challenges import access, actions, queries
from workspace.challenges.brief import (
    MAX_CRITERIA,
    Brief,
    Confidentiality,
    Criterion,
    IpModel,
    Prize,
    Terms,
    Timeline,
    check_brief,
)
from workspace.challenges.forms import FIRST_YEAR, LAST_YEAR, MOST
from workspace.challenges.models import Challenge
from workspace.challenges.rules import LOCKED_STATES
from workspace.foundation.access import Actor, can
from workspace.foundation.api import Api, Text
from workspace.foundation.checks import refuse
from workspace.foundation.clock import now
from workspace.foundation.errors import Refused
from workspace.foundation.forms import LONG, SHORT
from workspace.foundation.text import _
from workspace.foundation.unit import write

API = Api("briefs", "Challenges")
ONE = {"challenge": Challenge}


def number(least: int = 0, most: int = MOST) -> fields.Integer:
    """A whole number."""
    return fields.Integer(strict=True, validate=Range(least, most))


class Moment(fields.AwareDateTime):
    """An instant with its offset, in years that a calendar of ours knows."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        at = super()._deserialize(value, attr, data, **options)
        if not FIRST_YEAR <= at.year <= LAST_YEAR:
            raise self.make_error("invalid", input=value, obj_type="datetime")
        return at


class CriterionPart(Schema):
    """One thing by which entries are judged."""

    title = Text(required=True)
    weight = fields.Integer(strict=True, required=True, validate=Range(0, 100))
    measure = Text(maximum=SHORT, load_default="")


class TermsPart(Schema):
    """Who owns what a team makes, and what the sponsor may take."""

    model = fields.String(validate=OneOf(["", *(it.value for it in IpModel)]))
    background = Text(maximum=2000)
    option_field = Text(maximum=SHORT)
    option_period_days = number(0, 3650)
    option_fee_eur = number()
    fallback_after_option = Text(maximum=SHORT)
    publication_review_days = number(0, 3650)
    max_publication_delay_days = number(0, 3650)
    thesis_always_examinable = fields.Boolean(truthy={True}, falsy={False})


class PrizePart(Schema):
    """What the winning teams get."""

    cash = number()
    in_kind = Text(maximum=SHORT)


class TimelinePart(Schema):
    """The dates of a challenge."""

    opens_at = Moment(allow_none=True)
    applications_close_at = Moment(allow_none=True)
    kick_off_at = Moment(allow_none=True)
    mid_review_at = Moment(allow_none=True)
    submission_at = Moment(allow_none=True)
    demo_day_at = Moment(allow_none=True)
    decision_within_days = number(0, 3650)


class BriefOut(Schema):
    """The whole brief and its state; what the reader may not read is null."""

    id = fields.String(required=True)
    state = fields.String(required=True)
    title = fields.String(required=True)
    sector = fields.String(required=True)
    problem = fields.String(required=True, allow_none=True)
    background = fields.String(required=True, allow_none=True)
    constraints = fields.String(required=True, allow_none=True)
    annex = fields.String(required=True, allow_none=True)
    confidentiality = fields.String(required=True)
    criteria = fields.List(fields.Nested(CriterionPart), required=True)
    terms = fields.Nested(TermsPart, required=True)
    prize = fields.Nested(PrizePart, required=True)
    timeline = fields.Nested(TimelinePart, required=True)
    provided = fields.String(required=True)
    team_min = fields.Integer(required=True)
    team_max = fields.Integer(required=True)
    max_teams = fields.Integer(required=True)
    agreement_text = fields.String(required=True, allow_none=True)
    agreement_days = fields.Integer(required=True)


class BriefIn(Schema):
    """What may be said about a challenge; what is left out stays. Nothing has to be complete."""

    title = Text()
    sector = Text(maximum=60)
    problem = Text(maximum=LONG)
    background = Text(maximum=LONG)
    constraints = Text(maximum=LONG)
    annex = Text(maximum=LONG)
    confidentiality = fields.String(validate=OneOf([it.value for it in Confidentiality]))
    criteria = fields.List(fields.Nested(CriterionPart), validate=Length(max=MAX_CRITERIA))
    terms = fields.Nested(TermsPart)
    prize = fields.Nested(PrizePart)
    timeline = fields.Nested(TimelinePart)
    provided = Text(maximum=LONG)
    team_min = number(0, 1000)
    team_max = number(0, 1000)
    max_teams = number(0, 10_000)
    agreement_text = Text(maximum=LONG)
    agreement_days = number(1, 3650)


class ChallengeIn(BriefIn):
    """A new challenge: its edition, its sponsor, and what is known already."""

    edition = Text(least=1, maximum=64, required=True)
    sponsor = Text(least=1, maximum=64, required=True)


class SignedIn(Schema):
    """The programme lead's word that the sponsor has signed the terms."""

    terms_signed = fields.Boolean(required=True, truthy={True}, falsy={False})


class ReasonIn(Schema):
    """One reason, kept in the history."""

    reason = Text(least=1, maximum=2000, required=True)


def told(actor: Actor, challenge: Challenge) -> dict[str, Any]:
    """A brief as far as the person may read it."""
    brief = challenge.brief
    opened, annex = bool(can(actor, "read-brief", challenge)), bool(
        can(actor, "read-annex", challenge))
    promised = annex or bool(can(actor, "sign", challenge)) or access.may_oversee(actor, challenge)
    found = {one.name: getattr(brief, one.name) for one in fields_of(brief)}
    hidden = {
        "problem": opened, "background": opened, "constraints": opened, "annex": annex,
        "agreement_text": bool(promised),
    }
    found |= {name: None for name, may in hidden.items() if not may}
    if found["annex"] and not access.is_sponsor(actor, challenge):
        with write():
            actions.note_opened(actor, challenge)
    return found | {"id": challenge.public_id, "state": str(challenge.state_at(now()))}


def read(actor: Actor, draft: Mapping[str, Any], before: Brief, *, annex: bool) -> Brief:
    """The brief with what was sent; `annex` says whether the person may write the annex."""
    if "annex" in draft and not annex:
        raise Refused(_("Only the sponsor writes the annex."), field="annex")
    plain = {one.name for one in fields_of(Brief)} - {"criteria", "terms", "prize", "timeline"}
    made = replace(before, **{name: draft[name] for name in plain if name in draft})
    if "criteria" in draft:
        made = replace(made, criteria=tuple(
            Criterion(it["title"], it["weight"], it["measure"]) for it in draft["criteria"]
        ))
    terms: Terms = replace(before.terms, **draft.get("terms", {}))
    prize: Prize = replace(before.prize, **draft.get("prize", {}))
    timeline: Timeline = replace(before.timeline, **draft.get("timeline", {}))
    return replace(made, terms=terms, prize=prize, timeline=timeline)


@API.door("/challenges", verb="create", kind=Challenge, method="POST", takes=ChallengeIn,
          gives=BriefOut, creates=True,
          example={"edition": "…", "sponsor": "…", "title": "Quieter wards"})
def begin(actor: Actor, draft: dict[str, Any]) -> Any:
    """Begin a challenge as a draft."""
    edition = next((it for it in queries.editions_for_briefs(actor)
                    if it.public_id == draft["edition"]), None)
    if edition is None:
        raise Refused(_("Choose an edition from the list."), field="edition")
    sponsor = next((it for it in queries.sponsors_for_briefs(actor)
                    if it.public_id == draft["sponsor"]), None)
    if sponsor is None:
        raise Refused(_("Choose an organisation from the list."), field="sponsor")
    brief = read(actor, draft, Brief(),
                 annex=actor.has("sponsor", "organisation", sponsor.id))
    return told(actor, actions.open_challenge(actor, edition, sponsor, brief, now()))


@API.door("/challenges/<challenge>/brief", verb="view", things=ONE, gives=BriefOut)
def brief(actor: Actor, challenge: Challenge) -> dict[str, Any]:
    """The words of a challenge, as far as you may read them."""
    return told(actor, challenge)


@API.door("/challenges/<challenge>/brief", verb="edit", things=ONE, method="PATCH",
          takes=BriefIn, gives=BriefOut, of=brief, example={"title": "Quieter wards"})
def change(actor: Actor, draft: dict[str, Any], challenge: Challenge) -> Any:
    """Change the brief; after publication only what is not locked."""
    annex = bool(access.may_read_annex(actor, challenge))
    made = read(actor, draft, challenge.brief, annex=annex)
    if challenge.state in LOCKED_STATES:
        refuse([*actions.problems_of_change(challenge, made, now()), *check_brief(made)])
    actions.change_brief(actor, challenge, made, now())
    return told(actor, challenge)


@API.door("/challenges/<challenge>/submission", verb="submit", things=ONE, method="POST",
          gives=BriefOut, of=brief)
def submit(actor: Actor, challenge: Challenge) -> Any:
    """Send the brief to review."""
    actions.submit(actor, challenge, now())
    return told(actor, challenge)


@API.door("/challenges/<challenge>/publication", verb="publish", things=ONE, method="POST",
          takes=SignedIn, gives=BriefOut, of=brief, example={"terms_signed": True})
def publish(actor: Actor, draft: dict[str, Any], challenge: Challenge) -> Any:
    """Publish the brief exactly as you have read it."""
    actions.approve(actor, challenge, now(), terms_signed=draft["terms_signed"])
    return told(actor, challenge)


@API.door("/challenges/<challenge>/changes", verb="publish", things=ONE, method="POST",
          takes=ReasonIn, gives=BriefOut, of=brief, example={"reason": "Name the wards"})
def give_back(actor: Actor, draft: dict[str, Any], challenge: Challenge) -> Any:
    """Give the brief back to the sponsor with what to change."""
    actions.request_changes(actor, challenge, draft["reason"], now())
    return told(actor, challenge)


@API.door("/challenges/<challenge>/cancellation", verb="run", things=ONE, method="POST",
          takes=ReasonIn, gives=BriefOut, of=brief, example={"reason": "Ward closed"})
def cancel(actor: Actor, draft: dict[str, Any], challenge: Challenge) -> Any:
    """Cancel with a reason; everybody who entered is told why."""
    actions.cancel(actor, challenge, draft["reason"], now())
    return told(actor, challenge)


@API.door("/challenges/<challenge>/decision", verb="decide", things=ONE, method="POST",
          gives=BriefOut, of=brief)
def decide(actor: Actor, challenge: Challenge) -> Any:
    """Agree with the decision for your side."""
    side = "sponsor" if access.is_sponsor(actor, challenge) else "programme"
    actions.agree_decision(actor, challenge, now(), side=side)
    return told(actor, challenge)


@API.door("/challenges/<challenge>/completion", verb="run", things=ONE, method="POST",
          gives=BriefOut, of=brief)
def complete(actor: Actor, challenge: Challenge) -> Any:
    """End a decided challenge without an option."""
    actions.complete(actor, challenge, now())
    return told(actor, challenge)
