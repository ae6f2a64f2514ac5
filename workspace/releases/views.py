"""The page door of releases: the team asks, the officer decides, the audience looks."""

from __future__ import annotations

from typing import Any

from flask import url_for

from workspace.foundation.access import Actor, can, find_visible
from workspace.foundation.clock import now, today
from workspace.foundation.errors import Missing
from workspace.foundation.features import house
from workspace.foundation.text import _
from workspace.foundation.unit import write
from workspace.foundation.web import Doors, SignInNeeded, go, page, refusals
from workspace.releases import actions, forms, queries, rules
from workspace.releases.models import Release
from workspace.releases.rules import RELEASE
from workspace.teams.models import Team

doors = Doors("releases")
TEAM, RELEASE_THING = {"team": Team}, {"release": Release}


def drawn(release: Release) -> Any:
    """Exactly what the audience sees, as markup."""
    kind = house().releasable(release.item_kind)
    if kind is None:
        raise Missing
    return kind.draw(release.data)


def audience_word(audience: str, name: str | None) -> str:
    """Who may see it, as people say it."""
    if audience == rules.Audience.PUBLIC:
        return _("Everybody")
    if audience == rules.Audience.SPONSOR:
        return _("Sponsor: %(name)s", name=name or "")
    return _("Accelerator: %(name)s", name=name or "")


@doors.page("/teams/<team>/releases", verb="read", things=TEAM)
def of_team(actor: Actor, team: Team) -> Any:
    """What the team has asked for, and what became of it."""
    return page(
        "releases/of_team.html", team=team, releases=queries.of_team(actor, team),
        label=RELEASE.label, audience_word=audience_word, may_ask=bool(can(actor, "lead", team)),
    )


@doors.page("/teams/<team>/releases/new", verb="request-release", things=TEAM,
            methods=["GET", "POST"])
def new(actor: Actor, team: Team) -> Any:
    """Ask for a release."""
    form = forms.RequestForm()
    offered = queries.offered(actor, team)
    audiences = queries.audiences(team)
    form.item.choices = [(it.key, f"{it.title}, {it.version}") for it in offered]
    form.audience.choices = [
        (key, audience_word(audience, it.name if it else None)) for key, audience, it in audiences
    ]
    kinds = [pair for offer in house().offered("disclosure_kinds") for pair in offer()]
    form.disclosure_kind.choices = [("", _("Not sure")), *kinds]
    if form.validate_on_submit():
        chosen = next(it for it in offered if it.key == form.item.data)
        _key, audience, organisation = next(it for it in audiences if it[0] == form.audience.data)
        with refusals(form):
            release = actions.request_release(
                actor, team,
                actions.RequestDraft(
                    chosen.key, chosen.title, chosen.version, audience, organisation,
                    form.show_on.data, form.purpose.data, form.disclosure_kind.data or "",
                    form.is_enabling.data,
                ),
                now(),
            )
            warning = rules.short_notice(today(team.edition.zone), release.show_on)
            return go(".show", warning or _("The transfer office has your request."),
                      release=release.public_id)
    return page("releases/new.html", form=form, team=team, offered=offered)


@doors.page("/releases/<release>", verb="read", things=RELEASE_THING)
def show(actor: Actor, release: Release) -> Any:
    """One request, with exactly what would be shown."""
    return _show(actor, release)


def _show(actor: Actor, release: Release, form: forms.DecisionForm | None = None) -> Any:
    deciding = bool(can(actor, "decide", release)) and release.state in rules.WAITING_STATES
    return page(
        "releases/show.html", form=form if form is not None and form.errors else None,
        decision_form=form or forms.DecisionForm(formdata=None, seen=release.sha256),
        release=release,
        team=release.team, drawn=drawn(release), label=RELEASE.label(release.state),
        audience=audience_word(
            release.audience,
            release.audience_organisation.name if release.audience_organisation else None,
        ),
        deciding=deciding, openings=queries.openings(release),
        may_withdraw=bool(can(actor, "withdraw", release))
        and any(it.name == "withdraw" for it in RELEASE.allowed(release.state)),
        may_edit=bool(can(actor, "change", release))
        and any(it.name == "edit" for it in RELEASE.allowed(release.state)),
        notice=rules.short_notice(today(release.team.edition.zone), release.show_on)
        if release.state in rules.WAITING_STATES else None,
    )


@doors.page("/releases/<release>/decision", verb="decide", things=RELEASE_THING, methods=["POST"],
            fresh=True)
def decide(actor: Actor, release: Release) -> Any:
    """The officer decides."""
    form = forms.DecisionForm()
    if form.validate_on_submit():
        with refusals(form):
            actions.decide(
                actor, release,
                actions.DecisionDraft(
                    form.decision.data, form.text.data or "", form.held_until.data,
                    form.seen.data or "-",
                ),
                now(),
            )
            return go(".queue", _("Your decision is with the team."))
    return _show(actor, release, form)


@doors.page("/releases/<release>/again", verb="change", things=RELEASE_THING,
            methods=["GET", "POST"])
def again(actor: Actor, release: Release) -> Any:
    """Ask again with the edits."""
    form = forms.AgainForm(show_on=max(release.show_on, today(release.team.edition.zone)),
                           purpose=release.purpose)
    offered = [it for it in queries.offered(actor, release.team)
               if it.kind.kind == release.item_kind]
    form.item.choices = [(it.key, f"{it.title}, {it.version}") for it in offered]
    if form.validate_on_submit():
        chosen = next(it for it in offered if it.key == form.item.data)
        with refusals(form):
            actions.ask_again(actor, release, form.show_on.data, form.purpose.data, chosen.key,
                              chosen.version, now())
            return go(".show", _("The transfer office has your request."),
                      release=release.public_id)
    return page("releases/again.html", form=form, release=release, team=release.team)


@doors.page("/releases/<release>/withdrawal", verb="withdraw", things=RELEASE_THING,
            methods=["POST"])
def withdraw(actor: Actor, release: Release) -> Any:
    """Take it back."""
    actions.withdraw(actor, release, now())
    return go(".show", _("Withdrawn. Nobody outside can open it any more."),
              release=release.public_id)


@doors.page("/released/<release>", verb="view", kind=Release,
            public="released items may be for everybody")
def released(actor: Actor, release: str) -> Any:
    """What the audience sees: exactly what was approved, logged."""
    try:
        found = find_visible(actor, Release, release)
    except Missing:
        if actor.is_visitor:
            raise SignInNeeded from None
        raise
    if not queries.is_shown(actor, found):
        return go(".show", release=found.public_id)  # its own team looks before it is shown
    if queries.is_audience(actor, found):
        with write():
            actions.note_opening(actor, found, now())
    return page("releases/released.html", release=found, team=found.team, drawn=drawn(found))


@doors.page("/queue", verb="see-queue", kind=Release)
def queue(actor: Actor) -> Any:
    """What waits for the transfer officer, by date."""
    lines = [
        queries.QueueItem(
            title=f"{it.team.name}: {it.item_title}",
            detail=_("%(audience)s, from %(day)s", audience=audience_word(
                it.audience, it.audience_organisation.name if it.audience_organisation else None),
                day=_day(it)),
            due=it.show_from, url=url_for(".show", release=it.public_id), action=_("Decide"),
            icon="send",
            tone="warn" if rules.short_notice(today(it.team.edition.zone), it.show_on) else "info",
        )
        for it in queries.waiting_for(actor)
    ]
    lines += queries.queue_of_others(actor)
    lines.sort(key=lambda it: (it.due is None, it.due))
    return page("releases/queue.html", lines=lines, at=now())


def _day(release: Release) -> str:
    from flask_babel import format_date

    return str(format_date(release.show_on))
