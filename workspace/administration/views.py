"""The page door of the administrator's desk."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request
from flask_babel import format_timedelta, get_timezone
from sqlalchemy import or_, select

from workspace.accounts.models import Person
from workspace.administration import actions, facts, queries, rules
from workspace.administration.access import Platform
from workspace.administration.forms import AdministratorForm, GlassForm
from workspace.administration.models import GlassBroken
from workspace.foundation import limits
from workspace.foundation.access import Actor, can, visible
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Missing, Refused
from workspace.foundation.facts import announce
from workspace.foundation.features import System, house
from workspace.foundation.sheets import csv_file
from workspace.foundation.text import _, ngettext
from workspace.foundation.web import Doors, go, page, refusals
from workspace.grants.rules import LABELS, SCOPE_OF, Role
from workspace.journal import keys, statements
from workspace.journal.checking import verify
from workspace.journal.rules import exported, mark

doors = Doors("administration")
SCOPES = ("platform", "organisation", "programme", "edition", "challenge", "team", "submission")
FAULTS_SHOWN = 20


def system() -> list[System]:
    """How the parts of the installation are, as they say themselves."""
    return [it for offer in house().offered("system") for it in offer()]


@doors.page("/administration", verb="administer", kind=Platform)
def index(actor: Actor) -> Any:
    """What needs an administrator now: parts that ail, people who wait, open glass."""
    at = now()
    waiting, total = queries.unconfirmed(actor, 5)
    return page(
        "administration/index.html", parts=system(), waiting=waiting, total=total, at=at,
        openings=[it for it in queries.openings(actor) if it.is_open(at)],
    )


@doors.page("/administration/system", verb="administer", kind=Platform, name="system")
def system_page(actor: Actor) -> Any:
    """Every part of the installation with its state."""
    return page("administration/system.html", parts=system(), at=now())


# --- roles ------------------------------------------------------------------------------------


@doors.page("/administration/roles", verb="administer", kind=Platform, methods=["GET", "POST"],
            fresh=True)
def roles(actor: Actor) -> Any:
    """What each role is for, how many hold it, and who administrates."""
    form = AdministratorForm()
    if request.method == "POST" and form.validate():
        with refusals(form):
            person = actions.make_administrator(actor, str(form.email.data), now())
            return go(".roles", _("%(name)s is an administrator now.", name=person.name))
    at = now()
    counts = queries.role_counts(at)
    rows = [
        {"label": LABELS[role], "scope": SCOPE_OF[role], "count": counts[role],
         "note": rules.ROLE_SENTENCES[role]}
        for role in Role
    ]
    return page("administration/roles.html", form=form, rows=rows,
                people=queries.administrators(at))


@doors.page("/administration/administrators/<person>/end", verb="administer", kind=Platform,
            methods=["POST"], fresh=True)
def end_administrator(actor: Actor, person: str) -> Any:
    """Somebody administrates no more."""
    who = session().scalar(select(Person).where(Person.public_id == person))
    if who is None or who not in queries.administrators(now()):
        raise Refused(_("This person is no administrator any more. Reload the page."))
    actions.end_administrator(actor, who, now())
    return go(".roles" if who.id != actor.person_id else "home.index",
              _("%(name)s is no administrator any more.", name=who.name))


@doors.page("/administration/invitations", verb="administer", kind=Platform)
def invitations(actor: Actor) -> Any:
    """Every way into the house that can still be used."""
    rows, more = queries.open_invitations(now(), request.args.get("before", type=int))
    return page("administration/invitations.html", rows=rows, more=more, labels=LABELS)


# --- looking in an emergency --------------------------------------------------------------------


@doors.page("/administration/break-glass", verb="administer", kind=Platform,
            methods=["GET", "POST"], fresh=True)
def break_glass(actor: Actor) -> Any:
    """Say why, and read one team's work for four hours; the team is told at once."""
    form = GlassForm()
    if request.method == "POST" and form.validate():
        with refusals(form):
            limits.count("break-glass", "20 per day", actor.person_id)
            glass = actions.break_glass(actor, str(form.team.data), str(form.reason.data), now())
            return go(".glass", _("You can read this team's work until the time below. The team "
                                  "has been told."), glass=glass.public_id)
    return page("administration/break_glass.html", form=form, rows=queries.openings(actor),
                at=now(), hours=rules.HOURS)


@doors.page("/break-glass/<glass>", verb="view", things={"glass": GlassBroken})
def glass(actor: Actor, glass: GlassBroken) -> Any:
    """Who may read what, why and until when; for the team and for administrators."""
    return page("administration/glass.html", glass=glass, at=now(),
                knows=bool(can(actor, "view", glass.team)),
                may_end=bool(can(actor, "end", glass)),
                mine=glass.person_id == actor.person_id)


@doors.page("/break-glass/<glass>/end", verb="end", things={"glass": GlassBroken},
            methods=["POST"])
def end_glass(actor: Actor, glass: GlassBroken) -> Any:
    """Nothing can be read any more."""
    actions.end_glass(actor, glass, now())
    return go(".glass", _("The team's work is closed to you again."), glass=glass.public_id)


# --- the record ---------------------------------------------------------------------------------


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _filters(actor: Actor) -> tuple[queries.Filters, dict[str, str]]:
    """The filters of the address, and the words in it."""
    words = {it: request.args.get(it, "").strip()[:200]
             for it in ("event", "who", "scope", "since", "until")}
    zone = ZoneInfo(str(get_timezone() or "UTC"))
    since, until = _day("since"), _day("until")
    who = ""
    if words["who"]:
        person = session().scalars(
            visible(actor, Person).where(
                or_(Person.email == words["who"].lower(), Person.public_id == words["who"],
                    Person.name.icontains(words["who"], autoescape=True))
            ).order_by(Person.id).limit(1)
        ).first()
        who = person.public_id if person is not None else "nobody"
    return queries.Filters(
        event=words["event"], who=who, scope=words["scope"] if words["scope"] in SCOPES else "",
        since=datetime.combine(since, time(), zone).astimezone(UTC) if since else None,
        until=(datetime.combine(until + timedelta(days=1), time(), zone).astimezone(UTC)
               if until and until < date.max else None),
    ), {key: value for key, value in words.items() if value}


@doors.page("/administration/audit", verb="administer", kind=Platform)
def audit(actor: Actor) -> Any:
    """Who did what, when: ids and names of fields, never content."""
    filters, asked = _filters(actor)
    rows, more = queries.page_of(filters, request.args.get("before", type=int))
    key, head = keys.newest(), statements.newest()
    age = format_timedelta(head.created_at - now(), granularity="minute", add_direction=True) \
        if head else ""
    return page("administration/audit.html", rows=rows, more=more, asked=asked,
                filtered=filters.any, events=queries.events(), scopes=SCOPES,
                signed=head, age=age, key=key,
                key_mark=mark(key.public_key) if key else "")


@doors.page("/administration/audit/head", verb="administer", kind=Platform)
def audit_head(actor: Actor) -> Any:
    """The last signed head of the record, to be kept elsewhere: hashes and numbers, no name."""
    head = statements.newest()
    if head is None:
        raise Missing
    answer = Response(exported(head.body, head.signature), mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment",
                       filename=f"record-head-{head.number}.json")
    return answer


@doors.page("/administration/audit/export", verb="administer", kind=Platform, methods=["POST"],
            fresh=True)
def export_audit(actor: Actor) -> Any:
    """The lines that the filters leave, as a table; at most 10 000."""
    limits.count("export", "10 per hour", actor.person_id)
    filters, _words = _filters(actor)
    rows = queries.read(list(session().scalars(
        queries.record(filters).limit(queries.MOST_LINES))))
    announce(facts.RecordExported(actor.person_id, len(rows)))
    return csv_file(
        "record.csv", ["time", "person", "person key", "event", "scope", "scope key", "line",
                       "details"],
        ((it.at.isoformat(), it.who, it.who_id, it.event, it.scope, it.scope_id, it.seq,
          "; ".join(f"{name}={value}" for name, value in it.details)) for it in rows),
    )


@doors.page("/administration/audit/check", verb="administer", kind=Platform, methods=["POST"])
def check_audit(actor: Actor) -> Any:
    """Follow every chain of the record from its first line."""
    limits.count("check-record", "10 per hour", actor.person_id)
    faults = verify()
    announce(facts.RecordChecked(actor.person_id, len(faults)))
    if not faults:
        return go(".audit", _("The record holds: no line was changed or is missing."))
    return page("administration/audit_faults.html", faults=faults[:FAULTS_SHOWN], status=200,
                title=ngettext("%(num)s thing in the record does not hold",
                               "%(num)s things in the record do not hold", len(faults)))
