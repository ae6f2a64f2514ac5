"""Starting, setting up, opening and joining an edition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from workspace.foundation import checks
from workspace.foundation.access import Actor
from workspace.foundation.days import day_in, instant
from workspace.foundation.db import new_public_id, session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.history import record_step
from workspace.foundation.text import lazy
from workspace.grants import actions as grants
from workspace.organisations.models import Organisation
from workspace.programmes import facts, rules
from workspace.programmes.definitions import ProgrammeTemplate
from workspace.programmes.models import Edition, Phase, Programme
from workspace.programmes.queries import plans

CODE_LENGTH = 8


@dataclass(frozen=True)
class NameDraft:
    """Step one of the set-up."""

    title: str
    summary: str
    languages: tuple[str, ...]
    zone: str


@dataclass(frozen=True)
class PhaseDates:
    """New first and last day of one phase."""

    key: str
    title: str
    first: date
    last: date


def create_programme(
    actor: Actor, organisation: Organisation, draft: NameDraft, now: datetime,
    *, key: str | None = None,
) -> Edition:
    """Start a programme with a draft edition of the same title; the actor leads it.

    `key` is the random name that the form carried: sent twice, the form makes one programme.
    """
    assert actor.person_id is not None
    made = session().scalar(
        select(Edition).join(Programme).where(
            Edition.public_id == key, Programme.created_by_id == actor.person_id)
    ) if key else None
    if made is not None:
        return made
    if organisation.kind not in {"university", "facility-host"}:
        raise Refused(
            lazy("A programme belongs to a university or a facility host."), field="organisation"
        )
    programme = Programme(
        organisation_id=organisation.id, title=draft.title, summary=draft.summary,
        languages=list(draft.languages), created_by_id=actor.person_id,
    )
    session().add(programme)
    session().flush()
    edition = Edition(public_id=key or new_public_id(), programme_id=programme.id,
                      title=draft.title, zone=draft.zone)
    session().add(edition)
    session().flush()
    grants.give(
        actor, actor.person_id, "programme-lead", "programme", programme.id, now, basis="setup"
    )
    announce(facts.ProgrammeCreated(actor.person_id, programme.id, edition.id))
    return edition


def _changed(actor: Actor, edition: Edition, *fields: str) -> None:
    announce(facts.EditionChanged(actor.person_id, edition.programme_id, edition.id, fields))


def _must_not_be_over(edition: Edition) -> None:
    if edition.state == rules.EditionState.CLOSED:
        raise Refused(lazy("This edition is closed. It stays as it is."), code="state", status=409)


def rename(actor: Actor, edition: Edition, draft: NameDraft, now: datetime) -> None:
    """Change title, summary, languages and zone. Dates keep their local days in the new zone."""
    _must_not_be_over(edition)
    if not draft.title.strip():
        raise Refused(lazy("Give the edition a title."), field="title")
    if draft.zone != edition.zone and edition.phases:
        for phase in edition.phases:
            first, last = _days(phase, edition.zone)
            phase.starts_at = instant(first, time(0), draft.zone)
            phase.ends_at = instant(last + timedelta(days=1), time(0), draft.zone)
    edition.title, edition.zone = draft.title, draft.zone
    programme = edition.programme
    programme.summary, programme.languages = draft.summary, list(draft.languages)
    _changed(actor, edition, "title", "summary", "languages", "zone")


def use_template(
    actor: Actor, edition: Edition, template: ProgrammeTemplate, starts_on: date, now: datetime
) -> None:
    """Take the phases of a template, from a first day; replaces the phases that are there."""
    if edition.state != rules.EditionState.DRAFT:
        raise Refused(lazy("The edition is open. Move the dates of its phases instead."))
    edition.template = template.id
    edition.starts_on = starts_on
    edition.ends_on = rules.last_day(template, starts_on)
    edition.phases.clear()
    session().flush()
    for position, plan in enumerate(rules.plan(template, starts_on, edition.zone)):
        demand = dict(plan.demand or {})
        edition.phases.append(
            Phase(
                position=position, key=plan.key, title=plan.title, starts_at=plan.starts_at,
                ends_at=plan.ends_at, gate=plan.gate, gate_title=plan.gate_title,
                demand=demand | ({"levels": plan.levels} if plan.levels else {}),
            )
        )
    session().flush()
    _changed(actor, edition, "template", "starts_on", "phases")


def _days(phase: Phase, zone: str) -> tuple[date, date]:
    return day_in(phase.starts_at, zone), day_in(phase.ends_at - timedelta(microseconds=1), zone)


def move_phases(
    actor: Actor, edition: Edition, dates: Sequence[PhaseDates], now: datetime
) -> None:
    """Set first and last day of every phase. Raises Refused with the field that is wrong."""
    _must_not_be_over(edition)
    by_key = {it.key: it for it in edition.phases}
    for wanted in dates:
        phase = by_key[wanted.key]
        phase.title = wanted.title
        phase.starts_at = instant(wanted.first, time(0), edition.zone)
        phase.ends_at = instant(wanted.last + timedelta(days=1), time(0), edition.zone)
    checks.refuse(rules.check_phases(plans(edition)))
    edition.starts_on = min(it.first for it in dates)
    edition.ends_on = max(it.last for it in dates)
    _changed(actor, edition, "phases")


def _step(actor: Actor, edition: Edition, name: str, now: datetime, open_teams: int = 0) -> None:
    locked = session().scalars(
        select(Edition).where(Edition.id == edition.id).with_for_update(of=Edition)
        .execution_options(populate_existing=True)
    ).one()
    source = locked.state
    target = rules.EDITION.step(
        source, name,
        rules.EditionFacts(
            now=now, title=edition.title, starts_on=edition.starts_on, ends_on=edition.ends_on,
            zone=edition.zone, phases=plans(edition), open_teams=open_teams,
        ),
    )
    edition.state = target
    record_step("edition", edition.id, name, source, target, actor.person_id, now)
    announce(
        facts.EditionStepped(
            actor.person_id, edition.programme_id, edition.id, name, source, target
        )
    )


def open_edition(actor: Actor, edition: Edition, now: datetime) -> None:
    """Let people in. Nothing of it was visible to participants before."""
    _step(actor, edition, "open", now)
    if edition.join_code is None:
        edition.join_code = grants.new_code(CODE_LENGTH)
    edition.join_open = True


def close_edition(actor: Actor, edition: Edition, open_teams: int, now: datetime) -> None:
    """End the edition; refused while teams are at work."""
    _step(actor, edition, "close", now, open_teams)
    edition.join_open = False


def renew_code(actor: Actor, edition: Edition, now: datetime) -> str:
    """A new join code; the old one leads nowhere from now on."""
    if edition.state != rules.EditionState.OPEN:
        raise Refused(lazy("Open the edition first: before that nobody could come in."),
                      code="state", status=409)
    edition.join_code = grants.new_code(CODE_LENGTH)
    edition.join_open = True
    _changed(actor, edition, "join_code")
    return edition.join_code


def close_code(actor: Actor, edition: Edition, now: datetime) -> None:
    """Take in nobody by code."""
    edition.join_open = False
    _changed(actor, edition, "join_open")


def join(actor: Actor, edition: Edition, now: datetime) -> None:
    """Take part. Joining twice changes nothing."""
    assert actor.person_id is not None
    if edition.state != rules.EditionState.OPEN or not edition.join_open:
        raise Refused(lazy("This code is no longer in use. Ask for a new one."), field="code")
    if actor.has("participant", "edition", edition.id):
        return
    grants.give(
        actor, actor.person_id, "participant", "edition", edition.id, now, basis="membership"
    )
    announce(
        facts.EditionJoined(actor.person_id, edition.programme_id, edition.id, actor.person_id)
    )
