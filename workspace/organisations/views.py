"""The page door of organisations."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import get_locale

from workspace.foundation.access import Actor, can
from workspace.foundation.clock import now
from workspace.foundation.features import house
from workspace.foundation.text import _
from workspace.foundation.web import Doors, go, page, refusals
from workspace.organisations import actions, queries, rules
from workspace.organisations.forms import OrganisationForm, RegistrationForm
from workspace.organisations.models import Organisation

doors = Doors("organisations", prefix="/organisations")


@doors.page("", verb="list", kind=Organisation)
def index(actor: Actor) -> Any:
    """Organisations that the person belongs to; all for administrators."""
    kind = request.args.get("kind", "")
    kind = kind if kind in set(rules.Kind) else ""
    words = request.args.get("q", "").strip()[:200]
    most = min(max(request.args.get("most", queries.PAGE, type=int), queries.PAGE), 500)
    rows, total = queries.organisations(actor, kind, words, most)
    return page(
        "organisations/index.html",
        rows=rows,
        total=total,
        kind=kind,
        q=words,
        most=most,
        kinds=rules.KIND_WORDS,
        may_create=bool(can(actor, "create", Organisation)),
        country=country,
    )


@doors.page("/new", verb="create", kind=Organisation, methods=["GET", "POST"])
def new(actor: Actor) -> Any:
    """Enter an organisation."""
    form = OrganisationForm()
    if request.method == "POST" and form.validate():
        with refusals(form):
            made = actions.create(actor, _draft(form), now())
            return go(
                "organisations.show",
                _("The organisation is entered. Invite its people."),
                organisation=made.public_id,
            )
    return page("organisations/edit.html", form=form, organisation=None)


@doors.page("/<organisation>", verb="view", things={"organisation": Organisation})
def show(actor: Actor, organisation: Organisation) -> Any:
    """What it is, who belongs to it."""
    cards = sorted(
        (it for feature in house().features for it in feature.cards if it.place == "organisation"),
        key=lambda it: it.order,
    )
    drawn = [(it.column, it.draw(actor, organisation)) for it in cards]
    return page(
        "organisations/show.html",
        organisation=organisation,
        kind=rules.KIND_WORDS[rules.Kind(organisation.kind)],
        country=country,
        main=[it for column, it in drawn if it is not None and column == "main"],
        rail=[it for column, it in drawn if it is not None and column == "rail"],
        may_manage=bool(can(actor, "manage", organisation)),
    )


@doors.page(
    "/<organisation>/edit",
    verb="manage",
    things={"organisation": Organisation},
    methods=["GET", "POST"],
)
def edit(actor: Actor, organisation: Organisation) -> Any:
    """Change what it says of itself."""
    form = OrganisationForm(obj=organisation)
    form.kind.data = organisation.kind
    if request.method == "POST" and form.validate():
        with refusals(form):
            actions.edit(actor, organisation, _draft(form))
            return go(
                "organisations.show",
                _("The organisation is saved."),
                organisation=organisation.public_id,
            )
    return page("organisations/edit.html", form=form, organisation=organisation)


@doors.page(
    "/<organisation>/registration",
    verb="manage",
    things={"organisation": Organisation},
    methods=["GET", "POST"],
)
def registration(actor: Actor, organisation: Organisation) -> Any:
    """Who may join without an invitation."""
    form = RegistrationForm(
        is_open=organisation.open_registration, domains=", ".join(organisation.email_domains)
    )
    if request.method == "POST" and form.validate():
        with refusals(form):
            actions.set_registration(
                actor, organisation, form.is_open.data, rules.as_domains(form.domains.data or "")
            )
            return go("organisations.show", _("Saved."), organisation=organisation.public_id)
    return page("organisations/registration.html", form=form, organisation=organisation)


def _draft(form: OrganisationForm) -> actions.Draft:
    return actions.Draft(
        name=form.name.data,
        kind=form.kind.data,
        country=form.country.data or "",
        city=form.city.data or "",
        website=form.website.data or "",
        about=form.about.data or "",
    )


def country(code: str) -> str:
    """The country's name in the reader's language."""
    locale = get_locale()
    return str(locale.territories.get(code, code)) if locale and code else code
