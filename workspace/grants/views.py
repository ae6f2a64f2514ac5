"""The page door of grants: coming in by invitation, and the people of an organisation."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import request, url_for
from flask import session as cookie

from workspace.accounts.doors import DOORS as ACCOUNTS
from workspace.accounts.models import Person
from workspace.foundation import limits
from workspace.foundation.access import Actor, can, find_visible
from workspace.foundation.clock import now
from workspace.foundation.errors import Missing
from workspace.foundation.parts import address
from workspace.foundation.shell import role_word
from workspace.foundation.text import _, ngettext
from workspace.foundation.web import Doors, go, go_to, local_path, page, refusals
from workspace.grants import actions, membership, ways_in
from workspace.grants.forms import CodeForm, InviteForm, RolesForm, WayForm
from workspace.grants.models import Invitation
from workspace.grants.queries import open_invitations, roles_in
from workspace.organisations.models import Organisation
from workspace.organisations.rules import ALL_ROLES, ROLE_NOTES, roles_of

DOORS = Doors("grants")
MADE = "way_in"
"""Cookie field: a link and code to show once, to whoever made them."""


# --- coming in ------------------------------------------------------------------------------


@ACCOUNTS.page(
    "/join",
    public="people with an invitation",
    methods=["GET", "POST"],
    writes=None,
    name="join_by_code",
)
def join_by_code(actor: Actor) -> Any:
    """Type the code of an invitation, or paste its link."""
    form = CodeForm()
    if request.method == "POST" and form.validate():
        limits.count("join", "60 per hour", limits.address())
        secret = _secret_in(str(form.code.data))
        elsewhere = address("programmes.enter", code=secret)
        if ways_in.find(secret, now()) is None and elsewhere and not actor.is_visitor:
            return go_to(elsewhere)
        return go("accounts.join", secret=secret or "-")
    return page("grants/join_by_code.html", form=form)


def _secret_in(typed: str) -> str:
    """The code itself, or the last part of a pasted link; empty when it cannot be read."""
    try:
        path = urlsplit(typed).path
    except ValueError:  # such as "http://["
        return ""
    return path.rstrip("/").rpartition("/")[2].strip()


@ACCOUNTS.page(
    "/join/<secret>", public="people with an invitation", methods=["GET", "POST"], name="join"
)
def join(actor: Actor, secret: str) -> Any:
    """What the way in leads to, for the invited alone; the button uses it up."""
    limits.count("join", "60 per hour", limits.address())
    here = url_for("accounts.join", secret=secret)
    invitation = ways_in.find(secret, now())
    if invitation is None:
        if not actor.is_visitor and ways_in.used_before(actor, secret):
            return go_to("/", _("You are in already."))
        return page("grants/join_ended.html", status=404)
    if actor.is_visitor:
        if request.method == "POST":
            return go("accounts.sign_in", next=here)
        return page(
            "grants/join_visitor.html",
            kind=invitation.scope_kind,
            sign_in=url_for("accounts.sign_in", next=here),
            register=url_for("accounts.register", next=here, invitation=secret),
        )
    if not ways_in.is_for(actor, invitation):
        return page("grants/join_other.html", status=403, here=here)
    form = CodeForm(code=secret)
    if request.method == "POST":
        with refusals(form):
            path = ways_in.accept(actor, secret, now())
            return go_to(path, _("Welcome. You are in."))
    return page(
        "grants/join.html",
        form=form,
        name=ways_in.name_of(invitation),
        kind=invitation.scope_kind,
        role=role_word(invitation.role),
        inviter=invitation.made_by.name,
        ends=invitation.expires_at,
    )


@DOORS.page(
    "/invitations/<invitation>/withdraw",
    verb="withdraw",
    things={"invitation": Invitation},
    methods=["POST"],
)
def withdraw(actor: Actor, invitation: Invitation) -> Any:
    """Make a way in useless."""
    actions.withdraw_invitation(actor, invitation, now())
    return go_to(local_path(request.form.get("next")) or "/", _("The invitation is withdrawn."))


# --- the people of an organisation ----------------------------------------------------------


@DOORS.page(
    "/organisations/<organisation>/people", verb="view", things={"organisation": Organisation}
)
def people(actor: Actor, organisation: Organisation) -> Any:
    """Who belongs to it, and as what."""
    role = request.args.get("role", "")
    everybody = membership.people_of(organisation, now())
    rows = [it for it in everybody if not role or role in it[1]]
    may_manage = bool(can(actor, "manage", organisation))
    made = cookie.pop(MADE, None) if may_manage else None
    return page(
        "grants/people.html",
        organisation=organisation,
        rows=rows,
        role=role,
        roles=roles_of(organisation.kind),
        may_manage=may_manage,
        total=len(everybody),
        invitations=open_invitations("organisation", organisation.id, now()) if may_manage else [],
        made=made if isinstance(made, dict) else None,
    )


@DOORS.page(
    "/organisations/<organisation>/invite",
    verb="manage",
    things={"organisation": Organisation},
    methods=["GET", "POST"],
)
def invite(actor: Actor, organisation: Organisation) -> Any:
    """Letters with a way in, to one address or many."""
    form = InviteForm(organisation)
    if request.method == "POST" and form.validate():
        with refusals(form):
            invited = membership.addresses(form.addresses.data)
            limits.count("invite", "50 per day", actor.person_id, cost=len(invited))
            sent = membership.invite_people(actor, organisation, invited, form.role.data, now())
            return go("grants.people", _sent_sentence(sent), organisation=organisation.public_id)
    return page(
        "grants/invite.html",
        form=form,
        way=WayForm(organisation, formdata=None),
        organisation=organisation,
        notes=_notes(organisation),
    )


def _sent_sentence(sent: membership.Sent) -> str:
    words = ngettext(
        "%(num)s invitation is on its way.", "%(num)s invitations are on their way.", sent.invited
    )
    if sent.already:
        words += " " + ngettext(
            "%(num)s person has this role already.",
            "%(num)s people have this role already.",
            sent.already,
        )
    return words


@DOORS.page(
    "/organisations/<organisation>/way-in",
    verb="manage",
    things={"organisation": Organisation},
    methods=["POST"],
)
def way_in(actor: Actor, organisation: Organisation) -> Any:
    """A link and a code for one person; shown once on the next page."""
    form = WayForm(organisation)
    if form.validate():
        with refusals(form):
            limits.count("invite", "50 per day", actor.person_id)
            _invitation, token, code = membership.open_way(
                actor, organisation, form.role.data, now()
            )
            cookie[MADE] = {"token": token, "code": code}
            return go("grants.people", organisation=organisation.public_id)
    return page(
        "grants/invite.html",
        form=form,
        way=form,
        organisation=organisation,
        notes=_notes(organisation),
        status=422,
    )


@DOORS.page(
    "/organisations/<organisation>/people/<person>",
    verb="manage",
    things={"organisation": Organisation},
    methods=["GET", "POST"],
)
def roles(actor: Actor, organisation: Organisation, person: str) -> Any:
    """The roles that one person holds there; none ends the membership."""
    who = find_visible(actor, Person, person)
    held = roles_in(who.id, "organisation", organisation.id, now())
    if not held:
        raise Missing
    choices = [it for it in ALL_ROLES if it in roles_of(organisation.kind) or it in held]
    form = RolesForm(choices, roles=sorted(held))
    if request.method == "POST" and form.validate():
        with refusals(form):
            wanted = form.roles.data or []
            membership.set_roles(actor, organisation, who, wanted, now())
            if wanted:
                message = _("The roles of %(name)s are saved.", name=who.name)
            else:
                message = _("%(name)s does not belong to the organisation any more.", name=who.name)
            if who.id == actor.person_id and not wanted and not actor.is_administrator:
                return go_to("/", message)
            return go("grants.people", message, organisation=organisation.public_id)
    return page(
        "grants/roles.html",
        form=form,
        organisation=organisation,
        person=who,
        notes=_notes(organisation),
    )


def _notes(organisation: Organisation) -> dict[str, str]:
    return {role: str(ROLE_NOTES[role]) for role in roles_of(organisation.kind)}
