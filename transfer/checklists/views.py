"""The page door of checklists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request, url_for

from transfer.checklists import actions, definitions, forms, queries, rules
from transfer.checklists.access import may_answer, roles_of
from transfer.checklists.models import ChecklistItem, ChecklistRow, ItemQuestion
from workspace.challenges.models import Challenge
from workspace.files import actions as files
from workspace.foundation.access import Actor, can
from workspace.foundation.clock import now
from workspace.foundation.errors import Denied, HouseError, Missing, Refused
from workspace.foundation.text import _, in_language, lazy, ngettext
from workspace.foundation.unit import write
from workspace.foundation.web import Doors, go, go_to, page, refusals
from workspace.teams.models import Team

doors = Doors("checklists")
ONE = {"checklist": ChecklistRow}
ITEM = {"item": ChecklistItem}


@dataclass(frozen=True)
class Shown:
    """One item as the page shows it."""

    row: ChecklistItem
    definition: definitions.Item
    form: forms.AnswerForm
    signable: tuple[str, ...]
    signed: dict[str, str]
    """Role -> name of who signed."""
    missing: tuple[str, ...]
    may_waive: bool
    may_reject: bool
    may_set_aside: bool


def role_title(role: str) -> str:
    """A sign-off role in words."""
    return next((it.title for it in definitions.built_in().roles if it.id == role), role)


def _shown(actor: Actor, row: ChecklistItem, definition: definitions.Item,
           form: forms.AnswerForm | None = None) -> Shown:
    facts = queries.facts_for(actor, row, reason="-")
    objection = rules.ITEM.objection
    return Shown(
        row, definition,
        form or forms.AnswerForm(formdata=None, prefix=f"{row.key}-", answer=row.answer,
                                 text=row.text, link=row.link),
        rules.signable_roles(row.state, facts),
        {it.role: it.person.name for it in row.signatures if it.ended_at is None},
        rules.missing_roles(row.sign_off, facts.signatures),
        objection(row.state, "waive", facts) is None,
        objection(row.state, "reject", facts) is None,
        objection(row.state, "not-applicable", facts) is None,
    )


def _definition(row: ChecklistItem) -> definitions.Item:
    for section in queries.template_of(row.checklist).sections:
        for item in section.items:
            if item.id == row.key:
                return item
    raise Missing


@doors.page("/teams/<team>/checklists", verb="read", things={"team": Team})
def of_team(actor: Actor, team: Team) -> Any:
    """The team's checklists, and those that it can take up."""
    started = queries.of_team(actor, team)
    taken = {it.template for it in started}
    return page(
        "checklists/of_team.html", team=team, disclaimer=definitions.built_in().disclaimer,
        started=[(it, queries.template_of(it), queries.progress(it)) for it in started],
        others=[it for it in definitions.built_in().checklists
                if it.id not in taken and it.id != queries.SPONSOR_CHECK],
        may_start=bool(can(actor, "start-checklist", team)),
    )


@doors.page("/teams/<team>/checklists/<template>", verb="start-checklist", things={"team": Team},
            methods=["POST"])
def start(actor: Actor, team: Team, template: str) -> Any:
    """Take up one of the checklists."""
    found = next((it for it in definitions.built_in().checklists if it.id == template), None)
    if found is None or found.id == queries.SPONSOR_CHECK:
        raise Missing
    checklist = actions.start(actor, found, now(), team=team)
    return go(".show", checklist=checklist.public_id)


@doors.page("/challenges/<challenge>/sponsor-check", verb="view",
            things={"challenge": Challenge}, methods=["POST"])
def start_for_challenge(actor: Actor, challenge: Challenge) -> Any:
    """Take up the sponsor check of a challenge: its sponsor, its programme or the office."""
    found = next(it for it in definitions.built_in().checklists if it.id == queries.SPONSOR_CHECK)
    draft = ChecklistRow(template=found.id)
    draft.challenge = challenge
    if not roles_of(actor, draft):
        raise Denied(lazy("The sponsor, the lead of the programme and the transfer office start "
                          "this checklist."))
    checklist = actions.start(actor, found, now(), challenge=challenge)
    return go(".show", checklist=checklist.public_id)


@doors.page("/checklists/<checklist>", verb="view", things=ONE)
def show(actor: Actor, checklist: ChecklistRow) -> Any:
    """One checklist, section by section."""
    return _show(actor, checklist)


def _show(actor: Actor, checklist: ChecklistRow, wrong: ChecklistItem | None = None,
          form: Any = None, section: str | None = None) -> Any:
    template = queries.template_of(checklist)
    rows = {it.key: it for it in queries.items_of(checklist)}
    chosen_key = section or request.args.get("section", "")
    sections = list(template.sections)
    chosen = next((it for it in sections if it.id == chosen_key), None)
    if chosen is None and wrong is not None:
        chosen = next(s for s in sections for it in s.items if it.id == wrong.key)
    chosen = chosen or next(
        (s for s in sections if any(rows[it.id].state not in rules.SETTLED for it in s.items)),
        sections[0],
    )
    return page(
        "checklists/show.html", form=form, checklist=checklist, pattern=template,
        disclaimer=definitions.built_in().disclaimer, team=checklist.team,
        challenge=checklist.challenge, progress=queries.progress(checklist), chosen=chosen,
        tabs=_tabs(checklist, template, rows, chosen),
        items=[
            _shown(actor, rows[it.id], it,
                   form if wrong is not None and it.id == wrong.key
                   and isinstance(form, forms.AnswerForm) else None)
            for it in chosen.items
        ],
        writing=bool(may_answer(actor, checklist)), roles=roles_of(actor, checklist),
        label=rules.ITEM.label, role_title=role_title, wrong=wrong.key if wrong else None,
        evidence_form=forms.EvidenceForm(formdata=None),
        reason_form=None,
        reply_form=form if isinstance(form, forms.ReplyForm) else None,
        editable=rules.EDITABLE, at=now(),
    )


def _tabs(checklist: ChecklistRow, template: definitions.Checklist,
          rows: dict[str, ChecklistItem], chosen: definitions.Section) -> list[dict[str, Any]]:
    found = []
    for it in template.sections:
        done = sum(bool(rows[one.id].answer) or rows[one.id].state in rules.SETTLED
                   for one in it.items)
        found.append({
            "label": in_language(it.title, template.language), "current": it.id == chosen.id,
            "url": url_for(".show", checklist=checklist.public_id, section=it.id),
            "icon": "circle-check" if done == len(it.items) else "circle-help",
            "count": f"{done}/{len(it.items)}",
        })
    return found


def _back(actor: Actor, item: ChecklistItem, message: str | None = None) -> Any:
    """To the item on its checklist, or to its own page for people who see only that."""
    if can(actor, "view", item.checklist):
        return go_to(url_for(".show", checklist=item.checklist.public_id,
                             section=queries.section_of(item), _anchor=item.key), message)
    return go(".item", message, item=item.public_id)


@doors.page("/checklist-items/<item>", verb="view", things=ITEM)
def item(actor: Actor, item: ChecklistItem) -> Any:
    """One item for somebody who only signs it."""
    return _item(actor, item)


def _item(actor: Actor, item: ChecklistItem, form: Any = None) -> Any:
    return page(
        "checklists/item.html", form=form if form is not None and form.errors else None,
        it=_shown(actor, item, _definition(item)), label=rules.ITEM.label,
        role_title=role_title, disclaimer=definitions.built_in().disclaimer,
        reason_form=form, checklist=item.checklist, at=now(),
        pattern=queries.template_of(item.checklist),
    )


@doors.page("/checklist-items/<item>/answer", verb="answer", things=ITEM, methods=["POST"])
def answer(actor: Actor, item: ChecklistItem) -> Any:
    """Keep the answer; with `submit`, hand it to the signers."""
    form = forms.AnswerForm(prefix=f"{item.key}-")
    if form.validate_on_submit():
        with refusals(form):
            actions.answer(
                actor, item,
                actions.AnswerDraft(form.answer.data or "", form.text.data or "",
                                    form.link.data or ""),
                now(),
            )
            if request.form.get("submit"):
                actions.submit(actor, item, now())
                return _back(actor, item, _("Submitted. The signers have it."))
            if rules.asks_office(form.answer.data or ""):
                return _back(actor, item, _("Kept. Your question is with the transfer office."))
            return _back(actor, item, _("Kept."))
    return _show(actor, item.checklist, item, form)


@doors.page("/checklist-items/<item>/file", verb="answer", things=ITEM, methods=["POST"],
            writes=None, upload=True)
def file(actor: Actor, item: ChecklistItem) -> Any:
    """Put a file to the item, or take it away."""
    if request.form.get("remove"):
        with write():
            actions.attach(actor, item, None, now())
        return _back(actor, item, _("The file is taken away."))
    form = forms.EvidenceForm()
    upload = form.file.data
    try:
        if not upload or not upload.filename:
            raise Refused(lazy("Choose a file first."), field="file")
        kept = files.take_upload(actor, upload.stream, upload.filename,
                                 ("checklist-item", item.id), item.checklist.team_id)
        with write():
            actions.attach(actor, item, kept, now())
    except HouseError as refusal:
        form.refuse(refusal.reason, "file")
        result = _show(actor, item.checklist, item, form)
        result.status_code = refusal.status
        return result
    return _back(actor, item, _("The file is attached."))


@doors.page("/checklist-items/<item>/submission", verb="answer", things=ITEM, methods=["POST"])
def submit(actor: Actor, item: ChecklistItem) -> Any:
    """Hand the item to its signers."""
    actions.submit(actor, item, now())
    return _back(actor, item, _("Submitted. The signers have it."))


def _seen() -> datetime:
    """When the page on which somebody signs was made: it holds no signature for later evidence."""
    try:
        seen = datetime.fromisoformat(request.form.get("seen", ""))
    except ValueError:
        seen = None
    if seen is None or seen.tzinfo is None:
        raise Refused(lazy("Open the page again, read the item and sign it there."),
                      code="conflict", status=409)
    return seen


@doors.page("/checklist-items/<item>/signature", verb="sign", things=ITEM, methods=["POST"],
            fresh=True)
def sign(actor: Actor, item: ChecklistItem) -> Any:
    """Sign for a role."""
    actions.sign(actor, item, request.form.get("role", "")[:40], now(), seen=_seen())
    return _back(actor, item, _("Signed."))


@doors.page("/checklist-items/<item>/<step>", verb="sign", things=ITEM, methods=["POST"])
def set_aside(actor: Actor, item: ChecklistItem, step: str) -> Any:
    """Send back, mark as not applicable, or waive."""
    if step not in {"reject", "not-applicable", "waive"}:
        raise Missing
    form = forms.ReasonForm()
    if form.validate_on_submit():
        with refusals(form):
            actions.set_aside(actor, item, step, form.reason.data, now(), seen=_seen())
            words = {"reject": _("Sent back to the team."),
                     "not-applicable": _("Marked as not applicable."), "waive": _("Waived.")}
            return _back(actor, item, words[step])
    return _item(actor, item, form)


@doors.page("/checklist-questions/<question>/reply", verb="reply",
            things={"question": ItemQuestion}, methods=["POST"])
def reply(actor: Actor, question: ItemQuestion) -> Any:
    """The office answers."""
    form = forms.ReplyForm()
    if form.validate_on_submit():
        with refusals(form):
            actions.reply(actor, question, form.text.data, now())
            return _back(actor, question.item, _("The team has your answer."))
    return _show(actor, question.item.checklist, question.item, form)


@doors.page("/checklists/<checklist>/submission", verb="answer", things=ONE, methods=["POST"])
def submit_all(actor: Actor, checklist: ChecklistRow) -> Any:
    """Hand in everything that is answered."""
    count = actions.submit_all(actor, checklist, now())
    return go(".show", ngettext("%(num)d item is submitted.", "%(num)d items are submitted.",
                                count), checklist=checklist.public_id)


@doors.page("/checklists/<checklist>/signatures", verb="view", things=ONE, methods=["POST"])
def sign_all(actor: Actor, checklist: ChecklistRow) -> Any:
    """Sign everything that waits for a role of the person."""
    count = actions.sign_all(actor, checklist, now(), seen=_seen())
    return go(".show", ngettext("%(num)d item is signed.", "%(num)d items are signed.", count),
              checklist=checklist.public_id)
