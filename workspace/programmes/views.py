"""The page door of programmes: set-up in four steps, joining by code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import request, url_for

from workspace.foundation import limits
from workspace.foundation.access import Actor
from workspace.foundation.clock import now, today
from workspace.foundation.days import day_in
from workspace.foundation.features import house
from workspace.foundation.forms import Form
from workspace.foundation.text import _, lazy, ngettext
from workspace.foundation.web import Doors, go, page, refusals
from workspace.organisations.models import Organisation
from workspace.programmes import actions, forms, invitations, queries, rules
from workspace.programmes.definitions import built_in
from workspace.programmes.models import Edition, Programme

doors = Doors("programmes")
EDITION = {"edition": Edition}


@doors.page("/programmes", own=True)
def index(actor: Actor) -> Any:
    """Editions that the person leads, and open ones."""
    led = actor.scopes("programme-lead", "programme")
    editions = queries.open_editions(actor)
    own = queries.led_editions(actor)
    return page(
        "programmes/index.html", own=own,
        others=[it for it in editions if it.programme_id not in led], Programme=Programme,
    )


@doors.page("/programmes/new", verb="create", kind=Programme, methods=["GET", "POST"])
def new(actor: Actor) -> Any:
    """Step one for a programme that does not exist yet."""
    houses = queries.homes(actor)
    form = forms.NewForm(zone=actor.zone or "Europe/Rome")
    form.organisation.choices = [(it.public_id, it.name) for it in houses]
    if form.validate_on_submit():
        chosen: Organisation = next(it for it in houses if it.public_id == form.organisation.data)
        with refusals(form):
            edition = actions.create_programme(actor, chosen, form.draft(), now(),
                                               key=form.key.data)
            return go(".set_up", _("The draft is made. Choose the phases next."),
                      edition=edition.public_id)
    return page("programmes/new.html", form=form)


def _set_up(actor: Actor, edition: Edition, opened: str | None = None, **wrong: Any) -> Any:
    """The set-up page; `wrong` are forms that came back with errors."""
    templates = built_in()
    name = wrong.get("name_form") or forms.NameForm(
        formdata=None, title=edition.title, summary=edition.programme.summary,
        languages=edition.programme.languages, zone=edition.zone,
    )
    template = wrong.get("template_form") or _template_form(edition, formdata=None)
    phases = wrong.get("phases_form") or forms.PhasesForm(
        formdata=None,
        phases=[
            {
                "key": it.key, "title": it.title, "first": day_in(it.starts_at, edition.zone),
                "last": day_in(it.ends_at - timedelta(microseconds=1), edition.zone),
            }
            for it in edition.phases
        ],
    )
    invite = wrong.get("invite_form") or forms.InviteForm(formdata=None)
    broken = next((it for it in wrong.values() if it is not None and it.errors), None)
    counts = {
        key: value for offer in house().offered("set_up") for key, value in offer(edition).items()
    }
    steps_done = [bool(edition.title), bool(edition.phases), bool(counts.get("challenges")),
                  queries.participants(edition) > 0]
    first_open = next((n for n, done in enumerate(steps_done, 1) if not done), None)
    return page(
        "programmes/set_up.html", form=broken, edition=edition, templates=templates,
        name_form=name, template_form=template, phases_form=phases, invite_form=invite,
        done=steps_done, opened=opened or request.args.get("step") or str(first_open or ""),
        counts=counts, participants=queries.participants(edition),
        step_form=wrong.get("step_form"),
        language_names=[word for key, word in forms.LANGUAGE_NAMES
                        if key in edition.programme.languages],
        samples=next(iter(house().offered("samples")), None),
        objections=rules.EDITION.objections(
            edition.state, "open",
            rules.EditionFacts(
                now=now(), title=edition.title, starts_on=edition.starts_on,
                ends_on=edition.ends_on, zone=edition.zone, phases=queries.plans(edition),
            ),
        ) if edition.state == "draft" else (),
        invited=invitations.waiting(edition),
    )


def _template_form(edition: Edition, **options: Any) -> forms.TemplateForm:
    start = edition.starts_on or rules.monday_of(today(edition.zone)) + timedelta(days=7)
    form = forms.TemplateForm(
        template=edition.template or built_in()[0].id, starts_on=start, **options
    )
    form.template.choices = [(it.id, it.title) for it in built_in()]
    return form


@doors.page("/editions/<edition>/set-up", verb="lead", things=EDITION)
def set_up(actor: Actor, edition: Edition) -> Any:
    """Four steps, in any order."""
    return _set_up(actor, edition)


@doors.page("/editions/<edition>/name", verb="lead", things=EDITION, methods=["POST"])
def name(actor: Actor, edition: Edition) -> Any:
    """Step one again."""
    form = forms.NameForm()
    if form.validate_on_submit():
        with refusals(form):
            actions.rename(actor, edition, form.draft(), now())
            return go(".set_up", _("Saved."), edition=edition.public_id)
    return _set_up(actor, edition, "1", name_form=form)


@doors.page("/editions/<edition>/template", verb="lead", things=EDITION, methods=["POST"])
def template(actor: Actor, edition: Edition) -> Any:
    """Step two: take the phases of a template."""
    form = _template_form(edition)
    if form.validate_on_submit() and form.starts_on.data is not None:
        chosen = next(it for it in built_in() if it.id == form.template.data)
        with refusals(form):
            actions.use_template(actor, edition, chosen, form.starts_on.data, now())
            return go(".set_up", _("The phases are set. Move their dates if you like."),
                      edition=edition.public_id)
    return _set_up(actor, edition, "2", template_form=form)


@doors.page("/editions/<edition>/phases", verb="lead", things=EDITION, methods=["POST"])
def phases(actor: Actor, edition: Edition) -> Any:
    """Step two, later: move the dates."""
    form = forms.PhasesForm()
    known = {it.key for it in edition.phases}
    if form.validate_on_submit() and {it.key for it in form.dates()} == known:
        with refusals(form):
            actions.move_phases(actor, edition, form.dates(), now())
            return go(".set_up", _("The dates are moved."), edition=edition.public_id)
    elif not form.errors:
        form.refuse(lazy("The phases changed meanwhile. Reload the page and try again."))
    return _set_up(actor, edition, "2", phases_form=form)


@doors.page("/editions/<edition>/open", verb="lead", things=EDITION, methods=["POST"])
def open_edition(actor: Actor, edition: Edition) -> Any:
    """Let people in."""
    form = Form()
    with refusals(form):
        if edition.state != rules.EditionState.OPEN:
            actions.open_edition(actor, edition, now())
        return go(".set_up", _("The edition is open. Share the join code."),
                  edition=edition.public_id, step="4")
    return _set_up(actor, edition, step_form=form)


@doors.page("/editions/<edition>/close", verb="lead", things=EDITION, methods=["POST"])
def close_edition(actor: Actor, edition: Edition) -> Any:
    """End the edition."""
    open_teams = sum(
        int(offer(edition).get("open_teams", 0)) for offer in house().offered("set_up")
    )
    form = Form()
    with refusals(form):
        if edition.state != rules.EditionState.CLOSED:
            actions.close_edition(actor, edition, open_teams, now())
        return go(".set_up", _("The edition is closed."), edition=edition.public_id)
    return _set_up(actor, edition, step_form=form)


@doors.page("/editions/<edition>/code", verb="lead", things=EDITION, methods=["POST"])
def code(actor: Actor, edition: Edition) -> Any:
    """A new join code, or none."""
    if request.form.get("close"):
        actions.close_code(actor, edition, now())
        return go(".set_up", _("Nobody can join by code any more."),
                  edition=edition.public_id, step="4")
    actions.renew_code(actor, edition, now())
    return go(".set_up", _("The code is new. The old one leads nowhere."),
              edition=edition.public_id, step="4")


@doors.page("/editions/<edition>/invite", verb="lead", things=EDITION, methods=["POST"])
def invite(actor: Actor, edition: Edition) -> Any:
    """Step four: invite people by mail."""
    form = forms.InviteForm()
    if form.validate_on_submit():
        with refusals(form):
            sent = invitations.invite_people(actor, edition, form.addresses.data, now())
            if not sent:
                return go(".set_up", _("Nobody new is on this list: everybody takes part or has "
                                       "just been invited."), edition=edition.public_id, step="4")
            return go(
                ".set_up",
                ngettext("%(num)d invitation is on its way.",
                         "%(num)d invitations are on their way.", sent),
                edition=edition.public_id, step="4",
            )
    return _set_up(actor, edition, "4", invite_form=form)


@doors.page("/editions/<edition>/samples", verb="lead", things=EDITION, methods=["POST"],
            writes="room")
def samples(actor: Actor, edition: Edition) -> Any:
    """Add sample teams, or take them away again."""
    for offer in house().offered("samples"):
        if request.form.get("remove"):
            offer.remove(actor, edition, now())
            message = _("The sample teams are gone.")
        else:
            offer.add(actor, edition, now())
            message = _("The sample teams are here. One click removes them.")
        return go(".set_up", message, edition=edition.public_id)
    return go(".set_up", edition=edition.public_id)


@doors.page("/enter", own=True, methods=["GET", "POST"])
def enter(actor: Actor) -> Any:
    """Join an edition by its code: shows what it is, and joins by POST."""
    form = forms.CodeForm(request.form if request.method == "POST" else request.args)
    edition = None
    if form.code.data:
        limits.count("join-code", "30 per hour", actor.person_id)
        edition = queries.by_code(form.code.data)
    if request.method == "POST" and form.validate():
        if edition is None:
            form.refuse(lazy("No open edition has this code. Check it, or ask for a new one."),
                        "code")
        else:
            with refusals(form):
                actions.join(actor, edition, now())
                return go("home.index", _("You take part in %(edition)s.", edition=edition.title))
    elif request.method == "GET" and form.code.data and edition is None:
        form.validate()
        form.refuse(lazy("No open edition has this code. Check it, or ask for a new one."), "code")
    return page("programmes/enter.html", form=form, edition=edition)


def enter_url(edition: Edition) -> str | None:
    """The link that people share."""
    if not edition.join_code or not edition.join_open:
        return None
    return url_for("programmes.enter", code=edition.join_code, _external=True)
