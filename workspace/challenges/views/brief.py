"""Writing a brief: a long form that may be saved unfinished."""

from __future__ import annotations

from typing import Any

from flask import make_response, request, url_for
from flask_babel import format_time
from markupsafe import escape
from sqlalchemy import select

from workspace.challenges import access, actions, queries
from workspace.challenges.brief import IP_MODELS, TIMELINE_LABELS, Brief, check_brief
from workspace.challenges.forms import ChallengeForm, read_brief, shown_values
from workspace.challenges.models import Challenge
from workspace.challenges.rules import LOCKED_FIELDS, LOCKED_STATES, ChallengeState
from workspace.challenges.views.door import crumbs, doors, title_of, zone_note
from workspace.foundation import markdown
from workspace.foundation.access import Actor, allow, can
from workspace.foundation.clock import now
from workspace.foundation.db import new_public_id, session
from workspace.foundation.errors import Refused
from workspace.foundation.forms import LONG
from workspace.foundation.limits import count
from workspace.foundation.text import _
from workspace.foundation.unit import write
from workspace.foundation.web import go, page, refusals, wants_fragment
from workspace.organisations.models import Organisation
from workspace.programmes.models import Edition

PARTS_OF = {
    "terms": (
        "model", "terms_background", "option_field", "option_period_days", "option_fee_eur",
        "fallback_after_option", "publication_review_days", "max_publication_delay_days",
        "thesis_always_examinable",
    ),
    "prize": ("prize_cash", "prize_in_kind"),
}
"""Fields of the form that belong to one field of the brief."""


@doors.page("/new", verb="create", kind=Challenge, methods=["GET", "POST"], writes=None)
def new(actor: Actor) -> Any:
    """Begin a challenge; the first save makes the draft."""
    editions = queries.editions_for_briefs(actor)
    sponsors = queries.sponsors_for_briefs(actor)
    if not editions or not sponsors:
        return page("challenges/nowhere.html", editions=editions,
                    crumbs=crumbs(None, (_("New challenge"), None)))
    wanted = request.args.get("edition", "")
    start = next((it for it in editions if it.public_id == wanted), editions[0])
    first = next((it for it in sponsors if it.public_id == request.args.get("sponsor", "")),
                 sponsors[0])
    form = ChallengeForm(data=shown_values(Brief(), start.zone) | {
        "key": new_public_id(), "edition": start.public_id, "organisation": first.public_id,
    })
    form.edition.choices = [
        (it.public_id, f"{it.programme.title}: {it.title}") for it in editions
    ]
    form.organisation.choices = [(it.public_id, it.name) for it in sponsors]
    edition = next((it for it in editions if it.public_id == form.edition.data), start)
    sponsor = next((it for it in sponsors if it.public_id == form.organisation.data), first)
    if not actor.has("sponsor", "organisation", sponsor.id):
        del form.annex  # who writes on a sponsor's behalf does not write its secrets
    if form.is_submitted() and not _rows_changed(form) and form.validate():
        with refusals(form):
            return _create(actor, form, editions, sponsors, edition)
    return _form_page(actor, form, None, edition)


def _made_by_this_form(actor: Actor) -> Challenge | None:
    """The challenge that this very form has made already, when it is sent a second time."""
    key = request.form.get("key")
    if not key:
        return None
    return session().scalar(
        select(Challenge).where(
            Challenge.public_id == key, Challenge.created_by_id == actor.person_id
        )
    )


def _create(actor: Actor, form: ChallengeForm, editions: list[Edition],
            sponsors: list[Organisation], edition: Edition) -> Any:
    if form.edition.data not in {it.public_id for it in editions}:
        raise Refused(_("Choose an edition from the list."), field="edition")
    sponsor = next((it for it in sponsors if it.public_id == form.organisation.data), None)
    if sponsor is None:
        raise Refused(_("Choose an organisation from the list."), field="organisation")
    made = _made_by_this_form(actor)
    with write():
        if made is None:
            draft = read_brief(form, Brief(), edition.zone)
            made = actions.open_challenge(
                actor, edition, sponsor, draft, now(), key=form.key.data or None
            )
        else:
            allow(actor, "edit", made)
            draft = read_brief(form, made.brief, made.edition.zone)
            actions.change_brief(actor, made, draft, now())
    return _after_save(actor, form, made, draft)


@doors.page("/<challenge>/edit", verb="edit", things={"challenge": Challenge},
            methods=["GET", "POST"], writes=None)
def edit(actor: Actor, challenge: Challenge) -> Any:
    """Change the brief; after publication only what is not locked."""
    at = now()
    zone = challenge.edition.zone
    before = challenge.brief
    is_public = challenge.state in LOCKED_STATES
    form = ChallengeForm(data=shown_values(before, zone))
    for name in ("edition", "organisation", "key"):
        del form[name]
    if not access.may_read_annex(actor, challenge):
        del form.annex
    if is_public:
        for name in LOCKED_FIELDS:
            for part in PARTS_OF.get(name, (name,)):
                del form[part]
        del form.decision_within_days
    if form.is_submitted() and not _rows_changed(form) and form.validate():
        draft = read_brief(form, before, zone, LOCKED_FIELDS if is_public else ())
        problems = actions.problems_of_change(challenge, draft, at)
        if is_public:
            problems += [it for it in check_brief(draft) if it not in problems]
        form.show(problems)
        if not form.errors:
            with refusals(form):
                with write():
                    actions.change_brief(actor, challenge, draft, at)
                return _after_save(actor, form, challenge, draft)
    return _form_page(actor, form, challenge, challenge.edition)


def _rows_changed(form: ChallengeForm) -> bool:
    """Add or take out a criterion when one of those buttons was pressed."""
    wanted = request.form.get("do", "")
    if "criteria" not in form:
        return False
    if wanted == "add-criterion":
        if not form.row_added():
            form.criteria.errors = [*form.criteria.errors, _("There are enough criteria.")]
        return True
    if wanted.startswith("remove-criterion-"):
        index = wanted.removeprefix("remove-criterion-")
        if index.isdecimal() and len(index) < 4:
            form.row_removed(int(index))
        return True
    return False


def _after_save(actor: Actor, form: ChallengeForm, challenge: Challenge, draft: Brief) -> Any:
    """The draft is on disk. When it should go to review, say everything that is missing."""
    if request.form.get("do") != "submit":
        if challenge.state in LOCKED_STATES:
            return go(".show", _("Saved."), challenge=challenge.public_id)
        return go(".edit", _("Draft saved."), challenge=challenge.public_id)
    allow(actor, "submit", challenge)
    form.show(check_brief(draft))
    if not form.errors:
        with refusals(form):
            with write():
                actions.submit(actor, challenge, now())
            return go(".show", _("Sent to review."), challenge=challenge.public_id)
    return _form_page(actor, form, challenge, challenge.edition, saved=True)


def _form_page(actor: Actor, form: ChallengeForm, challenge: Challenge | None, edition: Edition,
               *, saved: bool = False) -> Any:
    state = challenge.state if challenge is not None else ChallengeState.DRAFT
    submits = actor.scopes("sponsor", "organisation") if challenge is None else can(
        actor, "submit", challenge)
    rows = wants_fragment() and "-criterion" in request.form.get("do", "")
    return page(
        "challenges/_criteria.html" if rows else "challenges/form.html", form=form,
        challenge=challenge,
        title=title_of(challenge) if challenge is not None else _("New challenge"),
        action=url_for(".edit", challenge=challenge.public_id) if challenge is not None
        else url_for(".new"),
        saved=_("Draft saved %(time)s", time=format_time(now(), "HH:mm")) if saved else None,
        zone=edition.zone, is_public=state in LOCKED_STATES, submits=bool(submits),
        models={it.value: text.summary for it, text in IP_MODELS.items()}, dates=TIMELINE_LABELS,
        zone_note=zone_note, criteria_errors=[
            it for it in form.criteria.errors if not isinstance(it, dict)
        ] if "criteria" in form else [],
        crumbs=crumbs(challenge, (_("Edit"), None)) if challenge is not None
        else crumbs(None, (_("New challenge"), None)),
    )


@doors.page("/preview", own=True, methods=["POST"], writes=None)
def preview(actor: Actor) -> Any:
    """The Markdown of one field as it will be shown; nothing is kept.

    `field` in the address names it: the browser sends the whole form.
    """
    count("preview", "240 per minute", actor.person_id)
    text = request.form.get(request.args.get("field", ""), "").strip()
    if not text:
        return make_response(escape(_("There is nothing to show yet.")))
    return make_response(str(markdown.to_html(text[:LONG])))
